"""What does one job of a peer do? Loads what is known of one nudge, asks the product's own rule, sends, records.

As a team would write it: one session and one commit a nudge, the stock twilio client. No attempt is written before the
call, so a crash doubles or loses a text: less than the product does, and that is to the peers' advantage.
`send_decided` is the lighter job of the second comparison: it decides nothing, is handed number and words, posts, and
marks one row.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from requests.adapters import HTTPAdapter
from sqlalchemy import and_, create_engine, func, select, update
from sqlalchemy.orm import Session
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from benchmarks.floor import BODY
from benchmarks.keys import OPTIONS
from benchmarks.ours import CALLBACK
from benchmarks.stand_in import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID
from companion import clock
from companion.domain import bank_holiday
from companion.domain.local_time import local
from companion.domain.message import MessageKind, MessageStatus, priority
from companion.domain.nudge import NudgeStatus
from companion.domain.patient import PatientStatus
from companion.domain.preference import Ceilings
from companion.domain.task import TaskPriority, TaskStatus
from companion.domain.wording import NUDGE_PURPOSE
from companion.domain.wording_lint import merge
from companion.domain.working_hours import Hours
from companion.models import Activity, AlreadyHelps, CarePlan, Message, Nudge, PainService, Patient, Preference, Task
from companion.models import Wording as WordingRow
from nudges.deciding.eligibility import Facts, NudgeFacts, Send, decide

TEXTED = (NudgeStatus.CLAIMED, NudgeStatus.SENT)


class Job:
    """One process's engine and client, shared by its threads."""

    def __init__(self, database_url: str, stand_in_url: str, threads: int) -> None:
        self._engine = create_engine(database_url, pool_size=threads, max_overflow=2, execution_options=OPTIONS)
        http = TwilioHttpClient(timeout=10)
        # The stock client keeps its connections for https only, and few: here it may keep one for each thread.
        if http.session is not None:
            http.session.mount("http://", HTTPAdapter(pool_maxsize=max(threads, 10)))
        self._client = Client(ACCOUNT_SID, AUTH_TOKEN, http_client=http)
        self._client.api.base_url = stand_in_url

    def send(self, nudge_id: str) -> None:
        """One nudge, the same job that the product does."""
        now = clock.now()
        with Session(self._engine) as session:
            nudge, facts, text = _load(session, UUID(nudge_id), now)
            if not isinstance(decide(facts, now), Send):
                raise RuntimeError("Every nudge of the benchmark may go.")
            sent = self._client.messages.create(**_fields(text, now))
            self._record(session, nudge, text, str(sent.sid), now)

    def send_decided(self, nudge_id: str, number: str) -> None:
        """One text that needs no deciding: post it and mark the row."""
        now = clock.now()
        text = {"id": uuid4(), "number": number, "body": BODY, "expires_at": now + timedelta(hours=4)}
        self._client.messages.create(**_fields(text, now))
        with Session(self._engine) as session:
            done = {"status": NudgeStatus.SENT, "texted_on": now.date(), "settled_at": now}
            session.execute(update(Nudge).where(Nudge.id == UUID(nudge_id)).values(done))
            session.commit()

    def _record(self, session: Session, nudge: Nudge, text: Mapping[str, Any], sid: str, now: datetime) -> None:
        done = {"status": MessageStatus.SENT, "provider_id": sid, "sending_at": now, "sent_at": clock.now()}
        session.add(Message(**text, **done, attempts=1, gateway="twilio"))
        nudge.status, nudge.settled_at = NudgeStatus.SENT, now
        nudge.texted_on = local(now, "Europe/London").date()
        session.commit()


def _fields(text: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The text as Twilio's client takes it."""
    return {
        "messaging_service_sid": MESSAGING_SERVICE_SID,
        "to": text["number"],
        "body": text["body"],
        "validity_period": min(int((text["expires_at"] - now).total_seconds()), 36_000),
        "status_callback": f"{CALLBACK}?message={text['id']}",
    }


def _load(session: Session, nudge_id: UUID, now: datetime) -> tuple[Nudge, Facts, Mapping[str, Any]]:
    """The nudge, what the rule asks of it, and the text that it becomes: four queries."""
    on_line = and_(
        Activity.care_plan_id == Nudge.care_plan_id,
        Activity.revision_number == Nudge.revision_number,
        Activity.line == Nudge.line,
    )
    helping = and_(
        AlreadyHelps.care_plan_id == Activity.care_plan_id,
        AlreadyHelps.revision_number == Activity.revision_number,
        AlreadyHelps.line == Activity.already_helps_line,
    )
    nudge, patient, preference, service, plan, activity, helps = session.execute(
        select(Nudge, Patient, Preference, PainService, CarePlan, Activity, AlreadyHelps)
        .join(Patient, Patient.id == Nudge.patient_id)
        .join(Preference, Preference.patient_id == Nudge.patient_id)
        .join(PainService, PainService.id == Nudge.pain_service_id)
        .join(CarePlan, CarePlan.id == Nudge.care_plan_id)
        .join(Activity, on_line)
        .outerjoin(AlreadyHelps, helping)
        .where(Nudge.id == nudge_id)
    ).one()
    today = local(now, patient.time_zone).date()
    wording = session.scalar(
        select(WordingRow)
        .where(
            WordingRow.pain_service_id == service.id,
            WordingRow.purpose == NUDGE_PURPOSE[nudge.behaviour],
            WordingRow.approved_at.is_not(None),
        )
        .order_by(WordingRow.version.desc())
        .limit(1)
    )
    urgent = session.scalar(
        select(Task.id)
        .where(
            Task.patient_id == patient.id,
            Task.priority == TaskPriority.URGENT,
            Task.status == TaskStatus.REQUESTED,
        )
        .limit(1)
    )
    texted = _texted(session, patient.id, today)
    facts = Facts(
        kind=MessageKind.NUDGE,
        consent=patient.text_consent,
        patient_active=patient.status is PatientStatus.ACTIVE,
        expires_at=nudge.expires_at,
        nudge=NudgeFacts(
            due_at=nudge.due_at,
            plan_status=plan.status,
            current_revision=plan.current_revision,
            agreed_revision=plan.agreed_revision,
            revision=nudge.revision_number,
            wording_approved=wording is not None,
            urgent_waits=urgent is not None,
            paused_until_at=preference.paused_until_at,
            hours=Hours(
                preference.local_start, preference.local_end, preference.days_of_week, preference.on_bank_holidays
            ),
            outer_hours=Hours(service.text_start, service.text_end, service.text_days, service.text_on_bank_holidays),
            zone_name=patient.time_zone,
            bank_holidays=bank_holiday.around(service.bank_holiday_region, today),
            ceilings=Ceilings(
                min(preference.daily_ceiling, service.daily_ceiling),
                min(preference.weekly_ceiling, service.weekly_ceiling),
            ),
            texted_today=texted.get(today, 0),
            texted_week=sum(texted.values()),
        ),
    )
    if wording is None:
        raise RuntimeError("Every wording of the benchmark is approved.")
    line = activity.nudge_words or getattr(helps, "words", None) or activity.words
    values = {"first_name": patient.given_name, "line": line, "service": service.short_name}
    text = {
        "id": uuid4(),
        "pain_service_id": service.id,
        "patient_id": patient.id,
        "kind": MessageKind.NUDGE,
        "number": patient.mobile,
        "body": merge(wording.body, values),
        "nudge_id": nudge.id,
        "wording_id": wording.id,
        "priority": priority(MessageKind.NUDGE),
        "created_at": now,
        "due_at": now,
        "expires_at": nudge.expires_at,
    }
    return nudge, facts, text


def _texted(session: Session, patient_id: UUID, today: date) -> dict[date, int]:
    wanted = (
        select(Nudge.texted_on, func.count())
        .where(
            Nudge.patient_id == patient_id,
            Nudge.status.in_(TEXTED),
            Nudge.texted_on > today - timedelta(days=7),
        )
        .group_by(Nudge.texted_on)
    )
    return {day: count for day, count in session.execute(wanted) if day is not None}
