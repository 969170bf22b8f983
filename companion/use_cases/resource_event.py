"""What was offered to somebody nearby, did they take it up, and did it help?"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func
from sqlalchemy.orm import Session

from companion.db import reading, scoped, transaction
from companion.domain import resource as rules
from companion.domain.access import Actor, Permission, require
from companion.domain.refusal import ConflictError, Fault, InvalidError
from companion.domain.resource import ResourceEventKind, ResourceStatus
from companion.models import CarePlan, Message, Patient, Resource, ResourceEvent
from companion.records import audit
from companion.records import care_plan as plans
from companion.records import patient as patients
from companion.records import resource as resources


@dataclass(frozen=True, slots=True)
class PointsAt:
    """Where a resource belongs in a person's record: a line of a plan of theirs, or a text, or both or neither."""

    care_plan_id: UUID | None = None
    line: str | None = None
    message_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many people each thing came of, of one resource. None: some, and fewer than five."""

    resource: Resource
    people: dict[ResourceEventKind, int | None]


def write(
    actor: Actor, patient_id: UUID, resource_id: UUID, kind: ResourceEventKind, at: PointsAt, now: datetime
) -> ResourceEvent:
    """Write down that a resource was offered to a patient, or what came of that.

    Raises:
        NotFoundError: no such patient, or no such resource, in the actor's pain service.
        ConflictError: it is not listed and so not offered, or something else comes before.
        InvalidError: the line or the text is not of this patient.
    """
    require(actor, Permission.EDIT_RECORD)
    with transaction() as session:
        patient = patients.owned(session, actor, patient_id, lock=True)
        resource = resources.owned(session, actor, resource_id)
        if kind is ResourceEventKind.OFFERED and resource.status is not ResourceStatus.LISTED:
            raise ConflictError("Only listed resources can be offered.")
        mine = scoped(ResourceEvent, actor).where(
            ResourceEvent.patient_id == patient_id, ResourceEvent.resource_id == resource_id
        )
        before = frozenset(session.scalars(mine.with_only_columns(ResourceEvent.kind)))
        if (why_not := rules.out_of_turn(kind, before)) is not None:
            raise ConflictError(why_not)
        _require_theirs(session, actor, patient_id, at)
        row = ResourceEvent(
            id=uuid4(),
            pain_service_id=patient.pain_service_id,
            patient_id=patient_id,
            resource_id=resource_id,
            kind=kind,
            care_plan_id=at.care_plan_id,
            line=at.line,
            message_id=at.message_id,
            recorded_by=actor.id,
            recorded_at=now,
        )
        session.add(row)
        audit.record(session, actor, "resource-event.write", row.id, now, patient_id=patient_id)
        return row


def of_patient(actor: Actor, patient_id: UUID, now: datetime) -> Sequence[ResourceEvent]:
    """All that was offered to a patient and came of it, the newest first.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
    """
    require(actor, Permission.SEE_RECORD)
    with reading() as session:
        patients.owned(session, actor, patient_id)
        wanted = scoped(ResourceEvent, actor).where(ResourceEvent.patient_id == patient_id)
        found = session.scalars(wanted.order_by(ResourceEvent.recorded_at.desc(), ResourceEvent.id)).all()
    audit.seen(actor, "resource-event.read", now, patient_id)
    return found


def counts(actor: Actor) -> list[Count]:
    """How many people each resource was offered to, and so on, by name of the resource. Whose record is restricted is
    not counted, and numbers so small that somebody might be recognised are not told."""
    require(actor, Permission.SEE_FIGURES)
    resting = scoped(Patient, actor).where(Patient.restricted_at.is_not(None)).with_only_columns(Patient.id)
    people = func.count(func.distinct(ResourceEvent.patient_id))
    wanted = (
        scoped(ResourceEvent, actor)
        .where(ResourceEvent.patient_id.not_in(resting))
        .with_only_columns(ResourceEvent.resource_id, ResourceEvent.kind, people)
        .group_by(ResourceEvent.resource_id, ResourceEvent.kind)
    )
    found: dict[UUID, dict[ResourceEventKind, int]] = defaultdict(dict)
    with reading() as session:
        for resource_id, kind, count in session.execute(wanted):
            found[resource_id][kind] = count
        rows = session.scalars(scoped(Resource, actor).order_by(Resource.name, Resource.id)).all()
    return [
        Count(row, {kind: rules.shown(found[row.id].get(kind, 0)) for kind in ResourceEventKind})
        for row in rows
        if row.id in found
    ]


def _require_theirs(session: Session, actor: Actor, patient_id: UUID, at: PointsAt) -> None:
    if (at.care_plan_id is None) != (at.line is None):
        raise InvalidError([Fault("line", "Give both the plan and its line, or neither.")])
    if at.care_plan_id is not None:
        wanted = scoped(CarePlan, actor).where(CarePlan.id == at.care_plan_id, CarePlan.patient_id == patient_id)
        plan = session.scalar(wanted)
        content = plans.content_of(plans.revision(session, plan, plan.current_revision)) if plan else None
        if content is None or at.line not in {each.line for each in content.lines}:
            raise InvalidError([Fault("line", "This patient's plans do not have this line.")])
    if at.message_id is not None:
        theirs = scoped(Message, actor).where(Message.id == at.message_id, Message.patient_id == patient_id)
        if session.scalar(theirs.with_only_columns(Message.id)) is None:
            raise InvalidError([Fault("message_id", "This patient does not have that text.")])
