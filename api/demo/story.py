"""What happens in the fortnight that no habit explains: who writes what, and what do people make of it?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from api.demo import care_plan as plans
from api.demo.persona import Nth
from api.demo.stage import Enrolled, Opened, Promise
from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import AgreedHow
from companion.domain.preference import Ceilings
from companion.use_cases import care_plan, preference

Then = Callable[[Opened, datetime], None]


@dataclass(frozen=True, slots=True)
class Response:
    """What a clinician makes of a text: what they write in the task, what they text back, what they change."""

    outcome: str
    reply: str | None = None
    then: Then | None = None


@dataclass(frozen=True, slots=True)
class Unasked:
    """A text that answers no nudge: on the nth working day (from 0), at that time in London."""

    who: str
    working_day: int
    at: time
    words: str


@dataclass(frozen=True, slots=True)
class LastWords:
    """A text that answers no nudge, that long before the fortnight ends."""

    who: str
    before: timedelta
    words: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something that staff do by themselves, on the nth working day (from 0) at that time in London."""

    working_day: int
    at: time
    act: Then


def fewer_for_dee(opened: Opened, now: datetime) -> None:
    """Dee wants one text a week. Nudges already planned meet the new ceiling when they are sent."""
    dee = opened.patients["Dee"]
    _prefer(opened, dee, replace(dee.promises[-1], from_at=now, ceilings=Ceilings(daily=1, weekly=1)))


def later_for_tomasz(opened: Opened, now: datetime) -> None:
    """Tomasz works nights and wants texts from 1pm on."""
    tomasz = opened.patients["Tomasz"]
    last = tomasz.promises[-1]
    _prefer(opened, tomasz, replace(last, from_at=now, hours=replace(last.hours, local_start=time(13))))


def revise_for_joan(opened: Opened, now: datetime) -> None:
    """The shop is too far for now. Nothing goes until Joan has agreed."""
    found = care_plan.read(opened.clinician, opened.patients["Joan"].plan_id, now)
    reason = "After her night in A&E: exercises in the armchair in place of the shop."
    care_plan.revise(opened.clinician, found.plan.id, found.plan.version, plans.JOAN_REVISED, reason, now)


def agree_with_joan(opened: Opened, now: datetime) -> None:
    """She agrees on the phone."""
    found = care_plan.read(opened.clinician, opened.patients["Joan"].plan_id, now)
    care_plan.agree(opened.clinician, found.plan.id, found.plan.version, AgreedHow.PHONE, now, now)


ANSWERS: Mapping[str, Mapping[Nth, str]] = {
    "Amina": {
        (Behaviour.HEALTHY, 1): "WHY",
        (Behaviour.HEALTHY, 3): "Y and I went twice round the park",
    },
    "Dee": {(None, 2): "Three a week is a lot with the boys. Could it be one?"},
    "Gwilym": {(Behaviour.HEALTHY, 1): "Do, diolch! We sang for two hours."},
    "Tomasz": {(None, 1): "Sorry, only just up. I am on nights this month. Could texts come after 1pm?"},
    "Joan": {(Behaviour.CURIOUS, 1): "Good morning dear. About 6, thank you for asking"},
    "Bev": {(None, 2): "Stop"},
}

UNASKED = (
    Unasked("", 1, time(15, 10), "Hello, is this the pain team? A friend gave me this number. Can I be seen too?"),
    Unasked("Joan", 2, time(2, 14), "I cannot sleep. My back is bad and I have gone numb down below."),
    Unasked("Joan", 2, time(16, 50), "Home again. It was not that, thank goodness. Thank you for ringing."),
    Unasked("Gwilym", 5, time(18, 30), "STOP"),
    Unasked("Gwilym", 7, time(20, 10), "START"),
)

# How long before the end: so that something waits in the inbox, whenever the end is.
LAST_WORDS = (
    LastWords("Tomasz", timedelta(hours=3), "Could somebody write to my boss about the lifting? Thank you."),
    LastWords("Dee", timedelta(minutes=50), "I am awake and thinking about work. Can I talk to somebody?"),
)

STEPS = (Step(3, time(11, 0), revise_for_joan), Step(4, time(15, 0), agree_with_joan))

# From when to when the provider is away, on which working day; and when the answer to a text gets lost.
OUTAGE = (6, time(8, 0), time(14, 10))
LOST_ANSWER = (5, time(9, 0))

RESPONSES: Mapping[tuple[str, str], Response] = {
    ("Amina", ANSWERS["Amina"][Behaviour.HEALTHY, 3]): Response(
        "Good news. Answered by text.", "Amina, twice round! Thank you for telling me.\nBen, iHELP pain service"
    ),
    ("Dee", ANSWERS["Dee"][None, 2]): Response(
        "One text a week from now on.",
        "Dee, that is fine. One text a week from now on. Tell us when you want more.\nBen, iHELP pain service",
        fewer_for_dee,
    ),
    ("Gwilym", ANSWERS["Gwilym"][Behaviour.HEALTHY, 1]): Response(
        "Good news. Answered by text.", "Gwilym, da iawn! Two hours on your feet?\nBen, iHELP pain service"
    ),
    ("Gwilym", "STOP"): Response("Rang him. The house is full of family; he will text us when he wants them back."),
    ("Tomasz", ANSWERS["Tomasz"][None, 1]): Response(
        "Texts from 1pm on.",
        "Tomasz, no need to be sorry. Your texts come after 1pm from now on. Sleep well.\nBen, iHELP pain service",
        later_for_tomasz,
    ),
    ("Joan", UNASKED[1].words): Response(
        "Rang. Her daughter took her to A&E after our text; she is waiting for a scan."
    ),
    ("Joan", UNASKED[2].words): Response("Rang her. Scan clear. We look at the plan together tomorrow."),
    ("Joan", "Yes please, the step is very high."): Response(
        "Rail asked for.",
        "Joan, I have asked for a rail for your step. They will ring you within 2 weeks.\nBen, iHELP pain service",
    ),
    ("Bev", "Stop"): Response("Rang her. She is up all night with her mum. A call on the first Monday of the month."),
    ("", UNASKED[0].words): Response("Rang back. Told him how a GP can refer him to us."),
}
READ = Response("Read. Nothing is needed.")
STOPPED = Response("Read. They have stopped texts, so there is no answer by text.")


def _prefer(opened: Opened, enrolled: Enrolled, promise: Promise) -> None:
    held = preference.read(opened.clinician, enrolled.id, promise.from_at)
    preference.replace(
        opened.clinician,
        enrolled.id,
        held.version,
        promise.hours,
        promise.ceilings,
        promise.paused_until_at,
        promise.from_at,
    )
    enrolled.promises.append(promise)
