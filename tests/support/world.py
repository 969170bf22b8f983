"""How does a test live through days in a moment? The worker's own beats, on a clock that the test moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from sqlalchemy import select

from companion.db import reading
from companion.models import Attempt, ConsentEvent, Message, Nudge, Patient, Task
from nudges import planner
from nudges.providers.gateway import Gateway
from nudges.receiving import inbound, intake
from nudges.receiving.arrivals import InboundText
from nudges.receiving.intake import Receipt
from nudges.sending import outbox
from nudges.settling import receipts, reconciler
from tests.support import cast

STEP = timedelta(minutes=10)
_NUMBERS = count(1)


def work_off(now: datetime) -> None:
    """Act on what has come in, as the worker does each second."""
    receipts.take_up(now)
    inbound.take_up(now)


@dataclass
class World:
    """The product at a moment of a test's own choosing."""

    gateway: Gateway
    people: cast.Cast
    now: datetime = cast.MONDAY

    def beat(self) -> None:
        """What the worker does, once."""
        planner.plan(self.now)
        self.send()
        reconciler.ask(self.gateway, self.now)
        work_off(self.now)

    def send(self) -> int:
        """Hand over what waits in the outbox."""
        reconciler.expire_leases(self.now)
        return outbox.send_due([self.gateway], "test", lambda: self.now)

    def pass_time(self, length: timedelta, step: timedelta = STEP) -> None:
        """Beat until `length` has gone by."""
        end = self.now + length
        while self.now < end:
            self.now = min(self.now + step, end)
            self.beat()

    def until_due(self) -> Nudge:
        """Plan, and move the clock to the first nudge's moment, without beating there."""
        planner.plan(self.now)
        first = min(self.nudges(), key=lambda nudge: nudge.due_at)
        self.now = first.due_at
        return first

    def texts(self, body: str, number: str = cast.AMINA_MOBILE, to: str = "", **more: object) -> bool:
        """Somebody texts the pain service."""
        provider_id = f"in-{next(_NUMBERS)}"
        return inbound.receive(InboundText("simulator", provider_id, number, to, body, **more), self.now)  # type: ignore[arg-type]

    def told(self, receipt: Receipt) -> int:
        """The provider posts a receipt, and the worker applies it. Returns how many were of texts of ours."""
        intake.store([receipt], self.now)
        return receipts.take_up(self.now)

    def nudges(self, of: UUID | None = None) -> Sequence[Nudge]:
        """Every nudge, or one patient's, by due time."""
        with reading() as session:
            wanted = select(Nudge).order_by(Nudge.due_at)
            return session.scalars(wanted.where(Nudge.patient_id == of) if of else wanted).all()

    def messages(self, *, number: str = "", body: str = "", **columns: object) -> Sequence[Message]:
        """Every text with these values, in the order in which they came to be."""
        with reading() as session:
            found = session.scalars(select(Message).filter_by(**columns).order_by(Message.created_at)).all()
        return [text for text in found if number in ("", text.number) and body in ("", text.body)]

    def tasks(self, **columns: object) -> Sequence[Task]:
        """Every task with these values."""
        with reading() as session:
            return session.scalars(select(Task).filter_by(**columns).order_by(Task.created_at)).all()

    def attempts(self) -> Sequence[Attempt]:
        """Every try to send anything."""
        with reading() as session:
            return session.scalars(select(Attempt).order_by(Attempt.started_at)).all()

    def consents(self, patient_id: UUID) -> Sequence[ConsentEvent]:
        """A patient's consent, from the first change to the last."""
        with reading() as session:
            wanted = select(ConsentEvent).where(ConsentEvent.patient_id == patient_id)
            return session.scalars(wanted.order_by(ConsentEvent.id)).all()

    def amina(self) -> Patient:
        """Amina as she stands now."""
        with reading() as session:
            return session.get_one(Patient, self.people.amina.id)
