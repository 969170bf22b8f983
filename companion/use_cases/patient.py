"""How does a person come to be cared for, and how is what we know of them read and put right?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from companion.db import reading, scoped, transaction
from companion.domain.access import Actor, ActorKind, Permission, require
from companion.domain.consent import ConsentSource, ConsentStatus
from companion.domain.patient import PatientStatus
from companion.domain.preference import DEFAULT_HOURS, Ceilings, faults
from companion.domain.refusal import Fault, InvalidError, StaleError
from companion.domain.working_hours import Hours
from companion.models import PainService, Patient, Preference
from companion.records import audit, consent, pain_service
from companion.records import patient as patients

TAKEN = {
    "nhs_number": "A patient with this NHS number is already enrolled.",
    "mobile": "Another patient of this pain service has this mobile number.",
}


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What is asked of a person who joins. Identifiers come in their written-down form (identifiers.py)."""

    given_name: str
    family_name: str
    nhs_number: str
    mobile: str
    time_zone: str
    consent_to_texts: bool
    hours: Hours | None = None
    ceilings: Ceilings | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and how long the whole list is."""

    items: Sequence[Patient]
    total: int


def enrol(actor: Actor, enrolment: Enrolment, now: datetime) -> Patient:
    """Enrol one person in the actor's pain service, with preferences and, if they agreed, consent to texts.

    Raises:
        InvalidError: the NHS number or mobile is taken, or the preferences go beyond the pain service's.
    """
    return enrol_many(actor, [enrolment], now)[0]


def enrol_many(actor: Actor, enrolments: Sequence[Enrolment], now: datetime) -> list[Patient]:
    """Enrol several people, all or none. Faults of the row at index i are named 'i.field' when there are several.

    Raises:
        InvalidError: as for `enrol`, every fault of every row at once.
    """
    require(actor, Permission.ENROL_PATIENT)
    with transaction() as session:
        service = pain_service.own(session, actor)
        found: list[Fault] = []
        made = []
        for index, enrolment in enumerate(enrolments):
            row_faults = [*_taken(session, actor, enrolment.nhs_number, enrolment.mobile), *_limits(service, enrolment)]
            prefix = f"{index}." if len(enrolments) > 1 else ""
            found += [Fault(prefix + fault.field, fault.words) for fault in row_faults]
            if not row_faults:
                made.append(_add(session, actor, service, enrolment, now))
        if found:
            raise InvalidError(found)
        return made


def known_nhs_numbers(actor: Actor, nhs_numbers: Sequence[str]) -> frozenset[str]:
    """Which of these NHS numbers are enrolled in the actor's pain service already."""
    require(actor, Permission.ENROL_PATIENT)
    with reading() as session:
        wanted = scoped(Patient, actor).where(Patient.nhs_number.in_(nhs_numbers))
        return frozenset(patient.nhs_number for patient in session.scalars(wanted))


def read(actor: Actor, patient_id: UUID) -> Patient:
    """One patient.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
    """
    require(actor, Permission.SEE_RECORD)
    with reading() as session:
        return patients.owned(session, actor, patient_id)


def listed(actor: Actor, offset: int, limit: int) -> Page:
    """The pain service's patients by family name, a page at a time."""
    require(actor, Permission.SEE_RECORD)
    wanted = scoped(Patient, actor)
    with reading() as session:
        total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        ordered = wanted.order_by(Patient.family_name, Patient.given_name, Patient.id)
        return Page(list(session.scalars(ordered.offset(offset).limit(limit))), total)


def amend(
    actor: Actor, patient_id: UUID, expected_version: int, changes: dict[str, str | PatientStatus], now: datetime
) -> Patient:
    """Put right what is known of a patient: names, mobile, time zone, status.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
        StaleError: somebody changed the patient since the version that the asker saw.
        InvalidError: the mobile is another patient's.
    """
    require(actor, Permission.EDIT_RECORD)
    try:
        with transaction() as session:
            patient = patients.owned(session, actor, patient_id, lock=True)
            if patient.version != expected_version:
                raise StaleError("Somebody changed this patient since you read it.", patient.version)
            for field, value in changes.items():
                setattr(patient, field, value)
            patient.version += 1
            audit.record(session, actor, "patient.amend", patient_id, now, patient_id=patient_id, fields=changes)
            return patient
    except IntegrityError as error:
        raise InvalidError([Fault("mobile", TAKEN["mobile"])]) from error


def _taken(session: Session, actor: Actor, nhs_number: str, mobile: str) -> list[Fault]:
    same_mobile = (Patient.mobile == mobile) & (Patient.status == PatientStatus.ACTIVE)
    others = list(session.scalars(scoped(Patient, actor).where(or_(Patient.nhs_number == nhs_number, same_mobile))))
    found = []
    if any(other.nhs_number == nhs_number for other in others):
        found.append(Fault("nhs_number", TAKEN["nhs_number"]))
    if any(other.mobile == mobile and other.nhs_number != nhs_number for other in others):
        found.append(Fault("mobile", TAKEN["mobile"]))
    return found


def _limits(service: PainService, enrolment: Enrolment) -> list[Fault]:
    outer, most = pain_service.text_hours(service), pain_service.ceilings(service)
    hours, ceilings = _chosen(service, enrolment)
    return [Fault(f"preferences.{fault.field}", fault.words) for fault in faults(hours, ceilings, outer, most)]


def _chosen(service: PainService, enrolment: Enrolment) -> tuple[Hours, Ceilings]:
    """What the person asked for; otherwise the ordinary hours and ceilings, or the service's if those are less."""
    outer, most = pain_service.text_hours(service), pain_service.ceilings(service)
    usual = Ceilings()
    hours = enrolment.hours or (DEFAULT_HOURS if DEFAULT_HOURS.within(outer) else outer)
    ceilings = enrolment.ceilings or Ceilings(min(usual.daily, most.daily), min(usual.weekly, most.weekly))
    return hours, ceilings


def _add(session: Session, actor: Actor, service: PainService, enrolment: Enrolment, now: datetime) -> Patient:
    patient = Patient(
        id=uuid4(),
        pain_service_id=service.id,
        given_name=enrolment.given_name,
        family_name=enrolment.family_name,
        nhs_number=enrolment.nhs_number,
        mobile=enrolment.mobile,
        time_zone=enrolment.time_zone,
        status=PatientStatus.ACTIVE,
        text_consent=ConsentStatus.NOT_ASKED,
        version=1,
        enrolled_at=now,
    )
    session.add(patient)
    session.flush()
    hours, ceilings = _chosen(service, enrolment)
    session.add(
        Preference(
            patient_id=patient.id,
            pain_service_id=service.id,
            local_start=hours.local_start,
            local_end=hours.local_end,
            days_of_week=hours.days_of_week,
            on_bank_holidays=hours.on_bank_holidays,
            daily_ceiling=ceilings.daily,
            weekly_ceiling=ceilings.weekly,
        )
    )
    if enrolment.consent_to_texts:
        source = ConsentSource.STAFF if actor.kind is ActorKind.STAFF else ConsentSource.IMPORT
        consent.write(session, patient, ConsentStatus.GIVEN, source, now, staff_id=actor.id)
    audit.record(session, actor, "patient.enrol", patient.id, now, patient_id=patient.id)
    return patient
