"""Who may knock at this door? Each blueprint has one audience, declared in routes.py."""

from enum import StrEnum

from flask import Blueprint, request

from api import current, house
from companion.domain.refusal import NotSignedInError
from companion.use_cases import sign_in


class Audience(StrEnum):
    """everyone: no sign-in. staff: a bearer token. provider: a signature, checked by the view itself."""

    EVERYONE = "everyone"
    STAFF = "staff"
    PROVIDER = "provider"


def guard(blueprint: Blueprint, audience: Audience) -> None:
    """Let only the audience through to any view of the blueprint."""
    if audience is Audience.STAFF:
        blueprint.before_request(_require_staff)


def _require_staff() -> None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedInError("Sign in first, and send the token as 'Authorization: Bearer …'.")
    current.set_signed_in(sign_in.who(token.strip(), house.now()), token.strip())
