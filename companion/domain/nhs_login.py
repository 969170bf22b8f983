"""What NHS login must confirm before a person is matched to a patient.

Its interface specification names the levels: at P9 a person showed their face and a passport or the like, and the NHS
number is theirs. Anything less says who has an e-mail address.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from companion.domain import identifiers
from companion.domain.refusal import ForbiddenError, NotSignedInError

PROVED = "P9"
# For so long somebody may be away to sign in there.
AWAY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Errand:
    """What a browser is sent to NHS login with: `state` comes back with it, `nonce` in what is signed there, and
    `verifier` shows that whoever sends the code is who asked for it (PKCE, RFC 7636)."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


def nhs_number(claims: Mapping[str, object]) -> str:
    """Whose NHS number it is, proved.

    Raises:
        ForbiddenError: they have not shown there who they are.
        NotSignedInError: what is there is no NHS number.
    """
    if claims.get("identity_proofing_level") != PROVED:
        raise ForbiddenError(
            "NHS login has not checked who you are yet. Prove who you are in NHS login, then try again."
        )
    said = claims.get("nhs_number")
    try:
        return identifiers.nhs_number(said if isinstance(said, str) else "")
    except identifiers.IdentifierError as error:
        raise NotSignedInError("NHS login did not give us your NHS number, so we could not sign you in.") from error
