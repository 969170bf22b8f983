"""How does somebody ask what another clinician thinks of a plan, who gives it, and what comes of it?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from companion.db import reading, scoped, transaction
from companion.domain import second_opinion as rules
from companion.domain.access import Actor, ActorKind, Permission, own_or, require
from companion.domain.care_plan import EDITABLE, Content
from companion.domain.refusal import ConflictError, ForbiddenError, NotFoundError
from companion.domain.second_opinion import OpinionOutcome, OpinionStatus
from companion.domain.task import TaskKind
from companion.models import CarePlan, CarePlanRevision, PainService, SecondOpinion
from companion.records import access_grant as grants
from companion.records import audit, revision, task
from companion.records import patient as patients
from companion.records import second_opinion as opinions
from companion.records.second_opinion import OpinionView

WAITS = "A second opinion on the care plan has been requested. Give it if you did not write the plan, or ask a partner."
CAME = "There is a new second opinion on the care plan. Read it, and revise the plan if it should change."
NOT_THEIRS = "Your pain service asked for this opinion. Tell them if you do not want one."


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A second opinion that became a revision, and the version of the plan since."""

    view: OpinionView
    plan_version: int


def ask(actor: Actor, plan_id: UUID, question: str, now: datetime) -> OpinionView:
    """A patient, or a clinician of theirs, asks for a second opinion on a plan. It comes into the inbox.

    Raises:
        NotFoundError: no such plan of theirs, or in the actor's pain service.
        ConflictError: one on this plan is open, which is named; or the plan is completed or revoked.
    """
    require(actor, own_or(actor, Permission.EDIT_RECORD))
    with transaction() as session:
        plan = session.scalar(scoped(CarePlan, actor).where(CarePlan.id == plan_id))
        if plan is None:
            raise NotFoundError("There is no such care plan.")
        patient = patients.owned(session, actor, plan.patient_id, lock=True)
        session.refresh(plan)
        if plan.status not in EDITABLE:
            raise ConflictError(f"This plan is {plan.status} and can no longer be changed.")
        mine = scoped(SecondOpinion, actor).where(SecondOpinion.care_plan_id == plan_id)
        is_open = session.scalar(mine.where(SecondOpinion.status == OpinionStatus.REQUESTED))
        if is_open is not None:
            raise ConflictError(f"A second opinion on this plan has already been requested: {is_open.id}.")
        service = session.get_one(PainService, patient.pain_service_id)
        waits = task.ask(session, service, TaskKind.SECOND_OPINION, WAITS, now, patient_id=patient.id)
        session.flush()
        row = SecondOpinion(
            id=uuid4(),
            pain_service_id=patient.pain_service_id,
            patient_id=patient.id,
            care_plan_id=plan.id,
            revision_number=plan.current_revision,
            task_id=waits.id,
            asked_by=actor.id if actor.kind is ActorKind.STAFF else None,
            question=question,
            asked_at=now,
            status=OpinionStatus.REQUESTED,
        )
        session.add(row)
        audit.record(session, actor, "second-opinion.ask", row.id, now, patient_id=patient.id)
        session.flush()
        return opinions.view(session, row)


def ask_partner(actor: Actor, opinion_id: UUID, email: str, reason: str, days: int, now: datetime) -> OpinionView:
    """Let a clinician of another pain service read the record for 1 to 14 days, to give this very opinion. The access
    ends by itself, with the opinion, or with the question.

    Raises:
        NotFoundError: no such second opinion in the actor's pain service.
        ConflictError: it is closed, or a partner has an access for it that is not over, which is named.
        InvalidError: the reason says too little, the days are too many, or no such clinician works elsewhere.
    """
    require(actor, Permission.INVITE_PARTNER)
    asker = replace(actor, reason=reason)
    with transaction() as session:
        row = opinions.held(session, actor, opinion_id)
        opinions.require_open(row)
        running = grants.held(session, actor, row.access_grant_id)
        if running is not None and grants.is_live(running, now):
            raise ConflictError(f"A partner has already been asked. End that access first: {running.id}.")
        made = grants.invite(session, asker, row.patient_id, email, days, rules.MOST_DAYS, now)
        row.access_grant_id = made.id
        audit.record(session, asker, "second-opinion.ask-partner", row.id, now, patient_id=row.patient_id)
        session.flush()
        return opinions.view(session, row)


def give(actor: Actor, opinion_id: UUID, outcome: OpinionOutcome, words: str, now: datetime) -> OpinionView:
    """A clinician who did not write the plan's current revision says what they think of it: one of the patient's pain
    service, or a partner who was let in for this opinion. It is about that revision, and comes into the inbox.

    Raises:
        NotFoundError: no such second opinion in the actor's pain service, and no live access of theirs that is for it.
        ConflictError: it is closed.
        ForbiddenError: they wrote the current revision, or the patient's record is restricted.
    """
    require(actor, Permission.EDIT_RECORD)
    with transaction() as session:
        row, giver = opinions.held_by_giver(session, actor, opinion_id, now)
        plan = opinions.held_plan(session, giver, row)
        if rules.is_own(_author(session, giver, plan), actor.id):
            raise ForbiddenError(rules.OWN_PLAN)
        service = session.get_one(PainService, row.pain_service_id)
        came = task.ask(session, service, TaskKind.OPINION_GIVEN, CAME, now, patient_id=row.patient_id)
        session.flush()
        opinions.close(session, giver, row, OpinionStatus.GIVEN, words, now)
        row.outcome, row.revision_number, row.task_id = outcome, plan.current_revision, came.id
        audit.record(session, giver, "second-opinion.give", row.id, now, patient_id=row.patient_id)
        session.flush()
        return opinions.view(session, row)


def withdraw(actor: Actor, opinion_id: UUID, reason: str, now: datetime) -> OpinionView:
    """Withdraw the request, with a reason: the person who asked, or any clinician of the plan's pain service.

    Raises:
        NotFoundError: no such second opinion of theirs, or in the actor's pain service.
        ConflictError: it is closed.
        ForbiddenError: a patient did not ask for it themselves.
    """
    require(actor, own_or(actor, Permission.EDIT_RECORD))
    with transaction() as session:
        row = opinions.held(session, actor, opinion_id)
        if actor.kind is ActorKind.PATIENT and row.asked_by is not None:
            raise ForbiddenError(NOT_THEIRS)
        opinions.require_open(row)
        opinions.close(session, actor, row, OpinionStatus.WITHDRAWN, reason, now)
        audit.record(session, actor, "second-opinion.withdraw", row.id, now, patient_id=row.patient_id)
        session.flush()
        return opinions.view(session, row)


def take_up(
    actor: Actor, opinion_id: UUID, expected_version: int, content: Content, reason: str, now: datetime
) -> TakenUp:
    """A clinician of the plan's pain service revises the plan by a second opinion: both say so, or nothing happens.

    Raises:
        NotFoundError: no such second opinion in the actor's pain service.
        ConflictError: it was not given, finds the plan right, or was taken up before; or the plan is ended.
        StaleError: somebody changed the plan since the version that the asker saw.
        InvalidError: the content is not a sound plan.
    """
    require(actor, Permission.EDIT_RECORD)
    with transaction() as session:
        row = opinions.held(session, actor, opinion_id)
        if row.status is not OpinionStatus.GIVEN:
            raise ConflictError("This opinion has not been given yet.")
        if row.outcome is OpinionOutcome.AGREE:
            raise ConflictError(rules.NO_CHANGE)
        if row.became_revision is not None:
            raise ConflictError(
                f"The plan has already been revised after this opinion: revision {row.became_revision}."
            )
        plan = revision.revise(session, actor, row.care_plan_id, expected_version, content, reason, now)
        row.became_revision = plan.current_revision
        task.finish(session, actor, row.task_id, opinions.DONE, now)
        audit.record(session, actor, "second-opinion.take-up", row.id, now, patient_id=row.patient_id)
        session.flush()
        return TakenUp(opinions.view(session, row), plan.version)


def of_patient(actor: Actor, patient_id: UUID, now: datetime) -> Sequence[OpinionView]:
    """Every second opinion on a patient's plans, the newest first: the same for staff, the patient and a partner.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
    """
    require(actor, own_or(actor, Permission.SEE_RECORD))
    with reading() as session:
        patients.owned(session, actor, patient_id)
        wanted = scoped(SecondOpinion, actor).where(SecondOpinion.patient_id == patient_id)
        rows = session.scalars(wanted.order_by(SecondOpinion.asked_at.desc(), SecondOpinion.id)).all()
        found = [opinions.view(session, row) for row in rows]
    audit.seen(actor, "second-opinion.read", now, patient_id)
    return found


def _author(session: Session, actor: Actor, plan: CarePlan) -> UUID | None:
    mine = scoped(CarePlanRevision, actor).where(CarePlanRevision.care_plan_id == plan.id)
    current = mine.where(CarePlanRevision.number == plan.current_revision)
    return session.scalar(current.with_only_columns(CarePlanRevision.author_id))
