"""What is there nearby that could help, and is it still there?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, case, func, literal, or_, select

from companion.db import reading, scoped, transaction
from companion.domain import resource as rules
from companion.domain.access import Actor, Permission, require
from companion.domain.refusal import InvalidError, StaleError
from companion.domain.resource import CheckFound, Cost, Facts, Need, ResourceKind, ResourceStatus
from companion.models import Resource, ResourceCheck
from companion.records import audit
from companion.records import resource as resources


@dataclass(frozen=True, slots=True)
class ResourceView:
    """An entry as people read it. `is_stale`: nobody has looked for so long that it may be wrong."""

    resource: Resource
    needs: Sequence[str]
    reach: Sequence[str]
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None asks for nothing. near: an outward code or a postcode area, in capitals."""

    words: str | None = None
    near: str | None = None
    need: Need | None = None
    cost: Cost | None = None
    kind: ResourceKind | None = None
    status: ResourceStatus = ResourceStatus.LISTED


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and how long the whole list is."""

    items: Sequence[ResourceView]
    total: int


def search(actor: Actor, wanted: Wanted, offset: int, limit: int, now: datetime) -> Page:
    """The entries that have all that is asked for: the nearest first, then those that were checked last.

    Nearest is the same outward code, then the same postcode area, then what says that it takes people from that area,
    then what takes them from anywhere; the rest is too far away to be found.
    """
    require(actor, Permission.SEE_DIRECTORY)
    query = scoped(Resource, actor).where(Resource.status == wanted.status)
    for word in rules.fold(wanted.words or "").split():
        query = query.where(Resource.folded.contains(word, autoescape=True))
    for column in ("kind", "cost"):
        if (value := getattr(wanted, column)) is not None:
            query = query.where(getattr(Resource, column) == value)
    if wanted.need is not None:
        query = query.where(Resource.needs.contains(resources.has(wanted.need)))
    distance: ColumnElement[Any] = literal(0)
    if wanted.near is not None:
        area = rules.area(wanted.near)
        steps = (
            Resource.outward == wanted.near,
            Resource.area == area,
            Resource.reach.contains(resources.has(area or "")),
            Resource.reach == "",
        )
        query = query.where(or_(*steps))
        distance = case(*((step, place) for place, step in enumerate(steps)))
    order = (distance, Resource.checked_at.desc().nulls_last(), Resource.name, Resource.id)
    with reading() as session:
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        rows = session.scalars(query.order_by(*order).offset(offset).limit(limit)).all()
    return Page([_view(row, now) for row in rows], total)


def read(actor: Actor, resource_id: UUID, now: datetime) -> ResourceView:
    """One entry, whatever its status.

    Raises:
        NotFoundError: no such entry in the actor's pain service.
    """
    require(actor, Permission.SEE_DIRECTORY)
    with reading() as session:
        return _view(resources.owned(session, actor, resource_id), now)


def add(actor: Actor, facts: Facts, now: datetime) -> ResourceView:
    """Put an entry into the directory.

    Raises:
        InvalidError: it is not a sound entry; every fault is named.
    """
    require(actor, Permission.EDIT_DIRECTORY)
    _require_sound(facts)
    with transaction() as session:
        row = Resource(id=uuid4(), pain_service_id=actor.pain_service_id, version=1, created_at=now)
        resources.write(row, facts)
        session.add(row)
        audit.record(session, actor, "resource.add", row.id, now)
        return _view(row, now)


def change(actor: Actor, resource_id: UUID, expected_version: int, facts: Facts, now: datetime) -> ResourceView:
    """Have an entry say something else, or stand otherwise: list it, or withdraw it.

    Raises:
        NotFoundError: no such entry in the actor's pain service.
        StaleError: somebody changed it since the version that the asker saw.
        InvalidError: it is not a sound entry; every fault is named.
    """
    require(actor, Permission.EDIT_DIRECTORY)
    _require_sound(facts)
    with transaction() as session:
        row = resources.owned(session, actor, resource_id, lock=True)
        if row.version != expected_version:
            raise StaleError("This entry has changed since you read it.", row.version)
        resources.write(row, facts)
        row.version += 1
        audit.record(session, actor, "resource.change", resource_id, now)
        return _view(row, now)


def check(actor: Actor, resource_id: UUID, found: CheckFound, now: datetime) -> ResourceCheck:
    """Somebody looked whether an entry is still true. What is gone is withdrawn with it; what is wrong is offered to
    nobody until it is put right and listed again.

    Raises:
        NotFoundError: no such entry in the actor's pain service.
    """
    require(actor, Permission.EDIT_DIRECTORY)
    with transaction() as session:
        row = resources.owned(session, actor, resource_id, lock=True)
        who = {"pain_service_id": row.pain_service_id, "resource_id": row.id, "checked_by": actor.id}
        looked = ResourceCheck(id=uuid4(), **who, found=found, checked_at=now)
        session.add(looked)
        row.checked_at = now
        if found is CheckFound.GONE:
            row.status, row.version = ResourceStatus.WITHDRAWN, row.version + 1
        elif found is CheckFound.WRONG and row.status is ResourceStatus.LISTED:
            row.status, row.version = ResourceStatus.DRAFT, row.version + 1
        audit.record(session, actor, "resource.check", resource_id, now)
        return looked


def checks(actor: Actor, resource_id: UUID) -> Sequence[ResourceCheck]:
    """Who looked, when, and what they found; the newest first.

    Raises:
        NotFoundError: no such entry in the actor's pain service.
    """
    require(actor, Permission.SEE_DIRECTORY)
    with reading() as session:
        resources.owned(session, actor, resource_id)
        wanted = scoped(ResourceCheck, actor).where(ResourceCheck.resource_id == resource_id)
        return session.scalars(wanted.order_by(ResourceCheck.checked_at.desc(), ResourceCheck.id)).all()


def _require_sound(facts: Facts) -> None:
    if found := rules.faults(facts):
        raise InvalidError(found)


def _view(row: Resource, now: datetime) -> ResourceView:
    return ResourceView(row, row.needs.split(), row.reach.split(), rules.is_stale(row.checked_at, now))
