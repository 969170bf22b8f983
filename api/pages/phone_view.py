"""How is a phone of the simulator put into words?"""

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import datetime

import flask

from companion.domain.local_time import local
from companion.domain.message import MessageKind
from companion.domain.nudge import REASON_WORDS
from companion.use_cases.phone import Phone, Text

UNKNOWN = "unknown"
# Ofcom's range for drama; the demonstration gives it to nobody.
UNKNOWN_NUMBER = "+447700900999"
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
    upcoming, held = phone.next_nudge, phone.held_back
    return PhoneView(
        id=str(patient.id),
        first_name=patient.given_name,
        full_name=f"{patient.given_name} {patient.family_name}",
        mobile_display=display(patient.mobile),
        zone_words=f"{zone.rpartition('/')[2].replace('_', ' ')} time",
        consent=patient.text_consent,
        next_nudge_words=f"Next nudge: {moment(local(upcoming.due_at, zone))}" if upcoming else None,
        held_words=f"The last nudge was held back: {REASON_WORDS[held.reason]}." if held and held.reason else None,
        texts=list(_texts(phone.texts, zone)),
        screen_url=flask.url_for("simulator.screen", phone_id=patient.id),
        answer_url=flask.url_for("simulator.answer", phone_id=patient.id),
        nudge_url=flask.url_for("simulator.bring_forward", phone_id=patient.id),
    )


def of_stranger(texts: list[Text], zone: str) -> PhoneView:
    """A phone whose number no patient has."""
    return PhoneView(
        id=UNKNOWN,
        first_name="Somebody",
        full_name="A number nobody knows",
        mobile_display=display(UNKNOWN_NUMBER),
        zone_words="",
        consent="not-asked",
        next_nudge_words=None,
        held_words=None,
        texts=list(_texts(texts, zone)),
        screen_url=flask.url_for("simulator.unknown_screen"),
        answer_url=flask.url_for("simulator.unknown_answer"),
        nudge_url=None,
    )


def moment(wall: datetime) -> str:
    """'Monday 23 November at 10:15am', as NHS style writes a day and a time."""
    return f"{wall:%A} {wall.day} {wall:%B} at {time_words(wall)}"


def time_words(wall: datetime) -> str:
    """'10:15am', or '5pm' on the hour."""
    minutes = f":{wall:%M}" if wall.minute else ""
    return f"{wall.hour % 12 or 12}{minutes}{'am' if wall.hour < 12 else 'pm'}"


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
            f"{wall:%A} {wall.day} {wall:%B}",
            message.status,
            label,
        )
