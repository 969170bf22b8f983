"""Passkey challenges and the verification of their answers. The only adapter of webauthn.

The device must verify the user by fingerprint, face or PIN ("user verification"):
so it is two factors in one. Which make of device it is, nobody asks ("attestation: none").
"""

import struct
from dataclasses import dataclass

import webauthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_attestation_object,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from companion.domain.passkey import Site

# The longest there may be (WebAuthn Level 3, 5.8.3), and what the table holds.
LONGEST_ID, LONGEST_KEY = 1023, 2000
# A client that was asked for none may leave what a device vouches for by the passkey itself, without certificates.
FORMATS = (AttestationFormat.NONE, AttestationFormat.PACKED)
# What a stranger's bytes may bring about in the library and the parsers under it: it wraps some of that, not all.
STRANGE = (
    WebAuthnException,
    InvalidSignature,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    RecursionError,
    struct.error,
)
# To be found by the device itself, so that nobody need say first who they are.
WANTED = AuthenticatorSelectionCriteria(
    resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
)


class NotTrueError(Exception):
    """The answer is none, or is not true."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey. `id`: base64url. `sign_count`: how often it says it was used."""

    id: str
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from a passkey; nothing of it is true yet. `holder`: whose it says it is."""

    id: str
    holder: bytes
    credential: AuthenticationCredential


def options_to_make(site: Site, challenge: str, holder: bytes, name: str, known: list[str]) -> str:
    """What a browser is to be asked, as JSON. `challenge`, `known`: base64url. `holder`: who it will say it belongs to,
    and `name`: under which its holder finds it. `known`: those that a device need not make again."""
    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name="iHELP Companion",
        user_id=holder,
        user_name=name,
        challenge=base64url_to_bytes(challenge),
        authenticator_selection=WANTED,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in known],
    )
    return webauthn.options_to_json(options)


def options_to_show(site: Site, challenge: str) -> str:
    """Likewise, to show one: any that was made for here."""
    options = webauthn.generate_authentication_options(
        rp_id=site.id,
        challenge=base64url_to_bytes(challenge),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def made(site: Site, challenge: str, answer: str) -> Made:
    """The passkey that a browser made, if it made one for here and for this challenge.

    Raises:
        NotTrueError: it did not.
    """
    try:
        credential = parse_registration_credential_json(answer)
        vouched = parse_attestation_object(credential.response.attestation_object)
        if vouched.fmt not in FORMATS or vouched.att_stmt.x5c is not None:
            raise NotTrueError
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except STRANGE as error:
        raise NotTrueError from error
    if len(found.credential_id) > LONGEST_ID or len(found.credential_public_key) > LONGEST_KEY:
        raise NotTrueError
    return Made(bytes_to_base64url(found.credential_id), found.credential_public_key, found.sign_count)


def read(answer: str) -> Answer:
    """Which passkey it is that answers, by what it says.

    Raises:
        NotTrueError: it says nothing that could be understood.
    """
    try:
        credential = parse_authentication_credential_json(answer)
        return Answer(bytes_to_base64url(credential.raw_id), credential.response.user_handle or b"", credential)
    except STRANGE as error:
        raise NotTrueError from error


def verify(site: Site, challenge: str, answer: Answer, public_key: bytes) -> int:
    """See whether the passkey with that public key gave this answer to this challenge, here; how often it says it was
    used, for the caller to compare.

    Raises:
        NotTrueError: it did not.
    """
    try:
        found = webauthn.verify_authentication_response(
            credential=answer.credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except STRANGE as error:
        raise NotTrueError from error
    return found.new_sign_count
