"""How does a patient's choice of hours, days and number of texts come to hold?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from companion.db import reading, scoped, transaction
from companion.domain.access import Actor, Permission, own_or, require
from companion.domain.preference import Ceilings, faults
from companion.domain.refusal import InvalidError, NotFoundError, StaleError
from companion.domain.working_hours import Hours
from companion.models import Preference
from companion.records import audit, pain_service
from companion.records import patient as patients


def read(actor: Actor, patient_id: UUID, now: datetime) -> Preference:
    """A patient's preferences: for staff, and for themselves.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
    """
    require(actor, own_or(actor, Permission.SEE_RECORD))
    with reading() as session:
        found = _owned(session, actor, patient_id)
    audit.seen(actor, "preference.read", now, patient_id)
    return found


def replace(
    actor: Actor,
    patient_id: UUID,
    expected_version: int,
    hours: Hours,
    ceilings: Ceilings,
    paused_until_at: datetime | None,
    now: datetime,
) -> Preference:
    """Staff or the patient set the patient's hours (their wall clock), ceilings, and until when nudges rest (aware;
    None: they do not).

    Nudges already planned are checked again before sending, so none goes out outside the new hours.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
        StaleError: the preferences changed since the version that the asker saw.
        InvalidError: hours or ceilings go beyond what the pain service allows.
    """
    require(actor, own_or(actor, Permission.EDIT_RECORD))
    with transaction() as session:
        row = _owned(session, actor, patient_id, lock=True)
        if row.version != expected_version:
            raise StaleError("These preferences have changed since you read them.", row.version)
        service = pain_service.own(session, actor)
        found = faults(hours, ceilings, pain_service.text_hours(service), pain_service.ceilings(service))
        if found:
            raise InvalidError(found)
        row.local_start, row.local_end = hours.local_start, hours.local_end
        row.days_of_week, row.on_bank_holidays = hours.days_of_week, hours.on_bank_holidays
        row.daily_ceiling, row.weekly_ceiling = ceilings.daily, ceilings.weekly
        row.paused_until_at = paused_until_at
        row.version += 1
        audit.record(session, actor, "preference.replace", patient_id, now, patient_id=patient_id)
        return row


def _owned(session: Session, actor: Actor, patient_id: UUID, *, lock: bool = False) -> Preference:
    patients.owned(session, actor, patient_id)
    wanted = scoped(Preference, actor).where(Preference.patient_id == patient_id)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise NotFoundError("There is no such patient.")
    return row
