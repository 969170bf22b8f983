"""What does a patient see in a browser? The plan, by a link in a text and something that only they know."""

import re
from datetime import date
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import current, house
from api.paper import letter as paper
from api.schemas.field import EARLIEST_BIRTH
from api.schemas.form import by_field, filled
from api.schemas.second_opinion import OwnQuestionSchema
from api.schemas.suggestion import OwnAgreementSchema, SuggestionMadeSchema
from api.web import patient_cookie
from companion.domain.device import DeviceKind
from companion.domain.plan_section import changed, parts
from companion.domain.plan_words import Reader
from companion.domain.refusal import ConflictError, InvalidError, NotFoundError, NotSignedInError, TooManyError
from companion.domain.second_fact import Fact
from companion.use_cases import agreement, device, me, plan_letter, second_opinion, sign_in_link, suggestion

door = Blueprint("own-page-door", __name__)
blueprint = Blueprint("own-page", __name__)

# As many digits as the number of a revision has at most.
LONGEST_NUMBER = 7
_DIGITS = re.compile(r"[0-9]{4}")
NOT_WHOLE = "Something was missing. Please look at the page again, and try once more."
NO_WORDS = "Write what you would like, in up to 2,000 characters."
NO_QUESTION = "Write what you would like to know, in up to 2,000 characters."
NO_OPINION = "A second opinion on this plan is being asked for already, or the plan has ended."
NOTHING = "Type your date of birth, or the last four digits of your NHS number."


Answer = str | Response | tuple[str, int]


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
    return int(typed) if len(typed) <= LONGEST_NUMBER and typed.isascii() and typed.isdecimal() else 0


@door.get("/own/way-in")
def way_in() -> str:
    """How to come in, for whoever is not signed in, or no longer."""
    return render_template("own_page/way_in.html", nhs_login=house.nhs_login() is not None)


@blueprint.get("/own/plan")
def show() -> str:
    """Their plan as they agreed to it, what waits for their yes, and what they suggested."""
    return _page()


@blueprint.get("/own/plan/letter.pdf")
def letter() -> Answer:
    """The plan in large print, to keep or to give to somebody."""
    try:
        return paper.sent(plan_letter.own(current.actor(), house.now()))
    except NotFoundError:
        return redirect(url_for("own-page.show"), 303)


@blueprint.post("/own/plan/agreement")
def agree() -> Answer:
    """Say yes to the revision that the page showed."""
    said = filled(OwnAgreementSchema(), request.form.to_dict() | {"number": _number("number")})
    if said.faults:
        return _page(NOT_WHOLE), 422
    try:
        plan_id, number = said.values["care_plan_id"], said.values["number"]
        agreement.agree(current.actor(), plan_id, number, DeviceKind.PAGE, house.now())
    except (NotFoundError, ConflictError) as refusal:
        return _page(refusal.words), 409
    return redirect(url_for("own-page.show"), 303)


@blueprint.post("/own/suggestions")
def suggest() -> Answer:
    """Suggest a change to a line of the plan, or something new. What was typed stays if it cannot be taken."""
    typed = _typed()
    said = filled(SuggestionMadeSchema(), typed | {"revision_number": _number("revision_number")})
    if said.faults:
        return _page(NO_WORDS if by_field(said.faults).get("words") else NOT_WHOLE, typed), 422
    plan_id, number, line = (said.values[name] for name in ("care_plan_id", "revision_number", "line"))
    try:
        suggestion.make(current.actor(), plan_id, number, line, said.values["words"], house.now())
    except InvalidError:
        return _page(NOT_WHOLE, typed), 422
    except (NotFoundError, ConflictError) as refusal:
        return _page(refusal.words, typed), 409
    return redirect(url_for("own-page.show"), 303)


@blueprint.post("/own/second-opinions")
def ask_for_opinion() -> Answer:
    """Ask for a second opinion on the plan. What was typed stays if it cannot be taken."""
    typed = _typed()
    said = filled(OwnQuestionSchema(), typed)
    if said.faults:
        return _page(NO_QUESTION if by_field(said.faults).get("question") else NOT_WHOLE, typed), 422
    try:
        second_opinion.ask(current.actor(), said.values["care_plan_id"], said.values["question"], house.now())
    except NotFoundError as refusal:
        return _page(refusal.words, typed), 409
    except ConflictError:
        return _page(NO_OPINION, typed), 409
    return redirect(url_for("own-page.show"), 303)


def _typed() -> dict[str, str]:
    """What stood in the form. A browser sends two characters for each line break."""
    return {name: words.replace("\r\n", "\n") for name, words in request.form.items()}


def _page(fault: str = "", typed: dict[str, str] | None = None) -> str:
    actor, now = current.actor(), house.now()
    try:
        agreed = me.plan(actor, now)
    except NotFoundError:
        agreed = None
    waiting = agreement.waiting(actor, now)
    same_plan = agreed and waiting and agreed.care_plan_id == waiting.care_plan_id
    return render_template(
        "own_page/plan.html",
        patient=current.patient(),
        agreed=agreed,
        parts=lambda revision: parts(revision, Reader.PATIENT, {}),
        waiting=waiting,
        changed=changed(agreed, waiting, Reader.PATIENT, {}) if same_plan else [],
        suggestions=suggestion.of_patient(actor, current.patient_id(), now),
        opinions=second_opinion.of_patient(actor, current.patient_id(), now),
        fault=fault,
        typed=typed or {},
    )


@blueprint.post("/own/sign-out")
def sign_out() -> Response:
    """Sign out of this page, at once."""
    device.end(current.actor(), current.device_id(), house.now())
    return patient_cookie.take(redirect(url_for("own-page-door.way_in"), 303))
