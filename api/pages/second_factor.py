"""How does a member of staff set up their second step with a browser?"""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import auth, current, house
from api.paper import picture
from api.schemas import form
from api.schemas.second_factor import CodeSchema
from api.web import cookie
from companion.domain.refusal import ConflictError, Fault, InvalidError, TooManyError
from companion.domain.sign_in import SignInDoor
from companion.use_cases import second_factor

T = TypeVar("T")
blueprint = Blueprint("second-step", __name__)


@blueprint.get("/staff/second-factor")
def show() -> str:
    """Set one up, or see how it stands."""
    return _page(())


@blueprint.post("/staff/second-factor")
def create() -> Response:
    """Begin: a secret to put into an app."""
    with suppress(ConflictError):  # it was begun and confirmed in another window: the page says how it stands
        second_factor.enrol(current.actor(), house.now())
    return redirect(url_for("second-step.show"), 303)


@blueprint.post("/staff/second-factor/confirmation")
def confirm() -> Response | tuple[str, int]:
    """Show that the app has it; the recovery codes are shown this once, under a new sign-in."""
    actor, now = current.actor(), house.now()
    try:
        made, faults = _coded(lambda code: second_factor.confirm(actor, code, SignInDoor.PAGE, cookie.device(), now))
    except ConflictError:
        return redirect(url_for("second-step.show"), 303)
    if made is None:
        return _page(faults), 422
    page = render_template("staff/recovery_codes.html", codes=made.recovery_codes)
    return cookie.keep(make_response(page), made.signed_in)


@blueprint.post("/staff/second-factor/recovery-codes")
def renew_recovery_codes() -> str | tuple[str, int]:
    """Ten new ones for a code."""
    actor, now = current.actor(), house.now()
    codes, faults = _coded(lambda code: second_factor.renew_recovery_codes(actor, code, now))
    if codes is None:
        return _page(faults), 422
    return render_template("staff/recovery_codes.html", codes=codes)


@blueprint.post("/staff/second-factor/removal")
def remove() -> Response | tuple[str, int]:
    """Take it away, for a code; every sign-in is over then."""
    actor, now = current.actor(), house.now()

    def removed(code: str) -> bool:
        second_factor.remove(actor, code, now)
        return True

    done, faults = _coded(removed)
    if done is None:
        return _page(faults), 422
    return cookie.drop(redirect(url_for("entry.show", after="step"), 303))


def _coded(act: Callable[[str], T]) -> tuple[T | None, tuple[Fault, ...]]:
    """What comes of it with the code that was typed in, or what is wrong with that."""
    filled = form.filled(CodeSchema(), request.form)
    if filled.faults:
        return None, filled.faults
    try:
        return act(filled.values["code"]), ()
    except InvalidError as refusal:
        return None, tuple(refusal.faults)
    except TooManyError as refusal:
        return None, (Fault("code", refusal.words),)


def _page(faults: tuple[Fault, ...]) -> str:
    actor = current.actor()
    waiting = second_factor.pending(actor)
    return render_template(
        "staff/second_factor.html",
        faults=form.by_field(faults),
        must_enrol=auth.must_enrol(),
        step=second_factor.standing(actor),
        secret=waiting.secret if waiting else None,
        picture=picture.qr(waiting.address) if waiting else None,
    )
