"""How does a member of staff get in with a browser, see where they are signed in, and get out?"""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import auth, current, house
from api.schemas import form
from api.schemas.sign_in import PasswordSchema, SignInSchema
from api.web import cookie
from companion.domain.refusal import Fault, InvalidError, NotFoundError, NotSignedInError, TooManyError
from companion.domain.sign_in import Factor, SignInDoor
from companion.use_cases import organisation, passkey, password, second_factor, sign_in
from companion.use_cases.sign_in import Attempt

door = Blueprint("entry", __name__)
blueprint = Blueprint("own", __name__)

CHANGED = "You have changed your password and are signed out everywhere. Sign in with the new password."
NOTES = {
    "password": CHANGED,
    "out": "You are signed out.",
    "step": "You have removed your second step. Sign in to set up a new one.",
    "out-here": "You are signed out here.",
    "no-way-out": "Your organisation has no sign-out page. Close the browser so that nobody else can sign in as you.",
}


@door.get("/staff/sign-in")
def show() -> str:
    """One form, for everything at once."""
    after = request.args.get("after", "")
    return _form({}, note=NOTES.get(after), still_there=after == "out-here")


@door.post("/staff/sign-in")
def create() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Sign in. This ends the browser's previous session."""
    filled = form.filled(SignInSchema(exclude=("device",)), request.form)
    if filled.faults:
        return _form(form.by_field(filled.faults)), 422
    address = request.remote_addr or "unknown"
    attempt = Attempt(
        **filled.values, device=cookie.device(), door=SignInDoor.PAGE, address=address, origin=f"page {address}"
    )
    try:
        made = sign_in.sign_in(attempt, house.now())
    except NotSignedInError as refusal:
        return _form({"": refusal.words}), 401
    except TooManyError as refusal:
        return _form({"": refusal.words}), 429, {"Retry-After": str(refusal.retry_after)}
    end_the_one_before()
    return cookie.keep(redirect(url_for("own.show_here"), 303), made)


@blueprint.get("/staff")
def show_here() -> str:
    """Who is signed in, where else, and with what."""
    return _own({})


@blueprint.post("/staff/sign-out")
def delete() -> Response:
    """Sign out here."""
    sign_in.sign_out(current.actor(), current.sign_in_id(), house.now())
    after = "out-here" if current.signed_in().factor is Factor.ORGANISATION else "out"
    return cookie.drop(redirect(url_for("entry.show", after=after), 303))


@blueprint.post("/staff/sign-out-everywhere")
def delete_all() -> Response:
    """Sign out everywhere, here too."""
    sign_in.sign_out_everywhere(current.actor(), house.now())
    return cookie.drop(redirect(url_for("entry.show", after="out"), 303))


@blueprint.post("/staff/sign-ins/<uuid:sign_in_id>/end")
def delete_one(sign_in_id: UUID) -> Response:
    """Sign out somewhere else."""
    sign_in.sign_out(current.actor(), sign_in_id, house.now())
    return redirect(url_for("own.show_here"), 303)


@blueprint.post("/staff/password")
def change_password() -> Response | tuple[str, int]:
    """Change your password; every sign-in is over then."""
    filled = form.filled(PasswordSchema(), request.form)
    faults = filled.faults
    if not faults:
        given = filled.values
        try:
            password.change(
                current.actor(), given["current_password"], given["new_password"], given.get("code", ""), house.now()
            )
        except InvalidError as refusal:
            faults = tuple(refusal.faults)
        except TooManyError as refusal:
            faults = (Fault("current_password", refusal.words),)
    if faults:
        return _own(form.by_field(faults)), 422
    return cookie.drop(redirect(url_for("entry.show", after="password"), 303))


def _form(faults: dict[str, str], note: str | None = None, *, still_there: bool = False) -> str:
    email = request.form.get("email", "")
    return render_template("staff/sign_in.html", faults=faults, note=note, email=email, still_there=still_there)


def _own(faults: dict[str, str]) -> str:
    actor = current.actor()
    return render_template(
        "staff/own.html",
        faults=faults,
        who=current.signed_in(),
        must_enrol=auth.must_enrol(),
        sign_ins=sign_in.listed(actor, house.now()),
        step=second_factor.standing(actor),
        link=organisation.standing(actor),
        keys=passkey.listed(actor),
    )


def end_the_one_before() -> None:
    """End the browser's previous session."""
    try:
        before = sign_in.who(cookie.token(), SignInDoor.PAGE, house.now())
        sign_in.sign_out(before.actor, before.id, house.now())
    except (NotSignedInError, NotFoundError):
        return
