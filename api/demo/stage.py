"""Who of the cast is in the database, under which id, and what has each of them been promised since when?"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from api.demo import cast
from api.demo.cast import Troupe
from companion.domain import bank_holiday
from companion.domain.access import Actor, Role
from companion.domain.preference import Ceilings
from companion.domain.working_hours import Hours

ZONE = "Europe/London"
REGION = "ENG"


@dataclass(frozen=True, slots=True)
class Promise:
    """What holds for a patient from an instant on. Kept apart from the product's rows, so that a recount has
    something to hold them against."""

    from_at: datetime
    hours: Hours
    ceilings: Ceilings
    zone_name: str
    paused_until_at: datetime | None = None


@dataclass(slots=True)
class Enrolled:
    """A patient of the cast, as enrolled."""

    patient: cast.Patient
    id: UUID
    plan_id: UUID
    promises: list[Promise]


@dataclass(slots=True)
class Opened:
    """A pain service of the cast, as opened."""

    troupe: Troupe
    service_id: UUID
    staff: dict[str, Actor]
    patients: dict[str, Enrolled] = field(default_factory=dict)

    @property
    def clinician(self) -> Actor:
        """Who agrees the plans and answers the inbox."""
        return self.staff[self.troupe.staff[0].first_name]

    @property
    def manager(self) -> Actor:
        """Who looks at the figures."""
        return next(actor for actor in self.staff.values() if Role.SERVICE_MANAGER in actor.roles)

    @property
    def promises(self) -> dict[UUID, list[Promise]]:
        """What was promised to each patient, oldest first."""
        return {enrolled.id: enrolled.promises for enrolled in self.patients.values()}


@dataclass(slots=True)
class Stage:
    """All of it. `main` is the pain service that the story is about."""

    opened: list[Opened]

    @property
    def main(self) -> Opened:
        """Ben's pain service."""
        return self.opened[0]


def working_days(first: date, last: date) -> list[date]:
    """The days from `first` to `last`, both in, on which the pain service's people are at work."""
    closed = bank_holiday.around(REGION, first)
    every = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return [day for day in every if day.weekday() < 5 and day not in closed]
