"""How long does it take to plan a fortnight for very many people, to look again, and to plan one day more?

    python -m benchmarks.planning 100000           on PostgreSQL; what is committed is on the disk
    python -m benchmarks.planning 100000 sqlite

The people are made up, and reachable nowhere: nothing is sent. Filling the database is not counted.
"""

import multiprocessing
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from flask_migrate import upgrade
from sqlalchemy import Date, func, insert, select, text

from api.app import create_app
from api.settings.config import Config
from companion.bulk import insert_all
from companion.db import db, reading, transaction
from companion.domain.behaviour import Behaviour
from companion.domain.care_plan import ActivityStatus, CarePlanStatus
from companion.domain.consent import ConsentStatus
from companion.domain.working_hours import WEEK
from companion.models import (
    Activity,
    AlreadyHelps,
    CarePlan,
    CarePlanRevision,
    Goal,
    Nudge,
    PainService,
    Patient,
    Preference,
)
from nudges import planner, worker
from tests.support import postgres
from tests.support.postgres import Postgres

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SERVICES = 20
CHUNK = 2000
# The day after, a fortnight still stands planned, as one day is kept in hand for who lives west of here.
DAY_LATER = timedelta(days=2)
DAILY, WEEKLY = 1, 3
ZONES = ("Europe/London",) * 6 + ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney")
REGIONS = ("ENG", "ENG", "WLS", "SCT", "NIR")
WORKING_DAYS = frozenset(WEEK[:5])
DAYS = (WORKING_DAYS, WORKING_DAYS, frozenset(WEEK), frozenset(WEEK[0:5:2]), frozenset(WEEK[1:6]))
LINE_DAYS = (*DAYS, frozenset(WEEK[1:4:2]), frozenset(WEEK[5:]))
# Of proc(5)'s stat, from field 3 on: whose child it is, and the time it and its ended children have worked.
PARENT, WORKED = 1, slice(11, 15)
SAFELY = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}

Values = dict[str, Any]


def measure(patients: int, dialect: str = "postgresql") -> dict[str, float]:
    """Seconds of the first plan, of the next look where nothing is new, and of the plan when days have gone by.

    Besides, the nudges of the first plan, the CPU seconds it took, and by how many megabytes the planning process grew
    at most (on Linux).
    """
    with _database(dialect) as url:
        app = create_app(Config(database_url=url))
        with app.app_context():
            upgrade()
            fill(patients)
            db.engine.dispose()
        spawn = multiprocessing.get_context("spawn")  # a process that has not grown by filling
        with ProcessPoolExecutor(1, mp_context=spawn) as planning:
            return planning.submit(_plan, url).result()


def _plan(url: str) -> dict[str, float]:
    with create_app(Config(database_url=url)).app_context():
        with reading() as session:
            session.scalar(select(1))
        worker.calm_collector()  # as every worker does
        at_first = _peak_mb()
        cpu, of_database = process_time(), database_cpu()
        seconds, nudges = _timed(MONDAY)
        cpu, of_database = process_time() - cpu, database_cpu() - of_database
        again, nothing = _timed(MONDAY + timedelta(minutes=1))
        day, more = _timed(MONDAY + DAY_LATER)
        found = {"seconds": seconds, "again_seconds": again, "day_seconds": day, "nudges": nudges, "day_nudges": more}
        found["cpu_seconds"] = cpu  # of ours alone, in the first plan; on SQLite the database's is in it
        found["database_cpu_seconds"] = of_database
        found["memory_mb"] = _peak_mb() - at_first
        if nothing or not (nudges and more):
            raise AssertionError(f"Planned {nudges} nudges, then {nothing} where nothing was new, then {more}.")
        within_ceilings()
        db.engine.dispose()
    return found


def _timed(now: datetime) -> tuple[float, int]:
    start = perf_counter()
    offered = planner.plan(now)
    return perf_counter() - start, offered


def database_cpu() -> float:
    """What all processes of the database have worked, in seconds: on Linux, where it has processes of its own."""
    if db.engine.dialect.name != "postgresql" or not Path("/proc/self/stat").exists():
        return 0.0
    with reading() as session:
        backend = session.scalar(text("SELECT pg_backend_pid()"))
    server = _stat(Path(f"/proc/{backend}/stat"))[PARENT]
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it ended while we looked
            fields = _stat(file)
            if server in (fields[PARENT], file.parent.name):
                ticks += sum(map(int, fields[WORKED]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(file: Path) -> list[str]:
    """What proc(5) counts from field 3 on: what stands before it may hold blanks."""
    return file.read_text().rpartition(") ")[2].split()


def within_ceilings() -> None:
    """Of one person's nudges, the next lies a day later at least, and the third after it a week."""
    before = [
        func.lag(Nudge.slot_on, many, type_=Date()).over(partition_by=Nudge.patient_id, order_by=Nudge.slot_on)
        for many in (DAILY, WEEKLY)
    ]
    with reading() as session:
        days: Sequence[Any] = session.execute(select(Nudge.slot_on, *before).distinct()).all()
    for day, one, week in days:
        if (one and (day - one).days < 1) or (week and (day - week).days < 7):
            raise AssertionError(f"Somebody is over a ceiling on {day}.")


def _peak_mb() -> float:
    """The most memory that this process ever had."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


@contextmanager
def _database(dialect: str) -> Iterator[str]:
    if dialect == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/planning.sqlite3"
        return
    postgres._SETTINGS.update(SAFELY)
    with Postgres() as server:
        server.create("planning")
        yield server.url("planning")


def fill(patients: int) -> None:
    """Enrol so many people, as `enrol` does, and let the database count them."""
    enrol(patients)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for wanted in ("VACUUM ANALYZE", "CHECKPOINT") if db.engine.dialect.name == "postgresql" else ("ANALYZE",):
            connection.execute(text(wanted))


def enrol(patients: int) -> None:
    """Enrol so many people, each with an active plan that they agreed to, and with hours of their own."""
    chance = random.Random(1)
    services = [_service(number) for number in range(SERVICES)]
    with transaction() as session:
        session.execute(insert(PainService), services)
    for first in range(0, patients, CHUNK):
        rows: dict[type, list[Values]] = {}
        for number in range(first, min(first + CHUNK, patients)):
            for table, row in _person(number, services[number % SERVICES]["id"], chance):
                rows.setdefault(table, []).append(row)
        with transaction() as session:
            for table, values in rows.items():
                insert_all(session, table, values)


def _service(number: int) -> Values:
    hours = {"text_start": time(7), "text_end": time(22), "text_days": frozenset(WEEK)}
    desk = {"desk_start": time(9), "desk_end": time(17), "desk_days": WORKING_DAYS}
    named = {"name": f"Pain Service {number}", "short_name": "pain service", "phone": "01632 960123"}
    where = {"time_zone": "Europe/London", "bank_holiday_region": REGIONS[number % len(REGIONS)]}
    most = {"daily_ceiling": 3, "weekly_ceiling": 10, "text_on_bank_holidays": False}
    return {"id": UUID(int=number + 1), **named, **where, **hours, **desk, **most, "created_at": MONDAY}


def _person(number: int, service_id: UUID, chance: random.Random) -> Iterator[tuple[type, Values]]:
    """A patient's rows, in the order in which they hang on each other."""
    patient_id, plan_id = (UUID(int=chance.getrandbits(128), version=4) for _ in range(2))
    mine = {"pain_service_id": service_id, "patient_id": patient_id}
    called = {"given_name": "Amina", "family_name": f"Yusuf {number}", "nhs_number": f"999{number:07}"}
    reached = {"mobile": f"+4470000{number:06}", "time_zone": chance.choice(ZONES)}
    agreed = {"text_consent": ConsentStatus.GIVEN, "enrolled_at": MONDAY}
    yield Patient, {"id": patient_id, "pain_service_id": service_id, **called, **reached, **agreed}
    start, end = time(chance.randint(7, 11), chance.choice((0, 30))), time(chance.randint(15, 21), 0)
    hours = {"local_start": start, "local_end": end, "days_of_week": chance.choice(DAYS)}
    yield Preference, {**mine, **hours, "daily_ceiling": DAILY, "weekly_ceiling": WEEKLY}
    stands = {"status": CarePlanStatus.ACTIVE, "current_revision": 1, "agreed_revision": 1, "next_line": 9}
    yield CarePlan, {"id": plan_id, **mine, **stands, "created_at": MONDAY}
    says = {"what_matters": "Being there for my family", "recorded_at": MONDAY}
    yield CarePlanRevision, {"care_plan_id": plan_id, "number": 1, **mine, **says}
    of_plan = {"care_plan_id": plan_id, "revision_number": 1}
    yield AlreadyHelps, {**of_plan, "line": "helps-1", "position": 0, "words": "a short walk after lunch"}
    yield Goal, {**of_plan, "line": "goal-2", "position": 0, "words": "To garden again"}
    for position in range(chance.choice((2, 3, 3, 4))):
        at = {"time_of_day": chance.choice((None, time(chance.randint(8, 18), 15))), "status": ActivityStatus.SCHEDULED}
        what = {"behaviour": list(Behaviour)[position % 3], "words": "Keep it up", "already_helps_line": "helps-1"}
        named = {"line": f"activity-{position + 3}", "position": position}
        yield Activity, {**of_plan, **named, **what, **at, "days_of_week": chance.choice(LINE_DAYS)}


if __name__ == "__main__":
    many, *kind = sys.argv[1:] or ["10000"]
    for name, value in measure(int(many), *kind).items():
        print(f"{name:>20} {value:12.2f}")  # noqa: T201
