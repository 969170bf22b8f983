"""Where on the way from referral to closed is a person, how did they come there, and what stands of what was written?

Names and statuses are FHIR R4's: a pathway is an EpisodeOfCare, a hospital referral a ServiceRequest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Protocol, TypeVar

from companion.domain.refusal import Fault

# How far the clock of whoever writes a move down may be ahead of ours.
CLOCKS_DIFFER = timedelta(minutes=5)


class Step(StrEnum):
    """Where somebody is. open-contact: nothing is planned, and they may come back without a new referral."""

    REFERRAL = "referral"
    ASSESSMENT = "assessment"
    ACTIVE_PLAN = "active-plan"
    REVIEW = "review"
    OPEN_CONTACT = "open-contact"
    CLOSED = "closed"


class MoveReason(StrEnum):
    """Why somebody came to a step; REASONS says which reason leads where."""

    NEW_FROM_GP = "new-from-gp"
    EXISTING_PATIENT = "existing-patient"
    ACCEPTED = "accepted"
    CAME_BACK = "came-back"
    PLAN_AGREED = "plan-agreed"
    REVIEW_DONE = "review-done"
    REVIEW_DUE = "review-due"
    NEEDS_CHANGED = "needs-changed"
    THEIR_WISH = "their-wish"
    MANAGES_WELL = "manages-well"
    GOALS_REACHED = "goals-reached"
    NOT_SUITABLE = "not-suitable"
    MOVED_AWAY = "moved-away"
    NO_CONTACT = "no-contact"
    DIED = "died"
    ENTERED_IN_ERROR = "entered-in-error"


class EpisodeStatus(StrEnum):
    """FHIR R4 EpisodeOfCare.status, the codes that are used here. `onhold` has no hyphen there."""

    WAITLIST = "waitlist"
    ACTIVE = "active"
    ON_HOLD = "onhold"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"


S, R = Step, MoveReason
# The schema has the same list (migration 0019). A closed pathway is not opened again: a new referral begins another.
MOVES: dict[Step | None, frozenset[Step]] = {
    None: frozenset({S.REFERRAL}),
    S.REFERRAL: frozenset({S.ASSESSMENT, S.CLOSED}),
    S.ASSESSMENT: frozenset({S.ACTIVE_PLAN, S.OPEN_CONTACT, S.CLOSED}),
    S.ACTIVE_PLAN: frozenset({S.REVIEW, S.OPEN_CONTACT, S.CLOSED}),
    S.REVIEW: frozenset({S.ACTIVE_PLAN, S.OPEN_CONTACT, S.CLOSED}),
    S.OPEN_CONTACT: frozenset({S.ASSESSMENT, S.REVIEW, S.CLOSED}),
    S.CLOSED: frozenset(),
}
REASONS: dict[Step, frozenset[MoveReason]] = {
    S.REFERRAL: frozenset({R.NEW_FROM_GP, R.EXISTING_PATIENT}),
    S.ASSESSMENT: frozenset({R.ACCEPTED, R.CAME_BACK}),
    S.ACTIVE_PLAN: frozenset({R.PLAN_AGREED, R.REVIEW_DONE}),
    S.REVIEW: frozenset({R.REVIEW_DUE, R.NEEDS_CHANGED, R.THEIR_WISH, R.CAME_BACK}),
    S.OPEN_CONTACT: frozenset({R.MANAGES_WELL, R.THEIR_WISH}),
    S.CLOSED: frozenset(
        {R.GOALS_REACHED, R.THEIR_WISH, R.NOT_SUITABLE, R.MOVED_AWAY, R.NO_CONTACT, R.DIED, R.ENTERED_IN_ERROR}
    ),
}
# Where a review date is kept, and where there must be one (NICE NG193: a plan is reviewed, not written once).
REVIEWED = frozenset({S.ACTIVE_PLAN, S.OPEN_CONTACT})
MUST_BE_REVIEWED = frozenset({S.ACTIVE_PLAN})


class Move(Protocol):
    """What a move says, as far as the rules ask. A move that `corrects` another takes its place; one that ends where
    it began takes it back."""

    @property
    def number(self) -> int: ...
    @property
    def from_step(self) -> Step | None: ...
    @property
    def to_step(self) -> Step: ...
    @property
    def corrects(self) -> int | None: ...
    @property
    def effective_at(self) -> datetime: ...
    @property
    def recorded_at(self) -> datetime: ...


M = TypeVar("M", bound=Move)


def standing(moves: Iterable[M], known_at: datetime | None = None) -> list[M]:
    """The moves that stand, in their order: of those recorded up to `known_at`, all that no later one put right."""
    known = [move for move in moves if known_at is None or move.recorded_at <= known_at]
    corrected = {move.corrects for move in known}
    kept = [move for move in known if move.number not in corrected and move.from_step != move.to_step]
    return sorted(kept, key=lambda move: move.number)


def move_faults(
    before: Sequence[Move],
    to_step: Step,
    reason: MoveReason,
    effective_at: datetime,
    review_on: date | None,
    now: datetime,
    today: date,
) -> list[Fault]:
    """What is wrong with such a next move after those that stand `before` it. Whether the step leads there at all is
    another question: see `leads`. `today` is the local day of the pain service."""
    found = []
    if reason not in REASONS[to_step]:
        allowed = ", ".join(sorted(REASONS[to_step]))
        found.append(Fault("reason", f"Somebody comes to {to_step} for one of these reasons: {allowed}."))
    if effective_at > now + CLOCKS_DIFFER:
        found.append(Fault("effective_at", "This time is in the future. Record it once it has happened."))
    if before and effective_at < before[-1].effective_at:
        found.append(Fault("effective_at", f"It lies before the move to {before[-1].to_step}, which came first."))
    return found + review_faults(to_step, review_on, today)


def review_faults(step: Step, review_on: date | None, today: date) -> list[Fault]:
    """What is wrong with a review date at this step."""
    if review_on is None:
        missing = step in MUST_BE_REVIEWED
        return [Fault("review_on", "Enter the date of the review.")] if missing else []
    if step not in REVIEWED:
        return [Fault("review_on", f"Nothing is reviewed at the step {step}; leave the date out.")]
    return [Fault("review_on", "The review date must be today or later.")] if review_on < today else []


def leads(from_step: Step | None, to_step: Step) -> bool:
    """Whether a step leads to another."""
    return to_step in MOVES[from_step]


def episode_status(moves: Sequence[tuple[Step, MoveReason]]) -> EpisodeStatus:
    """FHIR's status of a pathway whose standing moves came to these steps for these reasons."""
    step, reason = moves[-1]
    if step is Step.CLOSED:
        if reason is MoveReason.ENTERED_IN_ERROR:
            return EpisodeStatus.ENTERED_IN_ERROR
        began = any(each is not Step.REFERRAL for each, _ in moves[:-1])
        return EpisodeStatus.FINISHED if began else EpisodeStatus.CANCELLED
    others = {Step.REFERRAL: EpisodeStatus.WAITLIST, Step.OPEN_CONTACT: EpisodeStatus.ON_HOLD}
    return others.get(step, EpisodeStatus.ACTIVE)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many people are at a step, and for how many whole days: the one in the middle, and the longest."""

    step: Step
    people: int
    median_days: float | None
    longest_days: int | None


def waiting(found: Iterable[tuple[Step, datetime]], now: datetime) -> list[Waiting]:
    """The figures of each step that is not the end, from the step of each person and since when."""
    days: dict[Step, list[int]] = {step: [] for step in Step if step is not Step.CLOSED}
    for step, since_at in found:
        days[step].append(max((now - since_at).days, 0))
    return [
        Waiting(step, len(each), median(each) if each else None, max(each) if each else None)
        for step, each in days.items()
    ]


CONTACT_WORDS = (
    "Your care with us is closed for now, and texts about your plan have stopped. You can still ring us on {phone}; "
    "your GP can refer you again, and we will start from what worked for you."
)
CONTACT_ENDS = "We will send nothing more to this person's phone. Their family can speak to us on {phone}."


def contact_words(reason: MoveReason, phone: str) -> str:
    """What closing means for contact: for the patient, or, where they died, for whoever closes the record."""
    return (CONTACT_ENDS if reason is MoveReason.DIED else CONTACT_WORDS).format(phone=phone)
