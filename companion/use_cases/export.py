"""What do we hold about this person? All of it, in one value, from which every form of it is made (UK GDPR article 15).

The tables are found by the schema, so that nothing is forgotten: what is not given out stands below, with the reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from companion.db import keyed_transaction, reading
from companion.domain.access import Actor, ActorKind, Permission, own_or, require
from companion.domain.care_plan import Content
from companion.domain.export import NOT_GIVEN_OUT, NOT_HELD_ABOUT_THEM, SOURCES, WHOLE, Part
from companion.models import (
    Agreement,
    AuditEntry,
    CarePlan,
    CarePlanRevision,
    ConsentEvent,
    Correction,
    HospitalReferral,
    Message,
    Nudge,
    PainService,
    Pathway,
    PathwayMove,
    Patient,
    Preference,
    Restriction,
    SecondOpinion,
    Suggestion,
    Task,
)
from companion.records import audit, belonging, export_alarm, record_part
from companion.records import care_plan as plans
from companion.records import patient as patients
from companion.sealed import said_by


@dataclass(frozen=True, slots=True)
class Plan:
    """A care plan with every revision it ever had, the newest first."""

    plan: CarePlan
    revisions: Sequence["Revision"]


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision, all that it says, and the person's agreement to it, if they gave it."""

    row: CarePlanRevision
    content: Content
    agreement: Agreement | None


@dataclass(frozen=True, slots=True)
class Export:
    """Everything held about one person at `made_at`, or one part of it. `rows` has every table of it, by its name; the
    properties are those of them that somebody reads. `staff` are the names of those who appear in it, by their ids.
    `moved`: when the patient, or a plan of theirs, last came to stand otherwise, by what was done."""

    made_at: datetime
    service: PainService
    staff: Mapping[UUID, str]
    rows: Mapping[str, Sequence[Any]]
    moved: Mapping[str, datetime]

    @property
    def patient(self) -> Patient:
        """Who they are."""
        found: Patient = self.rows["patient"][0]
        return found

    @property
    def preference(self) -> Preference | None:
        """When and how often they want texts."""
        return next(iter(self.rows["preference"]), None)

    @property
    def consents(self) -> Sequence[ConsentEvent]:
        """Every change of their agreement to texts."""
        return self.rows["consent_event"]

    @property
    def messages(self) -> Sequence[Message]:
        """Every text, both ways."""
        return self.rows["message"]

    @property
    def nudges(self) -> Sequence[Nudge]:
        """Every nudge, and why it came from which line."""
        return self.rows["nudge"]

    @property
    def tasks(self) -> Sequence[Task]:
        """What was asked of staff about them: when, by when, and when it was done; not the notes."""
        return self.rows["task"]

    @property
    def corrections(self) -> Sequence[Correction]:
        """What they asked to have put right, and the answers."""
        return self.rows["correction"]

    @property
    def restrictions(self) -> Sequence[Restriction]:
        """When their record rested."""
        return self.rows["restriction"]

    @property
    def moves(self) -> Sequence[PathwayMove]:
        """Their way from referral to closed, as it was written down: what was put right later stands there too."""
        return self.rows["pathway_move"]

    @property
    def hospital_referrals(self) -> Sequence[HospitalReferral]:
        """Where they were referred to, why, and what was tried first."""
        return self.rows["hospital_referral"]

    @property
    def pathways(self) -> Sequence[Pathway]:
        """Where they are on that way; of each time that they came."""
        return self.rows["pathway"]

    @property
    def suggestions(self) -> Sequence[Suggestion]:
        """What they suggested for their plan, and the answers."""
        return self.rows["suggestion"]

    @property
    def opinions(self) -> Sequence[SecondOpinion]:
        """What other clinicians were asked about their plans, and what those think."""
        return self.rows["second_opinion"]

    @property
    def looks(self) -> Sequence[AuditEntry]:
        """Who looked at their record, or changed it, and when."""
        return self.rows["audit_entry"]

    @property
    def plans(self) -> list[Plan]:
        """Their care plans, the newest first, each with all its revisions."""
        return [
            Plan(plan, [self._revision(row) for row in reversed(self.rows["care_plan_revision"]) if _of(row, plan.id)])
            for plan in reversed(self.rows["care_plan"])
        ]

    def plain(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of every table as names and values, but for what is not given out."""
        return {name: [_plain(name, row) for row in rows] for name, rows in self.rows.items()}

    def _revision(self, row: CarePlanRevision) -> Revision:
        key = (row.care_plan_id, row.number)

        def lines(table: str) -> list[Any]:
            mine = [line for line in self.rows.get(table, ()) if (line.care_plan_id, line.revision_number) == key]
            return sorted(mine, key=lambda line: getattr(line, "position", 0))

        content = plans.content_from(row, {part: lines(table) for part, table in plans.LINE_TABLES.items()})
        return Revision(row, content, next(iter(lines("agreement")), None))


def of_patient(actor: Actor, patient_id: UUID, now: datetime) -> Export:
    """Everything that is held about a patient: for themselves, or for staff to give to them.

    Raises:
        NotFoundError: no such patient in the actor's pain service, or, for a patient, anybody but themselves.
        ForbiddenError: the record is restricted, and staff gave no reason.
    """
    require(actor, Permission.USE_RIGHTS)
    with keyed_transaction() as session:
        patient = patients.owned(session, actor, patient_id)
        names = {table.name for table in belonging.tables()} - NOT_HELD_ABOUT_THEM.keys()
        service = session.get_one(PainService, patient.pain_service_id)
        rows = belonging.rows_of(session, names, patient_id)
        found = _export(session, actor, patient, service, rows, now)
        audit.record(session, actor, "record.export", patient_id, now, patient_id=patient_id)
        export_alarm.count(session, actor, patient_id, now)
        return found


def part_of(actor: Actor, patient_id: UUID, part: Part | None, now: datetime) -> Export:
    """One part of a patient's record, or, of None, all the parts that there are.

    Raises:
        NotFoundError: no such patient in the actor's scope.
        ForbiddenError: the record is restricted, and staff gave no reason.
    """
    require(actor, own_or(actor, (SOURCES[part] if part else WHOLE).permission))
    source = SOURCES[part] if part else WHOLE
    with reading() as session:
        patient, service = record_part.of_patient(session, actor, patient_id)
        rows = record_part.rows(session, actor, patient, source, None)
        found = _export(session, actor, patient, service, rows, now)
    audit.seen(actor, source.action, now, patient_id)
    if source is WHOLE:
        export_alarm.note(actor, patient_id, now)
    return found


def part_with(actor: Actor, part: Part, row_id: UUID, now: datetime) -> Export:
    """The part of a record that the row with this id stands in; of plans, that one alone.

    Raises:
        NotFoundError: no such row in the actor's scope.
        ForbiddenError: the record is restricted, and staff gave no reason.
    """
    require(actor, own_or(actor, SOURCES[part].permission))
    source = SOURCES[part]
    with reading() as session:
        patient, service = record_part.of_row(session, actor, part, row_id)
        rows = record_part.rows(session, actor, patient, source, row_id)
        found = _export(session, actor, patient, service, rows, now)
    audit.seen(actor, source.action, now, patient.id, entity_id=row_id)
    return found


def _export(
    session: Session,
    actor: Actor,
    patient: Patient,
    service: PainService,
    rows: Mapping[str, Sequence[Any]],
    now: datetime,
) -> Export:
    staff = record_part.names(session, actor, rows.values())
    return Export(now, service, staff, rows, record_part.moved(session, actor, patient.id))


def _plain(table: str, row: Any) -> dict[str, Any]:
    names = said_by(belonging.models()[table])
    said = {name: getattr(row, name) for name in names if (table, name) not in NOT_GIVEN_OUT}
    if table == "message":
        return said | {"body": row.shown}
    # From where staff worked is theirs; the person's own addresses are the person's.
    is_others = table == "audit_entry" and row.actor_kind is not ActorKind.PATIENT
    return said | {"origin": None} if is_others else said


def _of(row: CarePlanRevision, plan_id: UUID) -> bool:
    return row.care_plan_id == plan_id
