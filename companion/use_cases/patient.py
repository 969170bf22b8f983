"""How does a person come to be cared for, and how is what we know of them read and put right?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import Select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from companion import keys
from companion.db import Base, analyse, reading, scoped, transaction
from companion.domain.access import Actor, ActorKind, Permission, require
from companion.domain.consent import ConsentSource, ConsentStatus
from companion.domain.patient import PatientStatus
from companion.domain.preference import DEFAULT_HOURS, Ceilings, faults
from companion.domain.refusal import Fault, InvalidError, StaleError
from companion.domain.working_hours import Hours
from companion.keys import DoesNotOpenError
from companion.models import PainService, Patient, Preference
from companion.records import audit, consent, device, pain_service
from companion.records import patient as patients

T = TypeVar("T")

# How many rows one statement asks for or writes: databases limit what a statement may carry.
BATCH = 500
_LAST = "\U0010ffff"
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
    birth_date: str | None = None


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


def enrol_many(
    actor: Actor, enrolments: Sequence[Enrolment], now: datetime, written: Callable[[int], None] = lambda _count: None
) -> list[Patient]:
    """Enrol several people, all or none. Faults of the row at index i are named 'i.field' when there are several.
    `written` is told, again and again, how many more there are; only the end of it all makes them last.

    Raises:
        InvalidError: as for `enrol`, every fault of every row at once.
    """
    require(actor, Permission.ENROL_PATIENT)
    try:
        return _enrol_all(actor, enrolments, now, written)
    except IntegrityError:
        # Somebody enrolled one of them in the same moment. A second look sees that, and names it.
        return _enrol_all(actor, enrolments, now, written)


def enrolment_faults(actor: Actor, enrolments: Sequence[Enrolment]) -> dict[int, list[Fault]]:
    """What `enrol_many` would refuse, by the index of the row; nothing is written."""
    require(actor, Permission.ENROL_PATIENT)
    with reading() as session:
        return _faults(session, actor, pain_service.own(session, actor), enrolments)


def known_nhs_numbers(actor: Actor, nhs_numbers: Sequence[str]) -> frozenset[str]:
    """Which of these NHS numbers are enrolled in the actor's pain service already."""
    require(actor, Permission.ENROL_PATIENT)
    with reading() as session:
        return frozenset(_known(session, actor, nhs_numbers))


def read(actor: Actor, patient_id: UUID, now: datetime) -> Patient:
    """One patient.

    Raises:
        NotFoundError: no such patient in the actor's pain service.
    """
    require(actor, Permission.SEE_RECORD)
    with reading() as session:
        found = patients.owned(session, actor, patient_id)
    audit.seen(actor, "patient.read", now, patient_id)
    return found


def listed(actor: Actor, offset: int, limit: int, now: datetime) -> Page:
    """The pain service's patients by family name, a page at a time, without those whose record is restricted."""
    require(actor, Permission.SEE_RECORD)
    wanted = scoped(Patient, actor).where(Patient.restricted_at.is_(None))
    with reading() as session:
        ids = _by_name(session, wanted)
        shown = ids[offset : offset + limit]
        found = {patient.id: patient for patient in session.scalars(wanted.where(Patient.id.in_(shown)))}
        page = Page([found[patient_id] for patient_id in shown if patient_id in found], len(ids))
    audit.seen(actor, "patient.list", now, *(patient.id for patient in page.items))
    return page


def amend(
    actor: Actor, patient_id: UUID, expected_version: int, changes: dict[str, str | PatientStatus | None], now: datetime
) -> Patient:
    """Put right what is known of a patient: names, mobile, date of birth, time zone, status.

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
                raise StaleError("This patient's details have changed since you read them.", patient.version)
            if changes.get("mobile", patient.mobile) != patient.mobile:
                device.end_every(session, actor, patient_id, now)
            for field, value in changes.items():
                setattr(patient, field, value)
            patient.version += 1
            if "time_zone" in changes:
                # The same local hours are now other instants, so nudges must be planned again.
                session.scalars(scoped(Preference, actor).where(Preference.patient_id == patient_id)).one().version += 1
            audit.record(session, actor, "patient.amend", patient_id, now, patient_id=patient_id, fields=changes)
            return patient
    except IntegrityError as error:
        raise InvalidError([Fault("mobile", TAKEN["mobile"])]) from error


def _enrol_all(
    actor: Actor, enrolments: Sequence[Enrolment], now: datetime, written: Callable[[int], None]
) -> list[Patient]:
    with transaction() as session:
        service = pain_service.own(session, actor)
        found = _faults(session, actor, service, enrolments)
        if found:
            named = [(f"{index}." * (len(enrolments) > 1), fault) for index, row in found.items() for fault in row]
            raise InvalidError([Fault(prefix + fault.field, fault.words) for prefix, fault in named])
        made: list[Patient] = []
        for some in _in_batches(enrolments):
            made += _add(session, actor, service, some, now)
            if len(made) == BATCH:
                analyse(session, Patient)
            written(len(some))
        return made


def _faults(
    session: Session, actor: Actor, service: PainService, enrolments: Sequence[Enrolment]
) -> dict[int, list[Fault]]:
    """Row by row, against who is there already and against the sound rows before it."""
    known = set(_known(session, actor, [enrolment.nhs_number for enrolment in enrolments]))
    holders = _holders(session, actor, [enrolment.mobile for enrolment in enrolments])
    found = {}
    for index, enrolment in enumerate(enrolments):
        row = []
        if enrolment.nhs_number in known:
            row.append(Fault("nhs_number", TAKEN["nhs_number"]))
        if holders.get(enrolment.mobile, enrolment.nhs_number) != enrolment.nhs_number:
            row.append(Fault("mobile", TAKEN["mobile"]))
        row += _limits(service, enrolment)
        if row:
            found[index] = row
        else:
            known.add(enrolment.nhs_number)
            holders[enrolment.mobile] = enrolment.nhs_number
    return found


def _by_name(session: Session, wanted: Select[Patient]) -> list[UUID]:
    """Everybody by family name, then given name. No database can order what is sealed, so all of them are opened:
    for ten thousand people 80 to 120 ms of processor time (PostgreSQL, two shared cores), where sorting took it 6."""
    ring, family, given = keys.of(session), Patient.family_name, Patient.given_name
    columns = (Patient.id, Patient.family_name_sealed, Patient.given_name_sealed)
    rows = session.execute(wanted.with_only_columns(*columns))
    named = []
    for key, one, other in rows:
        try:
            named.append((family.open(ring, one, key).casefold(), given.open(ring, other, key).casefold(), key))
        except DoesNotOpenError:
            # Last, so that whoever asks for all the others gets them; the page with this row will say what is wrong.
            named.append((_LAST, _LAST, key))
    return [key for _, _, key in sorted(named)]


def _known(session: Session, actor: Actor, nhs_numbers: Sequence[str]) -> Iterator[str]:
    ring = keys.of(session)
    everybody = scoped(Patient, actor).with_only_columns(Patient.nhs_number_index)
    for some in _in_batches(nhs_numbers):
        asked = {Patient.nhs_number.find(ring, nhs_number): nhs_number for nhs_number in some}
        for index in session.scalars(everybody.where(Patient.nhs_number_index.in_(asked))):
            yield asked[index]


def _holders(session: Session, actor: Actor, mobiles: Sequence[str]) -> dict[str, str]:
    """The NHS number of the active patient who has the mobile, for each mobile that one has."""
    active = scoped(Patient, actor).where(Patient.status == PatientStatus.ACTIVE)
    ring, held = keys.of(session), {}
    for some in _in_batches(mobiles):
        asked = {Patient.mobile.find(ring, mobile): mobile for mobile in some}
        for patient in session.scalars(active.where(Patient.mobile_index.in_(asked))):
            held[asked[patient.mobile_index]] = patient.nhs_number
    return held


def _in_batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


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


def _add(
    session: Session, actor: Actor, service: PainService, enrolments: Sequence[Enrolment], now: datetime
) -> list[Patient]:
    made = [_patient(service, enrolment, now) for enrolment in enrolments]
    belongings: list[Base] = []
    for patient, enrolment in zip(made, enrolments, strict=True):
        belongings.append(_preference(service, patient, enrolment))
        if enrolment.consent_to_texts:
            source = ConsentSource.STAFF if actor.kind is ActorKind.STAFF else ConsentSource.IMPORT
            belongings.append(consent.change(patient, ConsentStatus.GIVEN, source, now, staff_id=actor.id))
    # The patients first, as they will stay: changed after they are written, each would be looked for again, and in a
    # table that has just grown PostgreSQL looks row by row.
    session.add_all(made)
    session.flush()
    session.add_all(belongings)
    for patient in made:
        audit.record(session, actor, "patient.enrol", patient.id, now, patient_id=patient.id)
    session.flush()
    return made


def _patient(service: PainService, enrolment: Enrolment, now: datetime) -> Patient:
    return Patient(
        id=uuid4(),
        pain_service_id=service.id,
        given_name=enrolment.given_name,
        family_name=enrolment.family_name,
        nhs_number=enrolment.nhs_number,
        mobile=enrolment.mobile,
        birth_date=enrolment.birth_date,
        time_zone=enrolment.time_zone,
        status=PatientStatus.ACTIVE,
        text_consent=ConsentStatus.NOT_ASKED,
        version=1,
        enrolled_at=now,
    )


def _preference(service: PainService, patient: Patient, enrolment: Enrolment) -> Preference:
    hours, ceilings = _chosen(service, enrolment)
    return Preference(
        patient_id=patient.id,
        pain_service_id=service.id,
        local_start=hours.local_start,
        local_end=hours.local_end,
        days_of_week=hours.days_of_week,
        on_bank_holidays=hours.on_bank_holidays,
        daily_ceiling=ceilings.daily,
        weekly_ceiling=ceilings.weekly,
    )
