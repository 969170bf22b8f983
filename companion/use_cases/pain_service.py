"""How does a pain service begin, and which ones are there?"""

from dataclasses import dataclass
from datetime import datetime, time
from uuid import uuid4

from sqlalchemy import select

from companion.db import reading, transaction
from companion.domain.access import system
from companion.domain.preference import DEFAULT_HOURS, Ceilings
from companion.domain.refusal import ConflictError, NotFoundError
from companion.domain.starting_point import DRAFT_TEMPLATES
from companion.domain.wording import DRAFTS
from companion.domain.working_hours import Hours
from companion.models import PainService, Wording
from companion.records import audit, plan_template

MOST_CEILINGS = Ceilings(daily=3, weekly=10)
DESK_HOURS = Hours(time(9), time(17), DEFAULT_HOURS.days_of_week)


@dataclass(frozen=True, slots=True)
class Opening:
    """What must be known to open a pain service. `text_hours` and `ceilings` bound what any patient may choose."""

    name: str
    short_name: str
    phone: str
    time_zone: str = "Europe/London"
    bank_holiday_region: str = "ENG"
    sender: str | None = None
    text_hours: Hours = DEFAULT_HOURS
    desk_hours: Hours = DESK_HOURS
    ceilings: Ceilings = MOST_CEILINGS


def create(opening: Opening, now: datetime) -> PainService:
    """Open a pain service, with the shipped wordings and plan templates as unapproved drafts. An operator's command.

    Raises:
        ConflictError: one of that name exists, or one has that sender.
    """
    with transaction() as session:
        if session.scalar(select(PainService.id).where(PainService.name == opening.name)):
            raise ConflictError("There is already a pain service with that name.")
        if opening.sender and session.scalar(select(PainService.id).where(PainService.sender == opening.sender)):
            raise ConflictError("Another pain service already uses that sender number. Choose a different one.")
        made = PainService(
            id=uuid4(),
            name=opening.name,
            short_name=opening.short_name,
            phone=opening.phone,
            time_zone=opening.time_zone,
            bank_holiday_region=opening.bank_holiday_region,
            sender=opening.sender,
            text_start=opening.text_hours.local_start,
            text_end=opening.text_hours.local_end,
            text_days=opening.text_hours.days_of_week,
            text_on_bank_holidays=opening.text_hours.on_bank_holidays,
            desk_start=opening.desk_hours.local_start,
            desk_end=opening.desk_hours.local_end,
            desk_days=opening.desk_hours.days_of_week,
            daily_ceiling=opening.ceilings.daily,
            weekly_ceiling=opening.ceilings.weekly,
            created_at=now,
        )
        session.add(made)
        session.flush()
        for purpose, body in DRAFTS.items():
            session.add(Wording(pain_service_id=made.id, purpose=purpose, version=1, body=body, created_at=now))
        for template in DRAFT_TEMPLATES:
            plan_template.begin(session, made.id, template, None, now)
        audit.record(session, system(made.id), "pain-service.create", made.id, now)
        return made


def every() -> list[PainService]:
    """All pain services of this deployment, oldest first. For the product itself, not for a person."""
    with reading() as session:
        return list(session.scalars(select(PainService).order_by(PainService.created_at, PainService.name)))


def oldest() -> PainService:
    """The pain service that was opened first: where a text from a number nobody knows is read.

    Raises:
        NotFoundError: there is none yet.
    """
    services = every()
    if not services:
        raise NotFoundError("There is no pain service here yet.")
    return services[0]


def named(name: str | None) -> PainService:
    """The pain service of that name; without a name, the only one there is.

    Raises:
        NotFoundError: there is none of that name, none at all, or several and no name to choose by.
    """
    found = [service for service in every() if name is None or service.name == name]
    if len(found) != 1:
        known = ", ".join(f'"{service.name}"' for service in every()) or "none yet"
        raise NotFoundError(f"Say which pain service. There are: {known}.")
    return found[0]
