"""How does a member of staff get in with a passkey, and look after those they have?"""

from uuid import UUID

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import current, house
from api.pages.sign_in import end_the_one_before
from api.schemas import form
from api.schemas.passkey import AnswerSchema, NameSchema, NewSchema
from api.settings import staff_entry
from api.web import cookie
from companion.domain.passkey import Site
from companion.domain.refusal import ConflictError, Fault, InvalidError, NotSignedInError, TooManyError
from companion.use_cases import passkey

door = Blueprint("passkey-entry", __name__)
blueprint = Blueprint("own-passkey", __name__)

Answer = Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@door.post("/staff/passkey")
def begin() -> Answer:
    """Ask for a passkey, of whoever it may be."""
    try:
        asked = passkey.set_out(_site(), request.remote_addr or "unknown", house.now())
    except TooManyError as refusal:
        return _too_many(refusal)
    page = render_template("staff/passkey.html", new=False, options=asked.options, faults={})
    return cookie.keep_begun(make_response(page), cookie.PASSKEY, asked.secret)


@door.post("/staff/passkey/sign-in")
def create() -> Answer:
    """Sign in with it. This ends the browser's previous session."""
    address = request.remote_addr or "unknown"
    # What is no answer at all is refused as a wrong one is, and uses up the question like one.
    answer = form.filled(AnswerSchema(), request.form)
    try:
        made = passkey.come_in(
            _site(),
            cookie.begun(cookie.PASSKEY),
            "" if answer.faults else answer.values["answer"],
            cookie.device(),
            address,
            f"page {address}",
            house.now(),
        )
    except NotSignedInError as refusal:
        return _refused(refusal.words), 401
    except TooManyError as refusal:
        return _too_many(refusal)
    end_the_one_before()
    return cookie.drop_begun(cookie.keep(redirect(url_for("own.show_here"), 303), made), cookie.PASSKEY)


@blueprint.post("/staff/passkeys/beginning")
def begin_another() -> Answer:
    """Ask for a new one."""
    return _asked(())


@blueprint.post("/staff/passkeys")
def add() -> Answer:
    """Keep the one that was made."""
    actor, site, secret = current.actor(), _site(), cookie.begun(cookie.NEW_PASSKEY)
    filled = form.filled(NewSchema(), request.form)
    faults = filled.faults
    if not faults:
        given = filled.values
        try:
            passkey.add(actor, current.sign_in_id(), site, secret, given["answer"], given["name"], house.now())
        except InvalidError as refusal:
            faults = tuple(refusal.faults)
        except ConflictError as refusal:
            faults = (Fault("", refusal.words),)
    if faults:
        return _asked(faults)
    return cookie.drop_begun(redirect(url_for("own.show_here"), 303), cookie.NEW_PASSKEY)


@blueprint.post("/staff/passkeys/<uuid:passkey_id>/name")
def rename(passkey_id: UUID) -> Answer:
    """Call it something else."""
    filled = form.filled(NameSchema(), request.form)
    if filled.faults:
        abort(422, f"The name: {filled.faults[0].words}")
    passkey.rename(current.actor(), passkey_id, filled.values["name"], house.now())
    return redirect(url_for("own.show_here"), 303)


@blueprint.post("/staff/passkeys/<uuid:passkey_id>/removal")
def remove(passkey_id: UUID) -> Answer:
    """Take it away."""
    passkey.remove(current.actor(), passkey_id, house.now())
    return redirect(url_for("own.show_here"), 303)


def _site() -> Site:
    found = staff_entry.passkey_site(house.config().public_base_url)
    if found is None:
        abort(404)
    return found


def _asked(faults: tuple[Fault, ...]) -> Answer:
    """The page that asks for a new one: each time another question, of which only the newest can be answered."""
    asked = passkey.set_out_to_add(current.actor(), current.sign_in_id(), _site(), house.now())
    # No field of the form shows the answer, so what is wrong with it stands at the head of the page.
    shown = {"" if fault.field == "answer" else fault.field: fault.words for fault in faults}
    name = request.form.get("name", "")
    page = render_template("staff/passkey.html", new=True, options=asked.options, faults=shown, name=name)
    response = make_response(page, 422 if faults else 200)
    return cookie.keep_begun(response, cookie.NEW_PASSKEY, asked.secret)


def _too_many(refusal: TooManyError) -> tuple[str, int, dict[str, str]]:
    return _refused(refusal.words), 429, {"Retry-After": str(refusal.retry_after)}


def _refused(words: str) -> str:
    return render_template("staff/sign_in.html", faults={"": words}, note=None, email="")
