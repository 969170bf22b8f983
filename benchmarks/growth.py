"""What does each job cost for one patient, in a small pain service and in one a hundred times its size?

    python -m benchmarks.growth            1,000, 10,000 and 100,000 patients
    python -m benchmarks.growth --quick    100, 1,000 and 10,000

On PostgreSQL whose statistics are stale: nothing is analysed, as right after an import. Rows read are counted by the
database, and do not depend on what else the machine does; neither, nearly, does the database's processor time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from time import perf_counter, process_time
from typing import Any
from uuid import uuid4

import click
from flask_migrate import upgrade
from sqlalchemy import select

from api.app import create_app
from api.settings.config import Config
from benchmarks import people, planning
from benchmarks.database import DurablePostgres, execute, rows_read
from companion.bulk import insert_all
from companion.clock import now as clock
from companion.db import db, reading, transaction
from companion.domain.access import ActorKind, patient
from companion.domain.erasure import ErasureGround, ErasureStatus
from companion.domain.message import MessageStatus
from companion.models import Erasure, Message, Patient, Receipt, Staff
from companion.use_cases import erasure, export
from nudges import planner
from nudges.providers.gateway import Report
from nudges.providers.simulator_gateway import SimulatorGateway
from nudges.sending import claims, outcomes
from nudges.settling import receipts
from tests.support.postgres import Postgres

SIZES = (1_000, 10_000, 100_000)
QUICK = (100, 1_000, 10_000)
# So many records are given out or erased, however many there are.
RECORDS = 50
# How far apart the dearest and the cheapest size of a job may lie, for one patient.
MOST_APART = 1.3
# As the outbox claims them.
TEXTS_AT_ONCE = 500

Job = Callable[[datetime], int]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one job took where so many patients are. `done`: for how many of them, or of their texts."""

    patients: int
    done: int
    seconds: float
    our_seconds: float
    database_seconds: float
    rows_read: int

    @property
    def processor_ms(self) -> float:
        """The processor time of one, ours and the database's."""
        return (self.our_seconds + self.database_seconds) / self.done * 1_000

    @property
    def rows_each(self) -> float:
        """The rows that the database read for one."""
        return self.rows_read / self.done


Costs = Mapping[str, Sequence[Cost]]


def measure(sizes: Sequence[int] = SIZES, tell: Callable[[str], None] = lambda _words: None) -> Costs:
    """The costs of each job, a size after the other."""
    found: dict[str, list[Cost]] = {}
    with DurablePostgres() as server:
        server.create("quiet")
        execute(server.url("quiet"), "ALTER SYSTEM SET autovacuum = off")
        execute(server.url("quiet"), "SELECT pg_reload_conf()")
        for patients in sizes:
            for name, took in _at(server, patients):
                found.setdefault(name, []).append(took)
                tell(f"{name}, {patients:,} patients: {took.processor_ms:.2f} ms and {took.rows_each:.1f} rows each")
    return found


def _at(server: Postgres, patients: int) -> Iterator[tuple[str, Cost]]:
    with _filled(server, patients, lambda _now: planning.enrol(patients)) as url:
        yield "plan", cost(url, patients, lambda _now: _planned(patients), planning.MONDAY)
    now = clock()
    with _filled(server, patients, lambda at: people.fill(patients, at), now) as url:
        execute(url, "TRUNCATE plan_change")  # as if the planner had been round; that is measured above
        yield "send", cost(url, patients, send, now)
        report_delivered(now)
        yield "receipts", cost(url, patients, receipts.take_up, now)
        yield "export", cost(url, patients, give_out, now)
        decide_to_erase(now)
        yield "erasure", cost(url, patients, erasure.carry_out, now)


@contextmanager
def _filled(
    server: Postgres, patients: int, fill: Callable[[datetime], None], now: datetime = planning.MONDAY
) -> Iterator[str]:
    name = f"growth_{uuid4().hex}"
    server.create(name)
    url = server.url(name)
    with create_app(Config(database_url=url)).app_context():
        upgrade()
        fill(now)
        yield url
        db.engine.dispose()
    server.drop(name)


def cost(url: str, patients: int, job: Job, now: datetime) -> Cost:
    """Do a job and say what it took. The app's context is open."""
    db.engine.dispose()
    read = rows_read(url)
    with reading() as session:
        session.scalar(select(1))
    database, ours, start = planning.database_cpu(), process_time(), perf_counter()
    done = job(now)
    seconds, ours, database = perf_counter() - start, process_time() - ours, planning.database_cpu() - database
    db.engine.dispose()
    if not done:
        raise AssertionError(f"{job} did nothing.")
    return Cost(patients, done, seconds, ours, database, rows_read(url) - read)


def _planned(patients: int) -> int:
    return patients if planner.plan(planning.MONDAY) else 0


def send(now: datetime) -> int:
    """Claim every text that is due, and write down that the provider took it."""
    sent, gateway = 0, SimulatorGateway()
    while claimed := claims.claim(gateway, "growth", now, TEXTS_AT_ONCE):
        taken = [(claim, Report(claim.text.message_id.hex, MessageStatus.SENT)) for claim in claimed]
        outcomes.record(taken, now)
        sent += len(claimed)
    return sent


def report_delivered(now: datetime) -> None:
    """The provider says of every text that it arrived; nobody has acted on it yet."""
    said = {"status": MessageStatus.DELIVERED, "code": None, "received_at": now, "due_at": now}
    with transaction() as session:
        sent = session.execute(select(Message.id, Message.gateway, Message.provider_id)).all()
        for first in range(0, len(sent), people.BATCH):
            rows = sent[first : first + people.BATCH]
            told = [{"gateway": row.gateway, "message_id": row.id, "provider_id": row.provider_id} for row in rows]
            insert_all(session, Receipt, [row | said for row in told])


def give_out(now: datetime) -> int:
    """Some patients take a copy of their whole record."""
    with reading() as session:
        some = session.execute(select(Patient.pain_service_id, Patient.id).limit(RECORDS)).all()
    for service_id, patient_id in some:
        export.of_patient(patient(service_id, patient_id), patient_id, now)
    return len(some)


def decide_to_erase(now: datetime) -> None:
    """The same number of records is to be erased, at once."""
    with transaction() as session:
        deciders = dict(session.execute(select(Staff.pain_service_id, Staff.id)).all())
        some = session.execute(select(Patient.pain_service_id, Patient.id).limit(RECORDS)).all()
        for service_id, patient_id in some:
            session.add(
                Erasure(
                    id=uuid4(),
                    pain_service_id=service_id,
                    patient_id=patient_id,
                    status=ErasureStatus.APPROVED,
                    ground=ErasureGround.WRONGLY_ENROLLED,
                    asked_by=ActorKind.PATIENT,
                    asked_at=now,
                    decided_at=now,
                    decided_by=deciders[service_id],
                    from_at=now,
                )
            )


def apart(costs: Sequence[Cost]) -> float:
    """How far the dearest size lies above the cheapest, for one patient, in processor time."""
    each = [cost.processor_ms for cost in costs]
    return max(each) / min(each)


def as_json(found: Costs) -> dict[str, Any]:
    """By job: what each size cost, and how far they lie apart."""
    return {name: {"costs": [asdict(cost) for cost in costs], "apart": apart(costs)} for name, costs in found.items()}


def as_text(told: Mapping[str, Any]) -> Iterator[str]:
    """One table: for each job and size what one patient costs."""
    yield "Growth: processor time (ms) and rows read for one patient, statistics stale"
    for name, job in told.items():
        for row in job["costs"]:
            size = Cost(**row)
            each = f"{size.processor_ms:>10.2f} ms{size.rows_each:>12.1f} rows"
            yield f"  {name:<10}{size.patients:>9,} patients{each}{size.seconds:>10.1f} s in all"
        goal = "" if job["apart"] <= MOST_APART else f"   (goal {MOST_APART:g})"
        yield f"  {name:<10}{'apart':>18}{job['apart']:>10.2f}{goal}"


@click.command()
@click.option("--quick", is_flag=True, help="A tenth of the patients.")
@click.option("--sizes", help="How many patients, in place of the usual numbers: 1000,3000")
def main(*, quick: bool, sizes: str | None) -> None:
    """Measure what each job costs for one patient, in a small and in a large pain service."""
    wanted = tuple(map(int, sizes.split(","))) if sizes else QUICK if quick else SIZES
    for line in as_text(as_json(measure(wanted, click.echo))):
        click.echo(line)


if __name__ == "__main__":
    main()
