"""What does a pain service allow, and when are its people there?"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from companion.domain import bank_holiday
from companion.domain.access import Actor
from companion.domain.local_time import local
from companion.domain.preference import Ceilings
from companion.domain.refusal import NotFoundError
from companion.domain.task import Desk
from companion.domain.working_hours import Hours
from companion.models import PainService


def own(session: Session, actor: Actor) -> PainService:
    """The actor's own pain service."""
    service = session.get(PainService, actor.pain_service_id)
    if service is None:
        raise NotFoundError("This pain service does not exist.")
    return service


def oldest(session: Session) -> PainService | None:
    """The first pain service, if there is one: it gets what belongs to no service in particular."""
    return session.scalar(select(PainService).order_by(PainService.created_at, PainService.name).limit(1))


def text_hours(service: PainService) -> Hours:
    """The widest hours in which this pain service nudges anybody."""
    return Hours(service.text_start, service.text_end, service.text_days, service.text_on_bank_holidays)


def ceilings(service: PainService) -> Ceilings:
    """The most nudges that anybody of this pain service can ask for."""
    return Ceilings(service.daily_ceiling, service.weekly_ceiling)


def desk(service: PainService, now: datetime) -> Desk:
    """When its people are there to read what patients write, around `now`."""
    today = local(now, service.time_zone).date()
    return Desk(
        Hours(service.desk_start, service.desk_end, service.desk_days),
        service.time_zone,
        bank_holiday.around(service.bank_holiday_region, today),
    )
