"""Which secrets has this deployment, and what is made with them? Every key is drawn from the one secret, for one
purpose alone, so that what one purpose gives away is of no use to another."""

import hashlib
import hmac
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

# Where an app's engine carries its keys, so that whoever has a session has them too, and nobody else.
OPTION = "ihelp_keys"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one deployment. `secret` is its SECRET_KEY."""

    secret: str = field(repr=False)

    def mac(self, purpose: str, data: bytes) -> bytes:
        """32 bytes that only who has the secret can make of this data, for this purpose (HMAC-SHA256)."""
        own = hmac.digest(self.secret.encode(), f"ihelp/{purpose}".encode(), hashlib.sha256)
        return hmac.digest(own, data, hashlib.sha256)


def of(session: Session) -> KeyRing:
    """The keys of the deployment whose database the session speaks to."""
    found: KeyRing = session.get_bind().get_execution_options()[OPTION]
    return found
