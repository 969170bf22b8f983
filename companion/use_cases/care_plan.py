"""How is a care plan written, revised, agreed with the patient, paused and ended?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from companion.db import reading, scoped, transaction
from companion.domain import care_plan as rules
from companion.domain.access import Actor, Permission, require
from companion.domain.care_plan import AgreedHow, CarePlanStatus, Content
from companion.domain.local_time import local
from companion.domain.plan_difference import Difference, differences
from companion.domain.plan_template import Start
from companion.domain.refusal import ConflictError, Fault, InvalidError, NotFoundError
from companion.models import Agreement, CarePlan, CarePlanRevision
from companion.records import agreement, audit, revision
from companion.records import care_plan as plans
from companion.records import patient as patients
from companion.records import plan_template as templates
from companion.records import second_opinion as opinions
from companion.records.plan_template import StartView

ONE_ACTIVE = "This patient already has an active plan. Complete or revoke it first."
# How far the clock of whoever writes an agreement down may be ahead of ours.
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as it stands: its row, one revision whole, and the patient's agreement to that revision if any.

    second_opinion_id: what the revision came of, if it came of one.
    start: with which template the plan began, if with any.
    """

    plan: CarePlan
    revision: CarePlanRevision
    agreement: Agreement | None
    second_opinion_id: UUID | None
    start: StartView | None


@dataclass(frozen=True, slots=True)
class RevisionView(PlanView):
    """A revision in the list of all: with what it changed in the one before it."""

    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one revision says otherwise than another; `base` need not be the older one."""

    base: int
    other: int
    differences: Sequence[Difference]


def draft(actor: Actor, patient_id: UUID, content: Content, now: datetime, start: Start | None = None) -> PlanView:
    """Write a patient's new plan, as a draft: nothing comes of it until the patient has agreed.

    start: the template it begins with, if with any. `content` is then what the person and the clinician say
    themselves; to it comes, of the template's lines, what was decided to be kept, and nothing else.

    Raises:
        NotFoundError: no such patient in the actor's pain service, no such template, or no such version of it.
        ConflictError: that version may not be started from.
        InvalidError: the content is not a sound plan, or a line of the template was not decided upon; every fault is
            named.
    """
    require(actor, Permission.EDIT_RECORD)
    with transaction() as session:
        patient = patients.owned(session, actor, patient_id)
        free = 1
        if start is not None:
            content, free = templates.begun(session, actor, start, content)
        content = revision.sound(session, actor, content, None, local(now, patient.time_zone).date())
        content, next_line = rules.with_lines(content, free)
        plan = CarePlan(
            id=uuid4(),
            pain_service_id=patient.pain_service_id,
            patient_id=patient.id,
            status=CarePlanStatus.DRAFT,
            current_revision=1,
            version=1,
            next_line=next_line,
            created_at=now,
        )
        session.add(plan)
        session.flush()
        plans.write_revision(session, plan, content, None, actor.id, now)
        if start is not None:
            templates.note(session, actor, plan, start, now)
        action = "care-plan.draft" if start is None else "care-plan.start"
        audit.record(session, actor, action, plan.id, now, patient_id=patient_id)
        session.flush()
        return _view(session, actor, plan, 1)


def revise(
    actor: Actor, plan_id: UUID, expected_version: int, content: Content, reason: str, now: datetime
) -> PlanView:
    """Make the next revision; the one before stays as it is. Nudges rest until the patient has agreed to it.

    Raises:
        NotFoundError: no such plan in the actor's pain service.
        StaleError: somebody changed the plan since the version that the asker saw (P10).
        ConflictError: the plan is completed or revoked.
        InvalidError: the content is not a sound plan.
    """
    require(actor, Permission.EDIT_RECORD)
    with transaction() as session:
        plan = revision.revise(session, actor, plan_id, expected_version, content, reason, now)
        audit.record(session, actor, "care-plan.revise", plan_id, now, patient_id=plan.patient_id)
        session.flush()
        return _view(session, actor, plan, plan.current_revision)


def restore(actor: Actor, plan_id: UUID, expected_version: int, number: int, reason: str, now: datetime) -> PlanView:
    """Make the next revision say exactly what revision `number` said: its days too, though they may have passed.

    Raises:
        NotFoundError: no such plan in the actor's pain service, or no such revision of it.
        StaleError: somebody changed the plan since the version that the asker saw.
        ConflictError: the plan is completed or revoked, or `number` is its current revision.
    """
    require(actor, Permission.EDIT_RECORD)
    with transaction() as session:
        plan = plans.claimed(session, actor, plan_id, expected_version)
        if number == plan.current_revision:
            raise ConflictError("This is already the current revision.")
        content = plans.content_of(plans.revision(session, plan, number))
        revision.write_next(session, actor, plan, content, reason, now)
        audit.record(session, actor, "care-plan.restore", plan_id, now, patient_id=plan.patient_id)
        session.flush()
        return _view(session, actor, plan, plan.current_revision)


def agree(
    actor: Actor, plan_id: UUID, expected_version: int, how: AgreedHow, agreed_at: datetime, now: datetime
) -> PlanView:
    """Record that the patient agreed to the current revision, at `agreed_at` (aware); a draft becomes active.

    Raises:
        NotFoundError: no such plan in the actor's pain service.
        StaleError: the plan is no longer what the patient agreed to.
        ConflictError: it is agreed already, or ended, or the patient has another active plan.
        InvalidError: `agreed_at` lies in the future, or before the revision before this one: it was a yes to that.
            A first revision may be older than its record: it was agreed on paper.
    """
    require(actor, Permission.EDIT_RECORD)
    if agreed_at > now + CLOCKS_DIFFER:
        raise InvalidError([Fault("agreed_at", "This time is in the future. Record it once they have agreed.")])
    try:
        with transaction() as session:
            plan = plans.claimed(session, actor, plan_id, expected_version)
            if agreed_at < _since(session, plan):
                raise InvalidError(
                    [Fault("agreed_at", "This revision did not exist at that time. An earlier one was current.")]
                )
            agreement.agree(session, plan, how, agreed_at, actor.id, now)
            audit.record(session, actor, "care-plan.agree", plan_id, now, patient_id=plan.patient_id)
            session.flush()
            return _view(session, actor, plan, plan.current_revision)
    except IntegrityError as error:
        raise ConflictError(ONE_ACTIVE) from error


def move(actor: Actor, plan_id: UUID, expected_version: int, status: CarePlanStatus, now: datetime) -> PlanView:
    """Put a plan on hold, take it up again, complete or revoke it.

    Raises:
        NotFoundError: no such plan in the actor's pain service.
        StaleError: somebody changed the plan since the version that the asker saw.
        ConflictError: the plan's status does not lead there, or the patient has another active plan by now.
    """
    require(actor, Permission.EDIT_RECORD)
    try:
        with transaction() as session:
            plan = plans.claimed(session, actor, plan_id, expected_version)
            if status not in rules.MOVES[plan.status]:
                raise ConflictError(f"A plan that is {plan.status} cannot become {status} in this way.")
            plan.status = status
            if status not in rules.EDITABLE:
                opinions.lapse(session, actor, plan, now)
            audit.record(session, actor, f"care-plan.{status}", plan_id, now, patient_id=plan.patient_id)
            session.flush()
            return _view(session, actor, plan, plan.current_revision)
    except IntegrityError as error:
        raise ConflictError(ONE_ACTIVE) from error


def read(actor: Actor, plan_id: UUID, now: datetime, number: int | None = None) -> PlanView:
    """A plan with its current revision, or with revision `number` (from 1).

    Raises:
        NotFoundError: no such plan in the actor's pain service, or no such revision of it.
    """
    require(actor, Permission.SEE_RECORD)
    with reading() as session:
        plan = plans.owned(session, actor, plan_id)
        view = _view(session, actor, plan, number or plan.current_revision)
    audit.seen(actor, "care-plan.read", now, plan.patient_id, entity_id=plan_id)
    return view


def of_patient(actor: Actor, patient_id: UUID, now: datetime) -> list[CarePlan]:
    """All plans of a patient, newest first.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
    """
    require(actor, Permission.SEE_RECORD)
    with reading() as session:
        patients.owned(session, actor, patient_id)
        wanted = scoped(CarePlan, actor).where(CarePlan.patient_id == patient_id)
        found = list(session.scalars(wanted.order_by(CarePlan.created_at.desc(), CarePlan.id)))
    audit.seen(actor, "care-plan.list", now, patient_id)
    return found


def revisions(actor: Actor, plan_id: UUID, now: datetime) -> list[RevisionView]:
    """Every revision of a plan, newest first.

    Raises:
        NotFoundError: no such plan in the actor's pain service.
    """
    require(actor, Permission.SEE_RECORD)
    with reading() as session:
        plan = plans.owned(session, actor, plan_id)
        views = _views(session, actor, plan, *range(1, plan.current_revision + 1))
    audit.seen(actor, "care-plan.read", now, plan.patient_id, entity_id=plan_id)
    contents = [plans.content_of(view.revision) for view in views]
    changed = [[], *(differences(before, after) for before, after in pairwise(contents))]
    found = [
        RevisionView(v.plan, v.revision, v.agreement, v.second_opinion_id, v.start, each)
        for v, each in zip(views, changed, strict=True)
    ]
    return found[::-1]


def compare(actor: Actor, plan_id: UUID, base: int, other: int, now: datetime) -> Comparison:
    """What revision `other` says otherwise than revision `base`, line by line.

    Raises:
        NotFoundError: no such plan in the actor's pain service, or no such revision of it.
    """
    require(actor, Permission.SEE_RECORD)
    with reading() as session:
        plan = plans.owned(session, actor, plan_id)
        before, after = (plans.content_of(plans.revision(session, plan, number)) for number in (base, other))
    audit.seen(actor, "care-plan.read", now, plan.patient_id, entity_id=plan_id)
    return Comparison(base, other, differences(before, after))


def _since(session: Session, plan: CarePlan) -> datetime:
    """From when on somebody can have said yes to the current revision."""
    if plan.current_revision == 1:
        return datetime.min.replace(tzinfo=UTC)
    return plans.revision(session, plan, plan.current_revision - 1).recorded_at


def _view(session: Session, actor: Actor, plan: CarePlan, number: int) -> PlanView:
    found = _views(session, actor, plan, number)
    if not found:
        raise NotFoundError(plans.NO_SUCH_REVISION)
    return found[0]


def _views(session: Session, actor: Actor, plan: CarePlan, *numbers: int) -> list[PlanView]:
    return [PlanView(plan, *told) for told in plans.told(session, actor, plan, numbers)]
