"""How is a phone of the simulator put into words?"""

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass

import flask

from api.web.wall_clock import day_words, moment, time_words
from companion.domain.consent import ConsentStatus
from companion.domain.local_time import local
from companion.domain.message import MessageKind
from companion.domain.nudge import REASON_WORDS
from companion.lazy import lazy
from companion.use_cases.phone import Phone, Text

cast = lazy("api.demo.cast")

UNKNOWN = "unknown"
LABELS = {MessageKind.REPLY: "reply", MessageKind.SAFETY: "safety text", MessageKind.SIGN_IN: "sign-in"}


@dataclass(frozen=True, slots=True)
class TextView:
    """One text as the phone shows it. direction 'out' is from the pain service to the phone."""

    direction: str
    body: str
    time_words: str
    day_words: str
    status: str
    label: str | None


@dataclass(frozen=True, slots=True)
class PhoneView:
    """One phone as the page shows it. `version` changes with anything that can be seen."""

    id: str
    first_name: str
    full_name: str
    sender_name: str
    mobile_display: str
    zone_words: str
    consent: str
    next_nudge_words: str | None
    held_words: str | None
    texts: list[TextView]
    screen_url: str
    answer_url: str
    nudge_url: str | None

    @property
    def version(self) -> str:
        """A fingerprint of all of it."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:20]


def of_patient(phone: Phone) -> PhoneView:
    """The phone of a patient."""
    patient, zone = phone.patient, phone.patient.time_zone
    upcoming = phone.next_nudge
    return PhoneView(
        id=str(patient.id),
        first_name=patient.given_name,
        full_name=f"{patient.given_name} {patient.family_name}",
        sender_name=phone.service.short_name,
        mobile_display=display(patient.mobile),
        zone_words=f"{zone.rpartition('/')[2].replace('_', ' ')} time",
        consent=patient.text_consent,
        next_nudge_words=f"Next nudge: {moment(local(upcoming.due_at, zone))}" if upcoming else None,
        held_words=_held_words(phone),
        texts=list(_texts(phone.texts, zone)),
        screen_url=flask.url_for("simulator.screen", phone_id=patient.id),
        answer_url=flask.url_for("simulator.answer", phone_id=patient.id),
        nudge_url=flask.url_for("simulator.bring_forward", phone_id=patient.id),
    )


def _held_words(phone: Phone) -> str | None:
    """Why the next nudge was put off, or else why the last one did not go."""
    if phone.next_nudge is not None and phone.next_nudge.held_reason is not None:
        return f"It was delayed: {REASON_WORDS[phone.next_nudge.held_reason]}."
    if phone.held_back is not None and phone.held_back.reason is not None:
        return f"The last nudge was not sent: {REASON_WORDS[phone.held_back.reason]}."
    return None


def of_stranger(texts: list[Text], sender_name: str, zone: str) -> PhoneView:
    """A phone whose number no patient has."""
    return PhoneView(
        id=UNKNOWN,
        first_name="Somebody",
        full_name="Unknown number",
        sender_name=sender_name,
        mobile_display=display(cast.STRANGER),
        zone_words="",
        consent=ConsentStatus.NOT_ASKED,
        next_nudge_words=None,
        held_words=None,
        texts=list(_texts(texts, zone)),
        screen_url=flask.url_for("simulator.unknown_screen"),
        answer_url=flask.url_for("simulator.unknown_answer"),
        nudge_url=None,
    )


def display(number: str) -> str:
    """A UK mobile as people write it: 07700 900123. Anything else as it stands."""
    if number.startswith("+44") and len(number) == 13:
        return f"0{number[3:7]} {number[7:]}"
    return number


def _texts(texts: Iterable[Text], zone: str) -> Iterable[TextView]:
    for text in texts:
        message, behaviour = text.message, text.behaviour
        wall = local(message.created_at, zone)
        inbound = message.kind is MessageKind.INBOUND
        label = f"{behaviour} nudge" if behaviour else LABELS.get(message.kind)
        if message.author_id is not None:
            label = "from staff"
        yield TextView(
            "in" if inbound else "out",
            message.body,
            time_words(wall),
            day_words(wall),
            message.status,
            label,
        )
