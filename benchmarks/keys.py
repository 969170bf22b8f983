"""With which keys are the measured databases sealed? With those that hold where none are set."""

from api.settings.config import Config
from companion import keys
from companion.keys import KeyRing

_SETTINGS = Config()
RING = KeyRing(_SETTINGS.secret_key, _SETTINGS.field_keys.by_id, _SETTINGS.field_keys.index)
# For an engine that no app has made.
OPTIONS = {keys.OPTION: RING}
