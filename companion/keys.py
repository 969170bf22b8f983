"""The deployment's keys, and what is encrypted and hashed with them. The only adapter of cryptography.

Every key of the secret is drawn for one purpose alone, so that what one purpose gives away is of no use to another.
What is sealed and what is looked up have keys of their own, which docs/security/keys.md tells how to keep and change.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

# Where an app's engine carries its keys, so that whoever has a session has them too, and nobody else.
OPTION = "ihelp_keys"
KEY_BYTES = 32
HIGHEST_ID = 255
# NIST SP 800-38D, 8.2.2: a random nonce of 96 bits is good for 2**32 values under one key.
_NONCE_BYTES = 12


class DoesNotOpenError(RuntimeError):
    """A sealed value was changed, stands in another place than the one it was sealed for, or its key is missing.

    The words name the place and never say what stood there.
    """


class KeyRing:
    """The keys of one deployment."""

    __slots__ = ("_ciphers", "_index_key", "_seal", "_secret", "highest", "newest")

    def __init__(
        self, secret: str, field_keys: Mapping[int, bytes] = MappingProxyType({}), index_key: bytes = b""
    ) -> None:
        """secret: its SECRET_KEY. field_keys: 32 bytes by an id from 1 to 255; all of them open, the first seals.
        index_key: 32 bytes."""
        self._secret = secret.encode()
        self._index_key = index_key
        self._ciphers = {bytes([key_id]): AESGCM(key) for key_id, key in field_keys.items()}
        self._seal = next(iter(self._ciphers.items()), None)
        # The id of the key that seals, as a sealed value begins with it.
        self.newest = self._seal[0] if self._seal else b""
        self.highest = max(self._ciphers, default=b"")

    def knows(self, key_id: int) -> bool:
        """Whether what was sealed under the key with that id can be opened."""
        return bytes([key_id]) in self._ciphers

    def mac(self, purpose: str, data: bytes) -> bytes:
        """32 bytes that only who has the secret can make of this data, for this purpose (HMAC-SHA256)."""
        own = hmac.digest(self._secret, f"ihelp/{purpose}".encode(), hashlib.sha256)
        return hmac.digest(own, data, hashlib.sha256)

    def seal(self, context: bytes, text: str) -> bytes:
        """The text sealed for this place (AES-256-GCM): the key's id, a nonce, and what opens nowhere else."""
        if self._seal is None:
            raise RuntimeError("There is no key to seal with: FIELD_KEYS was not handed over.")
        key_id, cipher = self._seal
        nonce = os.urandom(_NONCE_BYTES)
        return key_id + nonce + cipher.encrypt(nonce, text.encode(), context)

    def open(self, context: bytes, sealed: bytes) -> str:
        """The text that was sealed for this place.

        Raises:
            DoesNotOpenError: it was sealed for another, was changed, or its key is not here. Without words: whoever
                knows what the place is called says so.
        """
        cipher = self._ciphers.get(sealed[:1])
        if cipher is None:
            raise DoesNotOpenError(f"its key {sealed[:1].hex()} is not among FIELD_KEYS")
        nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, rest, context).decode()
        except (InvalidTag, ValueError):
            # Not "from": an error of the cipher's could carry what it was given.
            raise DoesNotOpenError("it was changed or moved") from None

    def blind(self, purpose: str, text: str) -> UUID:
        """What a value is looked up by, where the value itself is sealed: equal for equal texts, and without the key
        nobody can tell for which. 128 bits of HMAC-SHA256, as the kind of value that both databases look up fastest."""
        if not self._index_key:
            raise RuntimeError("There is no key to look up with: INDEX_KEY was not handed over.")
        made = hmac.digest(self._index_key, f"{purpose}:{text}".encode(), hashlib.sha256)
        return UUID(bytes=made[:16])


def of(session: Session) -> KeyRing:
    """The keys of the deployment whose database the session speaks to."""
    known: KeyRing | None = session.info.get(OPTION)
    if known is not None:
        return known
    found: KeyRing = session.get_bind().get_execution_options()[OPTION]
    session.info[OPTION] = found
    return found
