"""Which keys seal people's words in the database, and are they fit for real people? Read from two settings."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from environs import Env
from marshmallow import ValidationError

from companion.keys import HIGHEST_ID, KEY_BYTES

FIELD_KEYS, INDEX_KEY = "FIELD_KEYS", "INDEX_KEY"
# Known to everybody who has read this line: for synthetic people alone.
_DEFAULTS = b"ihelp: no secret, field key no. 1", b"ihelp: no secret, the index key .."
DEFAULT_FIELD_KEYS: Mapping[int, bytes] = MappingProxyType({1: _DEFAULTS[0][:KEY_BYTES]})
DEFAULT_INDEX_KEY = _DEFAULTS[1][:KEY_BYTES]
# A key that anybody could guess has few different bytes; of 32 that chance made, 20 and more differ.
_FEWEST_DIFFERENT = 16


@dataclass(frozen=True, slots=True)
class FieldKeys:
    """The keys as they were set. Of `by_id` the first seals and all open; `index` is what values are looked up by."""

    by_id: Mapping[int, bytes] = field(default_factory=lambda: DEFAULT_FIELD_KEYS, repr=False)
    index: bytes = field(default=DEFAULT_INDEX_KEY, repr=False)


def read(env: Env) -> FieldKeys:
    """The two settings; what is wrong with either, `env` keeps."""
    by_id = env.str(FIELD_KEYS, "", validate=_check_field_keys)
    index = env.str(INDEX_KEY, "", validate=_check_index_key)
    return FieldKeys(
        _by_id(by_id) if by_id else DEFAULT_FIELD_KEYS,
        base64.b64decode(index, validate=True) if index else DEFAULT_INDEX_KEY,
    )


def unfit_for_production(keys: FieldKeys) -> dict[str, str]:
    """Why real people's words must not be sealed with these."""
    make = "python3 -c 'import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())'"
    found = {}
    own = list(keys.by_id.values())
    if DEFAULT_FIELD_KEYS[1] in own or any(len(set(key)) < _FEWEST_DIFFERENT for key in own):
        found[FIELD_KEYS] = f"production needs its own random keys: 1:KEY, with a key from {make}"
    if keys.index == DEFAULT_INDEX_KEY or len(set(keys.index)) < _FEWEST_DIFFERENT:
        found[INDEX_KEY] = f"production needs its own random key: {make}"
    elif keys.index in own:
        found[INDEX_KEY] = "it must differ from the keys in FIELD_KEYS"
    return found


def _pairs(value: str) -> list[tuple[str, str]]:
    parted = [pair.partition(":") for pair in value.replace(",", " ").split()]
    return [(key_id, key) for key_id, _, key in parted]


def _by_id(value: str) -> dict[int, bytes]:
    return {int(key_id): base64.b64decode(key, validate=True) for key_id, key in _pairs(value)}


def _is_id(word: str) -> bool:
    return word.isascii() and word.isdecimal() and 1 <= int(word) <= HIGHEST_ID


def _is_key(word: str) -> bool:
    try:
        return len(base64.b64decode(word, validate=True)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def _check_field_keys(value: str) -> None:
    pairs = _pairs(value)
    if value and not (pairs and all(_is_id(key_id) and _is_key(key) for key_id, key in pairs)):
        raise ValidationError("each must be id:key, with an id from 1 to 255 and a key of 32 bytes in base64")
    if len({int(key_id) for key_id, _ in pairs}) < len(pairs):
        raise ValidationError("two of its keys have the same id")


def _check_index_key(value: str) -> None:
    if value and not _is_key(value):
        raise ValidationError("it must be 32 bytes in base64")
