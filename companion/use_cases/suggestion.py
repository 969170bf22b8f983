"""How does a patient suggest a change to their plan, and how is each suggestion answered, once?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from companion.db import reading, scoped, transaction
from companion.domain.access import Actor, Permission, own_or, require
from companion.domain.care_plan import EDITABLE, Content
from companion.domain.refusal import ConflictError, Fault, InvalidError, NotFoundError
from companion.domain.suggestion import SuggestionStatus
from companion.domain.task import TaskKind
from companion.models import CarePlan, PainService, Suggestion
from companion.records import audit, revision, task
from companion.records import care_plan as plans
from companion.records import patient as patients

WHY = "They suggest a change to their care plan. Add it to the plan, or say why not."
ANSWERED = "See the suggestion for the answer."
# More at once is no conversation any more, and hides what others wrote.
MOST_OPEN = 50


@dataclass(frozen=True, slots=True)
class Accepted:
    """A suggestion that went into a revision, and the version of the plan since."""

    suggestion: Suggestion
    plan_version: int


def make(actor: Actor, plan_id: UUID, number: int, line: str | None, words: str, now: datetime) -> Suggestion:
    """A patient suggests a change to one line of revision `number`, which they read, or (`line` is None) a new one.

    It comes into the inbox like everything that people write.

    Raises:
        NotFoundError: they have no such plan.
        ConflictError: the plan is completed or revoked, or too many of their suggestions wait for an answer.
        InvalidError: the plan has no such revision, or that one no such line.
    """
    require(actor, Permission.OWN_RECORD)
    with transaction() as session:
        patient = patients.owned(session, actor, patients.myself(actor), lock=True)
        plan = session.scalar(scoped(CarePlan, actor).where(CarePlan.id == plan_id))
        if plan is None:
            raise NotFoundError("There is no such care plan.")
        if plan.status not in EDITABLE:
            raise ConflictError(f"This plan is {plan.status} and can no longer be changed.")
        _require_line(session, plan, number, line)
        mine = scoped(Suggestion, actor).where(Suggestion.status == SuggestionStatus.REQUESTED)
        if (session.scalar(select(func.count()).select_from(mine.subquery())) or 0) >= MOST_OPEN:
            raise ConflictError(
                f"{MOST_OPEN} of your suggestions are waiting for an answer. Send another one after that."
            )
        service = session.get_one(PainService, patient.pain_service_id)
        waits = task.ask(session, service, TaskKind.SUGGESTION, WHY, now, patient_id=patient.id)
        session.flush()
        row = Suggestion(
            id=uuid4(),
            pain_service_id=patient.pain_service_id,
            patient_id=patient.id,
            care_plan_id=plan.id,
            revision_number=number,
            line=line,
            task_id=waits.id,
            words=words,
            asked_at=now,
            status=SuggestionStatus.REQUESTED,
        )
        session.add(row)
        audit.record(session, actor, "suggestion.make", row.id, now, patient_id=patient.id)
        return row


def accept(
    actor: Actor,
    suggestion_id: UUID,
    expected_version: int,
    content: Content,
    reason: str,
    answer: str | None,
    now: datetime,
) -> Accepted:
    """Staff take a suggestion into the next revision of the plan, which says `content`: both happen, or neither.

    Raises:
        NotFoundError: no such suggestion in the actor's pain service.
        ConflictError: it is answered already, or the plan is completed or revoked.
        StaleError: somebody changed the plan since the version that the asker saw.
        InvalidError: the content is not a sound plan.
    """
    require(actor, Permission.EDIT_RECORD)
    with transaction() as session:
        row = _open(session, actor, suggestion_id)
        plan = revision.revise(session, actor, row.care_plan_id, expected_version, content, reason, now)
        row.accepted_revision = plan.current_revision
        _answer(session, actor, row, SuggestionStatus.ACCEPTED, answer, now)
        return Accepted(row, plan.version)


def decline(actor: Actor, suggestion_id: UUID, answer: str, now: datetime) -> Suggestion:
    """Staff answer why a suggestion is not taken up; the patient reads it.

    Raises:
        NotFoundError: no such suggestion in the actor's pain service.
        ConflictError: it is answered already.
    """
    require(actor, Permission.EDIT_RECORD)
    with transaction() as session:
        row = _open(session, actor, suggestion_id)
        _answer(session, actor, row, SuggestionStatus.DECLINED, answer, now)
        return row


def of_patient(actor: Actor, patient_id: UUID, now: datetime) -> Sequence[Suggestion]:
    """Every suggestion and its answer, the newest first: the same for staff and for the patient.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
    """
    require(actor, own_or(actor, Permission.SEE_RECORD))
    with reading() as session:
        patients.owned(session, actor, patient_id)
        wanted = scoped(Suggestion, actor).where(Suggestion.patient_id == patient_id)
        found = session.scalars(wanted.order_by(Suggestion.asked_at.desc(), Suggestion.id)).all()
    audit.seen(actor, "suggestion.read", now, patient_id)
    return found


def _require_line(session: Session, plan: CarePlan, number: int, line: str | None) -> None:
    try:
        read = plans.content_of(plans.revision(session, plan, number))
    except NotFoundError as error:
        raise InvalidError([Fault("revision_number", "The plan does not have that revision.")]) from error
    if line is not None and line not in {each.line for each in read.lines}:
        raise InvalidError([Fault("line", "The revision you read does not have that line.")])


def _open(session: Session, actor: Actor, suggestion_id: UUID) -> Suggestion:
    """Held, so that of two who answer at once one is told that the other did."""
    row = session.scalar(scoped(Suggestion, actor).where(Suggestion.id == suggestion_id).with_for_update())
    if row is None:
        raise NotFoundError("There is no such suggestion.")
    patients.owned(session, actor, row.patient_id)
    if row.status is not SuggestionStatus.REQUESTED:
        raise ConflictError("This suggestion has already been answered.")
    return row


def _answer(
    session: Session, actor: Actor, row: Suggestion, status: SuggestionStatus, words: str | None, now: datetime
) -> None:
    row.status, row.answer, row.answered_at, row.answered_by = status, words, now, actor.id
    task.finish(session, actor, row.task_id, ANSWERED, now)
    audit.record(session, actor, f"suggestion.{status}", row.id, now, patient_id=row.patient_id)
