"""How is a move along the pathway written, and what does the end of it do?"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import Select
from sqlalchemy.orm import Session

from companion.db import scoped
from companion.domain import pathway as rules
from companion.domain.access import Actor, ActorKind, system
from companion.domain.care_plan import CarePlanStatus
from companion.domain.pathway import MoveReason, Step
from companion.domain.patient import PatientStatus
from companion.domain.refusal import NotFoundError
from companion.models import CarePlan, Pathway, PathwayMove, Patient
from companion.records import patient as patients


def owned(session: Session, actor: Actor, pathway_id: UUID) -> tuple[Pathway, Patient]:
    """The pathway and its patient, both locked, the patient first as everywhere.

    Raises:
        NotFoundError: no such pathway in the actor's pain service.
        ForbiddenError: the patient's record is restricted, and staff gave no reason.
    """
    wanted = scoped(Pathway, actor).where(Pathway.id == pathway_id)
    found = session.scalar(wanted)
    if found is None:
        raise NotFoundError("There is no such pathway.")
    patient = patients.owned(session, actor, found.patient_id, lock=True)
    pathway = session.scalar(_locked(wanted))
    if pathway is None:
        raise NotFoundError("There is no such pathway.")
    return pathway, patient


def _locked(wanted: Select[Pathway]) -> Select[Pathway]:
    return wanted.with_for_update().execution_options(populate_existing=True)


def begin(
    session: Session, actor: Actor, patient: Patient, reason: MoveReason, words: str | None, effective_at: datetime,
    now: datetime,
) -> Pathway:  # fmt: skip
    """A new pathway with its first move, the referral."""
    pathway = Pathway(
        id=uuid4(),
        pain_service_id=patient.pain_service_id,
        patient_id=patient.id,
        step=Step.REFERRAL,
        since_at=effective_at,
        version=1,
    )
    session.add(pathway)
    session.flush()
    write(session, actor, pathway, [], Step.REFERRAL, reason, words, effective_at, now)
    return pathway


def moves(session: Session, pathway: Pathway) -> list[PathwayMove]:
    """Every move of it, those that were put right among them, in the order in which they were written down."""
    of_it = scoped(PathwayMove, system(pathway.pain_service_id)).where(PathwayMove.pathway_id == pathway.id)
    return list(session.scalars(of_it.order_by(PathwayMove.number)))


def write(
    session: Session,
    actor: Actor,
    pathway: Pathway,
    before: Sequence[PathwayMove],
    to_step: Step,
    reason: MoveReason,
    words: str | None,
    effective_at: datetime,
    now: datetime,
    *,
    corrects: PathwayMove | None = None,
    review_on: date | None = None,
) -> None:
    """Add a move after all those that were written `before`, and let the pathway say where the person is now.

    It follows the last one that stands; one that `corrects` that begins where that one began."""
    stands = rules.standing(before)
    if corrects is not None:
        follows, from_step = corrects.follows, corrects.from_step
    elif stands:
        follows, from_step = stands[-1].number, stands[-1].to_step
    else:
        follows, from_step = None, None
    move = PathwayMove(
        pathway_id=pathway.id,
        number=len(before) + 1,
        pain_service_id=pathway.pain_service_id,
        patient_id=pathway.patient_id,
        follows=follows,
        from_step=from_step,
        to_step=to_step,
        reason=reason,
        words=words,
        corrects=None if corrects is None else corrects.number,
        effective_at=effective_at,
        recorded_at=now,
        recorded_by=actor.id if actor.kind is ActorKind.STAFF else None,
    )
    session.add(move)
    last = rules.standing([*before, move])[-1]
    pathway.step, pathway.since_at = last.to_step, last.effective_at
    pathway.review_on, pathway.asked_at = review_on, None
    session.flush()


def end_care(session: Session, patient: Patient) -> None:
    """No nudge is planned or sent any more. The plan rests, so that whoever comes back, or was closed by mistake, has
    it again; a draft stays one."""
    if patient.status is PatientStatus.ACTIVE:
        patient.status = PatientStatus.FINISHED
        patient.version += 1
    actor = system(patient.pain_service_id)
    active = scoped(CarePlan, actor).where(CarePlan.patient_id == patient.id, CarePlan.status == CarePlanStatus.ACTIVE)
    for plan in session.scalars(active.with_for_update()):
        plan.status = CarePlanStatus.ON_HOLD
        plan.version += 1


def take_up(patient: Patient) -> None:
    """The person is cared for again; their consent to texts is what it was."""
    if patient.status is PatientStatus.FINISHED:
        patient.status = PatientStatus.ACTIVE
        patient.version += 1


def leave(session: Session, actor: Actor, patient: Patient, now: datetime) -> None:
    """Close what is open of a patient who leaves, in the transaction that lets them go."""
    of_theirs = scoped(Pathway, system(patient.pain_service_id)).where(Pathway.patient_id == patient.id)
    pathway = session.scalar(_locked(of_theirs.where(Pathway.step != Step.CLOSED)))
    if pathway is not None:
        before = moves(session, pathway)
        # Somebody may have dated the last move a little ahead of our clock.
        at = max(now, rules.standing(before)[-1].effective_at)
        write(session, actor, pathway, before, Step.CLOSED, MoveReason.THEIR_WISH, None, at, now)
        pathway.version += 1
