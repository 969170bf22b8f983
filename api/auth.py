"""Who may knock at this door? Each blueprint has one audience, declared in routes.py."""

from dataclasses import replace
from enum import StrEnum
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from api import current, house, patient_cookie
from companion.domain.device import TokenKind
from companion.domain.refusal import ForbiddenError, NotSignedInError
from companion.use_cases import access_grant, device, sign_in
from companion.use_cases.sign_in import SignedIn

ACCESS_GRANT = "Access-Grant"
READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Audience(StrEnum):
    """everyone: no sign-in. staff: a bearer token. patient: a patient's. patient-page: a patient's
    cookie. provider: a signature, checked by the view itself."""

    EVERYONE = "everyone"
    STAFF = "staff"
    PATIENT = "patient"
    PATIENT_PAGE = "patient-page"
    PROVIDER = "provider"


def guard(blueprint: Blueprint, audience: Audience) -> None:
    """Let only the audience through to any view of the blueprint."""
    if audience is Audience.STAFF:
        blueprint.before_request(_require_staff)
    elif audience is Audience.PATIENT:
        blueprint.before_request(_require_patient)
    elif audience is Audience.PATIENT_PAGE:
        blueprint.before_request(_require_page)


def _require_staff() -> None:
    token = _bearer()
    current.set_signed_in(_as_let_in(sign_in.who(token, house.now())), token)


def _require_patient() -> None:
    current.set_patient(device.who(_bearer(), TokenKind.ACCESS, house.now()))


def _require_page() -> Response | None:
    try:
        current.set_patient(device.who(patient_cookie.token(), TokenKind.PAGE, house.now()), "page")
    except NotSignedInError:
        return redirect(url_for("own-page-door.way_in"), 303)
    return None


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedInError("Sign in first, and send the token as 'Authorization: Bearer …'.")
    return token.strip()


def _as_let_in(found: SignedIn) -> SignedIn:
    """Who names an access to one record asks under it, and it alone counts: not their roles, nor their pain service."""
    named = request.headers.get(ACCESS_GRANT)
    if named is None:
        return found
    if request.method not in READS:
        raise ForbiddenError("An access to one record is for reading it. Leave Access-Grant out to do anything else.")
    try:
        grant_id = UUID(named.strip())
    except ValueError as error:
        raise ForbiddenError(access_grant.NOT_YOURS) from error
    return replace(found, actor=access_grant.under(found.actor, grant_id, house.now()))
