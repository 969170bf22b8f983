"""Passkey challenges and the verification of their answers. The only adapter of webauthn.

The device must verify the user by fingerprint, face or PIN ("user verification"):
so it is two factors in one. Which make of device it is, nobody asks ("attestation: none").
"""

import struct
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from companion.domain.passkey import Site
from companion.lazy import lazy

webauthn = lazy("webauthn")
helpers = lazy("webauthn.helpers")
structs = lazy("webauthn.helpers.structs")
errors = lazy("webauthn.helpers.exceptions")

# The longest there may be (WebAuthn Level 3, 5.8.3), and what the table holds.
LONGEST_ID, LONGEST_KEY = 1023, 2000
# What a stranger's bytes may bring about in the library and the parsers under it: it wraps some of that, not all.
STRANGE = (
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
    credential: Any


def options_to_make(site: Site, challenge: str, holder: bytes, name: str, known: list[str]) -> str:
    """What a browser is to be asked, as JSON. `challenge`, `known`: base64url. `holder`: who it will say it belongs to,
    and `name`: under which its holder finds it. `known`: those that a device need not make again."""
    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name="iHELP Companion",
        user_id=holder,
        user_name=name,
        challenge=helpers.base64url_to_bytes(challenge),
        # To be found by the device itself, so that nobody need say first who they are.
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=helpers.base64url_to_bytes(each)) for each in known
        ],
    )
    return str(webauthn.options_to_json(options))


def options_to_show(site: Site, challenge: str) -> str:
    """Likewise, to show one: any that was made for here."""
    options = webauthn.generate_authentication_options(
        rp_id=site.id,
        challenge=helpers.base64url_to_bytes(challenge),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return str(webauthn.options_to_json(options))


def made(site: Site, challenge: str, answer: str) -> Made:
    """The passkey that a browser made, if it made one for here and for this challenge.

    Raises:
        NotTrueError: it did not.
    """
    try:
        credential = helpers.parse_registration_credential_json(answer)
        vouched = helpers.parse_attestation_object(credential.response.attestation_object)
        # A client that was asked for none may leave what a device vouches for by the passkey itself, uncertified.
        formats = (structs.AttestationFormat.NONE, structs.AttestationFormat.PACKED)
        if vouched.fmt not in formats or vouched.att_stmt.x5c is not None:
            raise NotTrueError
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=helpers.base64url_to_bytes(challenge),
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (errors.WebAuthnException, *STRANGE) as error:
        raise NotTrueError from error
    if len(found.credential_id) > LONGEST_ID or len(found.credential_public_key) > LONGEST_KEY:
        raise NotTrueError
    return Made(helpers.bytes_to_base64url(found.credential_id), found.credential_public_key, found.sign_count)


def read(answer: str) -> Answer:
    """Which passkey it is that answers, by what it says.

    Raises:
        NotTrueError: it says nothing that could be understood.
    """
    try:
        credential = helpers.parse_authentication_credential_json(answer)
        return Answer(helpers.bytes_to_base64url(credential.raw_id), credential.response.user_handle or b"", credential)
    except (errors.WebAuthnException, *STRANGE) as error:
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
            expected_challenge=helpers.base64url_to_bytes(challenge),
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (errors.WebAuthnException, *STRANGE) as error:
        raise NotTrueError from error
    return int(found.new_sign_count)
