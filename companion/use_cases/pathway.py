"""How is somebody referred, moved on, reviewed in time and closed; and how is what was written wrong put right?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from companion.db import reading, scoped, transaction
from companion.domain import pathway as rules
from companion.domain.access import Actor, Permission, require, system
from companion.domain.care_plan import CarePlanStatus
from companion.domain.local_time import local
from companion.domain.pathway import EpisodeStatus, MoveReason, Step, Waiting
from companion.domain.refusal import ConflictError, Fault, InvalidError, StaleError
from companion.domain.task import TaskKind
from companion.models import CarePlan, HospitalReferral, PainService, Pathway, PathwayMove, Patient
from companion.records import audit, pain_service, task
from companion.records import pathway as pathways
from companion.records import patient as patients

ONE_OPEN = "This patient is already on a pathway. Move them along it, or close it first."
NUMBER_TAKEN = "Another patient now has this mobile number. Correct it before you reopen this patient's care."
REVIEW_IS_DUE = "The plan review is due on {day}. Arrange it with the patient, then move them to review."


@dataclass(frozen=True, slots=True)
class Next:
    """What is asked for: where to, why, in which words, when it happened (aware), and when the plan is reviewed."""

    to_step: Step
    reason: MoveReason
    words: str | None
    effective_at: datetime
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class PathwayView:
    """A pathway with every move, the hospital referrals, and FHIR's status. `standing` are the numbers of those moves
    that no later one put right. `contact` is what closing means for contact; None while it is open."""

    pathway: Pathway
    status: EpisodeStatus
    moves: Sequence[PathwayMove]
    standing: Sequence[int]
    hospital_referrals: Sequence[HospitalReferral]
    contact: str | None


def refer(actor: Actor, patient_id: UUID, first: Next, now: datetime) -> PathwayView:
    """Begin a patient's pathway, as their GP referred them, or with who is a patient already. Who had been closed is
    cared for again.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
        ConflictError: they are on a pathway already.
        InvalidError: the reason leads elsewhere, or the moment lies in the future.
    """
    require(actor, Permission.EDIT_RECORD)
    try:
        with transaction() as session:
            patient = patients.owned(session, actor, patient_id, lock=True)
            _require_sound(session, patient, [], first, now)
            open_one = scoped(Pathway, actor).where(Pathway.patient_id == patient_id, Pathway.step != Step.CLOSED)
            if session.scalar(open_one) is not None:
                raise ConflictError(ONE_OPEN)
            pathways.take_up(patient)
            pathway = pathways.begin(session, actor, patient, first.reason, first.words, first.effective_at, now)
            audit.record(session, actor, "pathway.refer", pathway.id, now, patient_id=patient_id)
            return _view(session, pathway)
    except IntegrityError as error:
        raise ConflictError(NUMBER_TAKEN if "mobile" in str(error.orig) else ONE_OPEN) from error


def move(actor: Actor, pathway_id: UUID, expected_version: int, to: Next, now: datetime) -> PathwayView:
    """Move somebody on: to the assessment, the active plan, a review, open contact; or close, which stops nudges.

    Raises:
        NotFoundError: no such pathway in the actor's pain service.
        StaleError: somebody moved them since the version that the asker saw.
        ConflictError: their step does not lead there, or no plan is active that they could be moved to.
        InvalidError: the reason leads elsewhere, or a date is wrong; every fault is named.
    """
    require(actor, Permission.EDIT_RECORD)
    with transaction() as session:
        pathway, patient, before = _locked(session, actor, pathway_id, expected_version)
        stands = rules.standing(before)
        _require_way(session, pathway, stands[-1].to_step, to.to_step)
        _require_sound(session, patient, stands, to, now)
        review = to.review_on
        pathways.write(
            session, actor, pathway, before, to.to_step, to.reason, to.words, to.effective_at, now, review_on=review
        )
        pathway.version += 1
        if to.to_step is Step.CLOSED:
            pathways.end_care(session, patient)
        audit.record(session, actor, "pathway.move", pathway_id, now, patient_id=patient.id)
        session.flush()
        return _view(session, pathway)


def correct(
    actor: Actor, pathway_id: UUID, expected_version: int, right: Next | None, words: str, review_on: date | None,
    now: datetime,
) -> PathwayView:  # fmt: skip
    """Put the last move that stands right by a later row: say what it should have been, or (`right` is None) that it
    never happened. What was written stays, and what was known at any time can still be read.

    `review_on` is the review of the step that they are at then. Who was closed by mistake is cared for again; their
    plan stays on hold until somebody takes it up.

    Raises:
        NotFoundError, StaleError: as for `move`.
        ConflictError: a referral never made is closed as entered in error; or the step before does not lead there.
        InvalidError: as for `move`.
    """
    require(actor, Permission.EDIT_RECORD)
    try:
        with transaction() as session:
            pathway, patient, before = _locked(session, actor, pathway_id, expected_version)
            *stands, wrong = rules.standing(before)
            was_closed = wrong.to_step is Step.CLOSED
            if right is None:
                if wrong.from_step is None:
                    raise ConflictError("To undo a referral, close it with the reason entered-in-error.")
                faults = rules.review_faults(wrong.from_step, review_on, _today(session, patient, now))
                if faults:
                    raise InvalidError(faults)
                # It ends where it began, so it stands for nothing.
                made = Next(wrong.from_step, MoveReason.ENTERED_IN_ERROR, words, wrong.effective_at, review_on)
            else:
                _require_way(session, pathway, wrong.from_step, right.to_step)
                _require_sound(session, patient, stands, right, now)
                made = right
            pathways.write(
                session, actor, pathway, before, made.to_step, made.reason, words, made.effective_at, now,
                corrects=wrong, review_on=made.review_on,
            )  # fmt: skip
            pathway.version += 1
            if pathway.step is Step.CLOSED:
                pathways.end_care(session, patient)
            elif was_closed:
                pathways.take_up(patient)
            audit.record(session, actor, "pathway.correct", pathway_id, now, patient_id=patient.id)
            session.flush()
            return _view(session, pathway)
    except IntegrityError as error:
        raise ConflictError(NUMBER_TAKEN if "mobile" in str(error.orig) else ONE_OPEN) from error


def refer_to_hospital(
    actor: Actor, pathway_id: UUID, to: str, reason: str, tried_first: str, referred_at: datetime, now: datetime
) -> PathwayView:
    """Write down a referral to a hospital: never without the reason, and what was tried first.

    Raises:
        NotFoundError: no such pathway in the actor's pain service.
        ConflictError: the pathway is closed.
        InvalidError: `referred_at` (aware) lies in the future, or there is nothing in what has to be said.
    """
    require(actor, Permission.EDIT_RECORD)
    said = {"to": to, "reason": reason, "tried_first": tried_first}
    faults = [Fault(name, "Give the reason in words.") for name, words in said.items() if not words.strip()]
    if referred_at > now + rules.CLOCKS_DIFFER:
        faults.append(Fault("referred_at", "This time is in the future. Record it once it has happened."))
    if faults:
        raise InvalidError(faults)
    with transaction() as session:
        pathway, patient = pathways.owned(session, actor, pathway_id)
        if pathway.step is Step.CLOSED:
            raise ConflictError("This pathway is closed. Start a new one with a referral.")
        of = {"pain_service_id": patient.pain_service_id, "patient_id": patient.id, "pathway_id": pathway.id}
        when = {"referred_at": referred_at, "recorded_at": now, "recorded_by": actor.id}
        made = HospitalReferral(id=uuid4(), **of, **said, **when)
        session.add(made)
        audit.record(session, actor, "pathway.refer-to-hospital", made.id, now, patient_id=patient.id)
        session.flush()
        return _view(session, pathway)


def of_patient(actor: Actor, patient_id: UUID, known_at: datetime | None, now: datetime) -> list[PathwayView]:
    """Every pathway of a patient, the newest first; as it was known at `known_at` (aware), where that is asked.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
    """
    require(actor, Permission.SEE_RECORD)
    with reading() as session:
        patients.owned(session, actor, patient_id)
        found = session.scalars(scoped(Pathway, actor).where(Pathway.patient_id == patient_id)).all()
        views = [_view(session, pathway, known_at) for pathway in found]
    audit.seen(actor, "pathway.read", now, patient_id)
    known = [view for view in views if view.moves]
    return sorted(known, key=lambda view: (view.moves[0].recorded_at, view.pathway.id), reverse=True)


def figures(actor: Actor, now: datetime) -> list[Waiting]:
    """How many people are at each step, and for how long; nobody is named, and whose record rests is not counted."""
    require(actor, Permission.SEE_FIGURES)
    resting = scoped(Patient, actor).where(Patient.restricted_at.is_not(None)).with_only_columns(Patient.id)
    wanted = scoped(Pathway, actor).where(Pathway.step != Step.CLOSED, Pathway.patient_id.not_in(resting))
    with reading() as session:
        found = [
            (Step(step), at) for step, at in session.execute(wanted.with_only_columns(Pathway.step, Pathway.since_at))
        ]
    return rules.waiting(found, now)


def ask_for_reviews(now: datetime) -> int:
    """Put each review that is due, on the pain service's own calendar, into its inbox, once. Returns how many.

    Whose record rests is not asked for while it does.
    """
    # No place on earth is further ahead of UTC than fourteen hours.
    latest = now.date() + timedelta(days=1)
    waiting = select(Pathway.pain_service_id).where(Pathway.review_on <= latest, Pathway.asked_at.is_(None)).distinct()
    with reading() as session:
        services = session.scalars(waiting).all()
    return sum(_ask_for_reviews(system(service_id, "worker"), now) for service_id in services)


def _ask_for_reviews(actor: Actor, now: datetime) -> int:
    with transaction() as session:
        service = pain_service.own(session, actor)
        today = local(now, service.time_zone).date()
        resting = scoped(Patient, actor).where(Patient.restricted_at.is_not(None)).with_only_columns(Patient.id)
        due = scoped(Pathway, actor).where(
            Pathway.review_on <= today, Pathway.asked_at.is_(None), Pathway.patient_id.not_in(resting)
        )
        found = session.scalars(due.order_by(Pathway.id).limit(100).with_for_update(skip_locked=True)).all()
        for pathway in found:
            day = pathway.review_on or today
            why = REVIEW_IS_DUE.format(day=f"{day.day} {day:%B %Y}")
            task.ask(session, service, TaskKind.REVIEW_DUE, why, now, patient_id=pathway.patient_id)
            pathway.asked_at = now
            audit.record(session, actor, "pathway.review-due", pathway.id, now, patient_id=pathway.patient_id)
        return len(found)


def _locked(
    session: Session, actor: Actor, pathway_id: UUID, expected_version: int
) -> tuple[Pathway, Patient, list[PathwayMove]]:
    pathway, patient = pathways.owned(session, actor, pathway_id)
    if pathway.version != expected_version:
        raise StaleError("This patient's pathway has changed since you read it.", pathway.version)
    return pathway, patient, pathways.moves(session, pathway)


def _require_way(session: Session, pathway: Pathway, from_step: Step | None, to_step: Step) -> None:
    if not rules.leads(from_step, to_step):
        raise ConflictError(f"From {from_step or 'nowhere'} nobody comes to {to_step} in one move.")
    if to_step is not Step.ACTIVE_PLAN:
        return
    actor = system(pathway.pain_service_id)
    plans = scoped(CarePlan, actor).where(CarePlan.patient_id == pathway.patient_id)
    if session.scalar(plans.where(CarePlan.status == CarePlanStatus.ACTIVE).limit(1)) is None:
        raise ConflictError("There is no active plan: the patient must agree to one first.")


def _require_sound(session: Session, patient: Patient, stands: Sequence[PathwayMove], to: Next, now: datetime) -> None:
    today = _today(session, patient, now)
    faults = rules.move_faults(stands, to.to_step, to.reason, to.effective_at, to.review_on, now, today)
    if faults:
        raise InvalidError(faults)


def _today(session: Session, patient: Patient, now: datetime) -> date:
    return local(now, session.get_one(PainService, patient.pain_service_id).time_zone).date()


def _view(session: Session, pathway: Pathway, known_at: datetime | None = None) -> PathwayView:
    moves = [each for each in pathways.moves(session, pathway) if known_at is None or each.recorded_at <= known_at]
    stands = rules.standing(moves)
    of_it = scoped(HospitalReferral, system(pathway.pain_service_id)).where(HospitalReferral.pathway_id == pathway.id)
    referrals = session.scalars(of_it.order_by(HospitalReferral.recorded_at, HospitalReferral.id)).all()
    known = [each for each in referrals if known_at is None or each.recorded_at <= known_at]
    contact = None
    if stands and stands[-1].to_step is Step.CLOSED:
        phone = session.get_one(PainService, pathway.pain_service_id).phone
        contact = rules.contact_words(stands[-1].reason, phone)
    status = (
        rules.episode_status([(each.to_step, each.reason) for each in stands]) if stands else EpisodeStatus.WAITLIST
    )
    return PathwayView(pathway, status, moves, [each.number for each in stands], known, contact)
