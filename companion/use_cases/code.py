"""How does a patient sign in with a one-time code by text?

A request for a code gets the same answer after the same work, known number or not: a row is written, and
the worker looks in its next second whose number it is.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from companion import keys
from companion.db import reading, transaction
from companion.domain import access, sign_in_text
from companion.domain.alarm import AlarmKind
from companion.domain.device import CODE_LASTS, MOST_TRIES, DeviceKind, TokenKind
from companion.domain.limit import DAY, LimitKind
from companion.domain.patient import PatientStatus
from companion.domain.refusal import NotSignedInError
from companion.domain.second_fact import Fact, sides
from companion.models import CodeRequest, Device, PainService, Patient, SignInCode
from companion.records import alarm, audit, device, limit
from companion.records import sign_in_text as texts
from companion.records.device import Tokens

T = TypeVar("T")

WRONG = "The mobile number, the code and your details do not match, or the code has expired. Ask for a new code."
MOST = 100
# What no code's mac is: it is compared where there is no code, so that it takes as long.
NO_CODE = "-" * 64


def ask(mobile: str, address: str, now: datetime) -> None:
    """Somebody asks for a code to be texted to a number (E.164). `address`: the network address that they come from.

    Raises:
        TooManyError: too many were asked for this number, or from this address.
    """
    with transaction() as session:
        limit.take(session, LimitKind.CODE_ADDRESS, address, now)
        limit.take(session, LimitKind.CODE_NUMBER, mobile, now)
        session.add(CodeRequest(id=uuid4(), mobile=mobile, asked_at=now))


def take_up(now: datetime) -> int:
    """Text a code to whoever asked for one and is a patient. Returns how many had asked."""
    with reading() as session:
        if session.scalar(select(CodeRequest.id).limit(1)) is None:
            return 0
    done = 0
    while done < MOST and _take_up_one(now):
        done += 1
    return done


# So long the notice of a sign-in is tried: a phone that is off hears of it when it is on again.
TOLD_WITHIN = DAY


def use(mobile: str, code: str, fact: Fact, name: str | None, address: str, now: datetime) -> Tokens:
    """Sign the patient's app in who was texted this code, and knows what the phone does not tell. `name`: what the app
    calls itself.

    Raises:
        NotSignedInError: they do not belong together, or no longer; never which of them.
        TooManyError: too many were tried from this address, or about this patient with the right code.
    """

    def begin(session: Session, patient: Patient) -> Tokens:
        begun = _sign_in(session, patient, DeviceKind.APP, name, f"api {address}", now)
        service = session.get_one(PainService, patient.pain_service_id)
        texts.send(session, patient, sign_in_text.on_new_phone(service.short_name), TOLD_WITHIN, now)
        return device.issue_pair(session, begun, now)

    return _come_in(mobile, code, fact, f"api {address}", address, now, begin)


def use_on_page(mobile: str, code: str, fact: Fact, address: str, now: datetime) -> str:
    """Likewise for a page in a browser, and with the same errors. Returns the page's secret."""

    def begin(session: Session, patient: Patient) -> str:
        begun = _sign_in(session, patient, DeviceKind.PAGE, None, f"page {address}", now)
        return device.issue(session, begun, TokenKind.PAGE, now)[0]

    return _come_in(mobile, code, fact, f"page {address}", address, now, begin)


def _come_in(
    mobile: str,
    code: str,
    fact: Fact,
    origin: str,
    address: str,
    now: datetime,
    begin: Callable[[Session, Patient], T],
) -> T:
    made: T | None = None
    with transaction() as session:
        limit.take(session, LimitKind.PATIENT_ADDRESS, address, now)
        wanted = (
            select(SignInCode, Patient)
            .outerjoin(Patient, Patient.id == SignInCode.patient_id)
            .where(SignInCode.number_mac == _number_mac(session, mobile))
            .with_for_update(of=SignInCode)
        )
        found = session.execute(wanted).one_or_none()
        kept: SignInCode | None = found[0] if found is not None else None
        patient: Patient | None = found[1] if found is not None else None
        right = hmac.compare_digest(_code_mac(session, mobile, code), kept.code_mac if kept else NO_CODE)
        if kept is not None:
            counts = kept.tries < MOST_TRIES and now < kept.expires_at
            active = patient is not None and patient.status is PatientStatus.ACTIVE
            if patient is not None and right and counts and active and patient.mobile == mobile:
                # Counted with the right code alone, or anybody could keep them out.
                limit.take(session, LimitKind.PATIENT_FACT, str(patient.id), now)
                if hmac.compare_digest(*sides(fact, patient.birth_date, patient.nhs_number)):
                    session.delete(kept)
                    limit.forget(session, LimitKind.PATIENT_FACT, str(patient.id))
                    made = begin(session, patient)
                else:
                    asker = access.patient(patient.pain_service_id, patient.id, origin)
                    audit.record(session, asker, "sign-in.wrong-fact", patient.id, now, patient_id=patient.id)
            if made is None:
                kept.tries = min(kept.tries + 1, MOST_TRIES)
    if made is None:
        raise NotSignedInError(WRONG)
    return made


def _take_up_one(now: datetime) -> bool:
    with transaction() as session:
        first = select(CodeRequest).order_by(CodeRequest.asked_at, CodeRequest.id).limit(1)
        request = session.scalar(first.with_for_update(skip_locked=True))
        if request is None:
            return False
        session.delete(request)
        if now < request.asked_at + CODE_LASTS:
            patient = _to_be_texted(session, request.mobile, now)
            code = _new_code(session, request.mobile, patient, now)
            if patient is not None:
                _text(session, patient, code, now)
        return True


def _to_be_texted(session: Session, mobile: str, now: datetime) -> Patient | None:
    """Whose number it is, if it may be texted a code."""
    patient = texts.owner(session, mobile)
    over = texts.over_limit(session, patient, now) if patient is not None else None
    if over is not None:
        alarm.strike(session, AlarmKind.CODES_PUMPED, "", over, now)
        return None
    return patient


def _new_code(session: Session, mobile: str, patient: Patient | None, now: datetime) -> str:
    """The one code that counts for the number from now on; nobody's, if nobody is texted it."""
    code, number_mac = f"{secrets.randbelow(1_000_000):06}", _number_mac(session, mobile)
    session.execute(delete(SignInCode).where(SignInCode.number_mac == number_mac))
    session.add(
        SignInCode(
            number_mac=number_mac,
            pain_service_id=patient.pain_service_id if patient else None,
            patient_id=patient.id if patient else None,
            code_mac=_code_mac(session, mobile, code),
            created_at=now,
            expires_at=now + CODE_LASTS,
        )
    )
    return code


def _text(session: Session, patient: Patient, code: str, now: datetime) -> None:
    service = session.get_one(PainService, patient.pain_service_id)
    texts.send(session, patient, sign_in_text.with_code(service.short_name, code), CODE_LASTS, now)
    asker = access.patient(patient.pain_service_id, patient.id, "text")
    audit.record(session, asker, "sign-in.code", patient.id, now, patient_id=patient.id)


def _sign_in(
    session: Session, patient: Patient, kind: DeviceKind, name: str | None, origin: str, now: datetime
) -> Device:
    begun = device.begin(session, patient, kind, name, now)
    actor = access.patient(patient.pain_service_id, patient.id, origin)
    audit.record(session, actor, "sign-in.begin", begun.id, now, patient_id=patient.id)
    return begun


def _number_mac(session: Session, mobile: str) -> str:
    return keys.of(session).mac("sign-in-number", mobile.encode()).hex()


def _code_mac(session: Session, mobile: str, code: str) -> str:
    return keys.of(session).mac("sign-in-code", f"{mobile}:{code}".encode()).hex()
