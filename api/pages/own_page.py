"""What does a patient see in a browser? The plan, by a link in a text and something that only they know."""

import re
from datetime import date
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import current, house, patient_cookie
from api.schemas.field import EARLIEST_BIRTH
from companion.domain.refusal import NotFoundError, NotSignedInError, TooManyError
from companion.domain.second_fact import Fact
from companion.use_cases import device, me, sign_in_link

door = Blueprint("own-page-door", __name__)
blueprint = Blueprint("own-page", __name__)

_DIGITS = re.compile(r"[0-9]{4}")
NOTHING = "Type your date of birth, or the last four digits of your NHS number."


@door.get("/link/<uuid:link_id>")
def ask(link_id: UUID) -> str:
    """Ask for the second fact. It says nothing of anybody, and whoever fetches it uses nothing up."""
    return render_template("own_page/link.html", link_id=link_id)


@door.post("/link/<uuid:link_id>")
def use(link_id: UUID) -> Response | tuple[str, int]:
    """Let them in, if both belong together."""
    known = fact()
    if known == Fact():
        return render_template("own_page/link.html", link_id=link_id, fault=NOTHING), 422
    try:
        secret = sign_in_link.use(link_id, known, request.remote_addr or "unknown", house.now())
    except NotSignedInError as refusal:
        return render_template("own_page/link.html", link_id=link_id, fault=refusal.words), 401
    except TooManyError as refusal:
        return render_template("own_page/link.html", link_id=link_id, fault=refusal.words), 429
    return patient_cookie.put(redirect(url_for("own-page.show"), 303), secret)


def fact() -> Fact:
    """What they typed, as far as it is a day or four digits."""
    day, month, year = (_number(name) for name in ("day", "month", "year"))
    try:
        born = date(year, month, day).isoformat() if year >= EARLIEST_BIRTH.year else None
    except ValueError:
        born = None
    digits = request.form.get("digits", "").strip()
    return Fact(born, digits if _DIGITS.fullmatch(digits) else None)


def _number(name: str) -> int:
    typed = request.form.get(name, "").strip()
    return int(typed) if len(typed) <= 4 and typed.isascii() and typed.isdecimal() else 0


@door.get("/own/way-in")
def way_in() -> str:
    """How to come in, for whoever is not signed in, or no longer."""
    return render_template("own_page/way_in.html", nhs_login=house.nhs_login() is not None)


@blueprint.get("/own/plan")
def show() -> str:
    """Their plan, as they agreed to it."""
    actor, now = current.actor(), house.now()
    try:
        plan = me.plan(actor, now)
    except NotFoundError:
        plan = None
    return render_template("own_page/plan.html", patient=current.patient(), plan=plan)


@blueprint.post("/own/sign-out")
def sign_out() -> Response:
    """Sign out of this page, at once."""
    device.end(current.actor(), current.device_id(), house.now())
    return patient_cookie.take(redirect(url_for("own-page-door.way_in"), 303))
