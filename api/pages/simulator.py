"""What do the patients' phones show, and what do they text? In development only: there is no phone network here."""

from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from api import house
from api.pages import phone_view
from api.pages.phone_view import UNKNOWN, PhoneView
from api.web.wall_clock import moment
from companion.domain.access import Actor, system
from companion.domain.local_time import local
from companion.domain.refusal import NotFoundError
from companion.domain.task import TaskStatus
from companion.lazy import lazy
from companion.use_cases import nudge, pain_service, phone, task
from nudges.receiving import inbound
from nudges.receiving.arrivals import InboundText

cast = lazy("api.demo.cast")
blueprint = Blueprint("simulator", __name__)

LONGEST_TEXT = 1_600


@blueprint.get("")
def show() -> str:
    """Every phone at once."""
    services = pain_service.every()
    phones = [phone_view.of_patient(found) for one in services for found in phone.of_pain_service(system(one.id))]
    if services:
        phones.append(_stranger())
    waiting = sum(task.inbox(system(one.id), TaskStatus.REQUESTED, 0, 1, house.now()).total for one in services)
    zone = services[0].time_zone if services else "Europe/London"
    return render_template(
        "simulator.html",
        phones=phones,
        clock=moment(local(house.now(), zone)),
        inbox_note=f"{waiting} waiting in the inbox" if waiting != 1 else "1 waits in the inbox",
    )


@blueprint.get("/<uuid:phone_id>/screen")
def screen(phone_id: UUID) -> Response:
    """One phone, to be swapped in when it has changed."""
    return _fragment(phone_view.of_patient(phone.of_patient(_actor(phone_id), phone_id)))


@blueprint.post("/<uuid:phone_id>/texts")
def answer(phone_id: UUID) -> AnyResponse:
    """The patient texts: the same way in as the provider's webhook takes."""
    found = phone.of_patient(_actor(phone_id), phone_id)
    return _receive(str(phone_id), found.patient.mobile, found.service.sender)


@blueprint.post("/<uuid:phone_id>/nudge")
def bring_forward(phone_id: UUID) -> AnyResponse:
    """Make the next nudge due now. The checks before sending still decide whether it may go."""
    nudge.bring_forward(_actor(phone_id), phone_id, house.now())
    return redirect(url_for("simulator.show", _anchor=f"phone-{phone_id}"), 303)


@blueprint.get("/unknown/screen")
def unknown_screen() -> Response:
    """The phone whose number nobody knows."""
    return _fragment(_stranger())


@blueprint.post("/unknown/texts")
def unknown_answer() -> AnyResponse:
    """A text from a number that no patient has."""
    return _receive(UNKNOWN, cast.STRANGER, pain_service.oldest().sender)


def _actor(patient_id: UUID) -> Actor:
    owner = phone.pain_service_of(patient_id)
    if owner is None:
        raise NotFoundError("There is no such phone.")
    return system(owner)


def _stranger() -> PhoneView:
    service = pain_service.oldest()
    texts = phone.texts_with(system(service.id), cast.STRANGER)
    return phone_view.of_stranger(texts, service.short_name, service.time_zone)


def _receive(phone_id: str, number: str, sender: str | None) -> AnyResponse:
    # A form turns every line break into CR LF; a phone would not.
    body = request.form.get("body", "").replace("\r\n", "\n")
    if len(body) > LONGEST_TEXT:
        abort(422, f"body: a text has at most {LONGEST_TEXT} characters.")
    text = InboundText("simulator", f"SIMIN{uuid4().hex}", number, sender or "", body)
    inbound.receive(text, house.now())
    return redirect(url_for("simulator.show", _anchor=f"phone-{phone_id}"), 303)


def _fragment(view: PhoneView) -> Response:
    response = make_response(render_template("phone.html", phone=view))
    response.set_etag(view.version)
    response.make_conditional(request)
    return response
