"""Do the nudges reach people, and do people answer?"""

from datetime import date, datetime

from sqlalchemy import exists, func, select

from companion.db import reading, scoped
from companion.domain.access import Actor, Permission, require
from companion.domain.behaviour import Behaviour
from companion.domain.engagement import Fate, Figures, figures
from companion.domain.refusal import Fault, InvalidError
from companion.models import Answer, Message, Nudge

LONGEST_DAYS = 366


def by_behaviour(actor: Actor, from_on: date, to_on: date, now: datetime) -> Figures:
    """What became of the nudges whose slot lies from `from_on` to `to_on`, both local days of the patient, both in.

    Raises:
        InvalidError: the days are the wrong way round, or more than 366 apart.
    """
    require(actor, Permission.SEE_FIGURES)
    if not 0 <= (to_on - from_on).days <= LONGEST_DAYS:
        raise InvalidError([Fault("to_on", "Choose a last day at most 366 days after the first.")])
    answered = exists().where(Answer.nudge_id == Nudge.id)
    wanted = (
        scoped(Nudge, actor)
        .outerjoin(Message, Message.nudge_id == Nudge.id)
        .where(Nudge.slot_on.between(from_on, to_on))
        .with_only_columns(
            Nudge.behaviour, Nudge.status, Nudge.reason, Message.status, answered.label("answered"), func.count()
        )
        .group_by(Nudge.behaviour, Nudge.status, Nudge.reason, Message.status, "answered")
    )
    reached = scoped(Nudge, actor).where(Nudge.slot_on.between(from_on, to_on), Nudge.texted_on.is_not(None))
    with reading() as session:
        fates = [
            Fate(Behaviour(behaviour), status, reason, message_status, bool(was_answered), count)
            for behaviour, status, reason, message_status, was_answered, count in session.execute(wanted)
        ]
        people = session.scalar(select(func.count(func.distinct(reached.subquery().c.patient_id))))
    return figures(fates, from_on, to_on, people or 0, now)
