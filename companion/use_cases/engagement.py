"""Do the nudges reach people, and do people answer?"""

from datetime import date, datetime

from sqlalchemy import exists, func, select

from companion.db import reading, scoped
from companion.domain.access import Actor, Permission, require
from companion.domain.behaviour import Behaviour
from companion.domain.calendar import whole_months
from companion.domain.engagement import Fate, Figures, figures
from companion.domain.nudge import NudgeStatus
from companion.domain.refusal import Fault, InvalidError
from companion.models import Answer, Message, Nudge, PastCount, Patient

LONGEST_DAYS = 366


def by_behaviour(actor: Actor, from_on: date, to_on: date, now: datetime) -> Figures:
    """What became of the nudges whose slot lies from `from_on` to `to_on`, both local days of the patient, both in.

    Who was erased since is counted by whole months, where all of the month lies in the period. Whose record is
    restricted is not counted while it is.

    Raises:
        InvalidError: the days are the wrong way round, or more than 366 apart.
    """
    require(actor, Permission.SEE_FIGURES)
    if not 0 <= (to_on - from_on).days <= LONGEST_DAYS:
        raise InvalidError([Fault("to_on", "Choose a last day at most 366 days after the first.")])
    resting = scoped(Patient, actor).where(Patient.restricted_at.is_not(None)).with_only_columns(Patient.id)
    in_period = (Nudge.slot_on.between(from_on, to_on), Nudge.patient_id.not_in(resting))
    months = whole_months(from_on, to_on)
    gone = scoped(PastCount, actor).where(PastCount.month_on.in_(months))
    gone_people = gone.where(PastCount.status == NudgeStatus.SENT).subquery()
    answered = exists().where(Answer.nudge_id == Nudge.id)
    wanted = (
        scoped(Nudge, actor)
        .outerjoin(Message, Message.nudge_id == Nudge.id)
        .where(*in_period)
        .with_only_columns(
            Nudge.behaviour, Nudge.status, Nudge.reason, Message.status, answered.label("answered"), func.count()
        )
        .group_by(Nudge.behaviour, Nudge.status, Nudge.reason, Message.status, "answered")
    )
    reached = scoped(Nudge, actor).where(*in_period, Nudge.texted_on.is_not(None))
    with reading() as session:
        fates = [
            Fate(Behaviour(behaviour), status, reason, message_status, bool(was_answered), count)
            for behaviour, status, reason, message_status, was_answered, count in session.execute(wanted)
        ]
        fates += [
            Fate(row.behaviour, row.status, row.reason, row.message_status, row.answered, row.count)
            for row in session.scalars(gone)
        ]
        people = session.scalar(select(func.count(func.distinct(reached.subquery().c.patient_id)))) or 0
        people += session.scalar(select(func.count(func.distinct(gone_people.c.person)))) or 0
    return figures(fates, from_on, to_on, people, now)
