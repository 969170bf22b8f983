"""What does a device do that holds passkeys? A real one, in software: keys of its own, what it signs, and its count.

By WebAuthn Level 3 (6.1 authenticator data, 6.5 attestation, 5.8.1 client data), written here from that document and
not with the library that reads it.
"""

import base64
import hashlib
import json
import os
import struct
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import cbor2
import pyotp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from companion.domain.access import Actor
from companion.domain.passkey import Site
from companion.domain.sign_in import SignInDoor
from companion.use_cases import passkey, second_factor

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


# Where it is, unless somebody says otherwise.
HERE = Site("localhost", "http://localhost:8000")


def told(some: bytes) -> str:
    """As browsers write bytes: base64url without the padding."""
    return base64.urlsafe_b64encode(some).decode().rstrip("=")


def untold(words: str) -> bytes:
    """Back again."""
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))


@dataclass
class Device:
    """A browser and the device in it, at one origin. `counts`: whether it counts its uses."""

    origin: str = HERE.origin
    counts: bool = True
    verifies: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: os.urandom(32))
    holder: bytes = b""
    uses: int = 0

    def make(self, options: dict[str, Any], **other: Any) -> dict[str, Any]:
        """navigator.credentials.create(). `other`: what a browser would not do."""
        self.holder = untold(options["user"]["id"])
        seen = self._seen(options["rp"]["id"], VERIFIED * self.verifies | PRESENT | WITH_KEY, other)
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        seen += bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(cose)
        vouched = cbor2.dumps({"fmt": other.get("fmt", "none"), "attStmt": {}, "authData": seen})
        client = self._client("webauthn.create", options, other)
        return self._whole({"clientDataJSON": told(client), "attestationObject": told(vouched)})

    def show(self, options: dict[str, Any], **other: Any) -> dict[str, Any]:
        """navigator.credentials.get()."""
        seen = self._seen(options["rpId"], VERIFIED * self.verifies | PRESENT, other)
        client = self._client("webauthn.get", options, other)
        signed = self.key.sign(seen + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        holder = other.get("holder", self.holder)
        parts = {"authenticatorData": seen, "clientDataJSON": client, "signature": signed, "userHandle": holder}
        return self._whole({name: told(part) for name, part in parts.items()})

    def _seen(self, rp_id: str, flags: int, other: dict[str, Any]) -> bytes:
        self.uses += self.counts
        about = hashlib.sha256(str(other.get("rp_id", rp_id)).encode()).digest()
        return about + bytes([int(other.get("flags", flags))]) + struct.pack(">I", self.uses)

    def _client(self, what: str, options: dict[str, Any], other: dict[str, Any]) -> bytes:
        said = {
            "type": other.get("what", what),
            "challenge": other.get("challenge", options["challenge"]),
            "origin": other.get("origin", self.origin),
            "crossOrigin": False,
        }
        return json.dumps(said).encode()

    def _whole(self, response: dict[str, str]) -> dict[str, Any]:
        name = told(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}


def kept(actor: Actor, name: str, now: datetime) -> Device:
    """A device with a passkey of that member of staff, who set up an app for it."""
    code = pyotp.TOTP(second_factor.enrol(actor, now).secret).at(now)
    entered = second_factor.confirm(actor, code, SignInDoor.PAGE, None, now).signed_in
    asked = passkey.set_out_to_add(actor, entered.id, HERE, now)
    device = Device()
    made = json.dumps(device.make(json.loads(asked.options)))
    passkey.add(actor, entered.id, HERE, asked.secret, made, name, now)
    return device
