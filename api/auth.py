"""Who may knock at this door? Each blueprint has one audience, declared in routes.py."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from api import current, house
from api.settings.staff_entry import SecondFactor
from api.web import cookie, patient_cookie
from companion.domain.device import TokenKind
from companion.domain.refusal import ForbiddenError, NotSignedInError
from companion.domain.sign_in import SignedIn, SignInDoor, is_second
from companion.use_cases import access_grant, device, sign_in

ACCESS_GRANT = "Access-Grant"
READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Audience(StrEnum):
    """everyone: no sign-in. staff: a bearer token. enrolling: likewise, though they have yet to set up the second
    factor that is required. patient: a patient's bearer token. provider: a signature, checked by the view itself.
    record: a member of staff's bearer token, or a patient's.
    staff-page, enrolling-page and patient-page: as those, with a browser's cookie, which opens nothing else."""

    EVERYONE = "everyone"
    STAFF = "staff"
    ENROLLING = "enrolling"
    PATIENT = "patient"
    RECORD = "record"
    PROVIDER = "provider"
    STAFF_PAGE = "staff-page"
    ENROLLING_PAGE = "enrolling-page"
    PATIENT_PAGE = "patient-page"


def guard(blueprint: Blueprint, audience: Audience) -> None:
    """Let only the audience through to any view of the blueprint."""
    for wanted in _GUARDS.get(audience, ()):
        blueprint.before_request(wanted)


def must_enrol() -> bool:
    """Whether whoever is signed in has to set up a second factor before anything else."""
    required = house.config().staff_entry.second_factor is SecondFactor.REQUIRED
    return required and not is_second(current.signed_in().factor)


def _require_bearer() -> None:
    current.set_signed_in(_as_let_in(sign_in.who(_bearer(), SignInDoor.API, house.now())), SignInDoor.API)


def _require_patient() -> None:
    current.set_patient(device.who(_bearer(), TokenKind.ACCESS, house.now()), "api")


def _require_reader() -> None:
    try:
        _require_bearer()
    except NotSignedInError:
        _require_patient()
    else:
        _require_second_factor()


def _require_patient_cookie() -> AnyResponse | None:
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
        raise ForbiddenError("Access to one record is read-only. Leave out Access-Grant to do anything else.")
    try:
        grant_id = UUID(named.strip())
    except ValueError as error:
        raise ForbiddenError(access_grant.NOT_YOURS) from error
    return replace(found, actor=access_grant.under(found.actor, grant_id, house.now()))


def _require_second_factor() -> None:
    if must_enrol():
        raise ForbiddenError("Set up your second step first (/v1/second-factor), then sign in with it.")


def _require_cookie() -> AnyResponse | None:
    try:
        found = sign_in.who(cookie.token(), SignInDoor.PAGE, house.now())
    except NotSignedInError:
        return redirect(url_for("entry.show"), 303)
    current.set_signed_in(found, SignInDoor.PAGE)
    return None


def _send_to_enrol() -> AnyResponse | None:
    return redirect(url_for("second-step.show"), 303) if must_enrol() else None


_GUARDS: dict[Audience, tuple[Callable[[], Response | AnyResponse | None], ...]] = {
    Audience.STAFF: (_require_bearer, _require_second_factor),
    Audience.ENROLLING: (_require_bearer,),
    Audience.STAFF_PAGE: (_require_cookie, _send_to_enrol),
    Audience.ENROLLING_PAGE: (_require_cookie,),
    Audience.PATIENT: (_require_patient,),
    Audience.RECORD: (_require_reader,),
    Audience.PATIENT_PAGE: (_require_patient_cookie,),
}
