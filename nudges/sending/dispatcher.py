"""Which due nudges may go? Each becomes one text, or gets its reason."""

import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from companion import keys
from companion.bulk import among, claim, update_each
from companion.domain.behaviour import Behaviour
from companion.domain.local_time import local
from companion.domain.message import MessageKind, priority
from companion.domain.nudge import NudgeStatus, Reason
from companion.domain.wording_lint import WordingError, merge
from companion.keys import KeyRing
from companion.models import Activity, AlreadyHelps, Nudge, Patient
from nudges.deciding.eligibility import Decision, Lapse, Postpone, Send, Skip, decide
from nudges.deciding.facts import Batch, Candidate, batch, candidates

log = logging.getLogger(__name__)

BATCH = 200
# A nudge whose phone is just being texted comes after, and not at the same time.
AFTER_ANOTHER = timedelta(minutes=1)

MessageRow = dict[str, Any]


def take_due(
    session: Session,
    now: datetime,
    most: int,
    service_ids: Collection[UUID] | None = None,
    *,
    status: NudgeStatus = NudgeStatus.CLAIMED,
) -> Sequence[tuple[UUID, UUID]]:
    """Claim up to `most` due nudges, of these pain services or of all: their ids, and whose they are.

    Nobody else decides about them meanwhile. Lock the patients, then `write`. status: what those have that go; `sent`
    if their texts are handed over as soon as this is committed.
    """
    due = select(Nudge.id).where(Nudge.status == NudgeStatus.PLANNED, Nudge.due_at <= now)
    if service_ids is not None:
        due = due.where(among(session, Nudge.pain_service_id, service_ids))
    # A nudge expires before its day ends, so the day it was planned for is the day it goes on, unless the person has
    # moved to another time zone since; `write` sees to that.
    settled_at = now if status is NudgeStatus.SENT else None
    taken = update(Nudge).values(status=status, settled_at=settled_at, texted_on=Nudge.slot_on)
    found = claim(session, due.order_by(Nudge.due_at).limit(most), taken, Nudge.id, Nudge.patient_id)
    return [(row.id, row.patient_id) for row in found]


def write(session: Session, nudge_ids: Collection[UUID], now: datetime) -> list[MessageRow]:
    """Decide about claimed nudges whose patients are locked; give those that do not go now their reason.

    Returns the texts of those that go, one row each, but for what the caller does with them: their status.
    """
    if not nudge_ids:
        return []
    ring = keys.of(session)
    found = candidates(session, nudge_ids)
    around = batch(session, found, now)
    texts: list[MessageRow] = []
    held: dict[Decision, list[UUID]] = defaultdict(list)
    moved = []
    for candidate in found:
        decision = _decide(candidate, around, now)
        if isinstance(decision, Send):
            try:
                texts.append(_text(ring, candidate, around, now))
            except WordingError as error:
                # One bad line must not hold up everybody else's texts.
                log.error("nudge %s: %s", candidate.id, error)
                decision = Skip(Reason.WORDING_UNUSABLE)
            else:
                today = local(now, candidate.zone_name).date()
                around.texted.add(candidate.patient_id, today, candidate.held_reason is Reason.CATCH_UP)
                around.busy.add(candidate.mobile_index)
                if today != candidate.texted_on:
                    moved.append({"id": candidate.id, "texted_on": today})
                continue
        held[decision].append(candidate.id)
    update_each(session, Nudge, moved)
    _hold(session, held, now)
    return texts


def settle(
    session: Session, nudge_ids: Collection[UUID], status: NudgeStatus, reason: Reason | None, now: datetime
) -> None:
    """Give nudges their final state (P4). What did not go was texted on no day."""
    final = {"status": status, "reason": reason, "settled_at": now, "texted_on": None}
    session.execute(update(Nudge).where(among(session, Nudge.id, list(nudge_ids))).values(final))


def _decide(candidate: Candidate, around: Batch, now: datetime) -> Decision:
    decision = decide(around.facts(candidate, now), now)
    if isinstance(decision, Send) and candidate.mobile_index in around.busy:
        later = now + AFTER_ANOTHER
        return Postpone(later, Reason.ANOTHER_FIRST) if later < candidate.expires_at else Lapse(Reason.EXPIRED)
    return decision


def _hold(session: Session, held: dict[Decision, list[UUID]], now: datetime) -> None:
    put_off = []
    for decision, nudge_ids in held.items():
        match decision:
            case Postpone(until, reason):
                put_off += [{"id": nudge_id, "due_at": until, "held_reason": reason} for nudge_id in nudge_ids]
            case Skip(reason):
                settle(session, nudge_ids, NudgeStatus.SKIPPED, reason, now)
            case Lapse(reason):
                settle(session, nudge_ids, NudgeStatus.LAPSED, reason, now)
            case Send():
                raise RuntimeError("What may go is not held.")
    update_each(session, Nudge, put_off, status=NudgeStatus.PLANNED, settled_at=None, texted_on=None)


def _text(ring: KeyRing, candidate: Candidate, around: Batch, now: datetime) -> MessageRow:
    wording = around.wording(candidate)
    if wording is None:
        raise RuntimeError("A nudge was allowed to go without an approved wording.")
    values = {
        "first_name": Patient.given_name.open(ring, candidate.given_name_sealed, candidate.patient_id),
        "line": _line(ring, candidate),
        "service": around.wards[candidate.pain_service_id].service.short_name,
    }
    return {
        "id": uuid4(),
        "pain_service_id": candidate.pain_service_id,
        "patient_id": candidate.patient_id,
        "kind": MessageKind.NUDGE,
        "number": Patient.mobile.open(ring, candidate.mobile_sealed, candidate.patient_id),
        "number_index": candidate.mobile_index,
        "body": merge(wording.body, values),
        "nudge_id": candidate.id,
        "wording_id": wording.id,
        "priority": priority(MessageKind.NUDGE),
        "created_at": now,
        "due_at": now,
        "expires_at": candidate.expires_at,
    }


def _line(ring: KeyRing, candidate: Candidate) -> str:
    """The words of the plan line as a text says them, as `spoken` has it; no others are opened."""
    line = (candidate.care_plan_id, candidate.revision, candidate.line)
    own = Activity.nudge_words.open(ring, candidate.nudge_words_sealed, *line)
    if not own and candidate.behaviour is Behaviour.HEALTHY:
        helps = (candidate.care_plan_id, candidate.revision, candidate.helps_line)
        own = AlreadyHelps.words.open(ring, candidate.helps_sealed, *helps)
    return own or Activity.words.open(ring, candidate.words_sealed, *line)
