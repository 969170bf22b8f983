"""With which key is something proved to come from this deployment? One secret, a key of its own for each purpose."""

import hashlib
import hmac

from sqlalchemy.orm import Session

# Where an app's engine carries its keys, so that whoever has a session has them too, and nobody else.
OPTION = "ihelp_keys"


class KeyRing:
    """The keys of one deployment."""

    __slots__ = ("_secret",)

    def __init__(self, secret: str) -> None:
        """secret: its SECRET_KEY."""
        self._secret = secret.encode()

    def mac(self, purpose: str, data: bytes) -> bytes:
        """32 bytes that only who has the secret can make of this data, for this purpose (HMAC-SHA256)."""
        own = hmac.digest(self._secret, f"ihelp/{purpose}".encode(), hashlib.sha256)
        return hmac.digest(own, data, hashlib.sha256)


def of(session: Session) -> KeyRing:
    """The keys of the deployment whose database the session speaks to."""
    found: KeyRing = session.get_bind().get_execution_options()[OPTION]
    return found
