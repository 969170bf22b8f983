"""Does the virtual year find what goes wrong, and does the product live through a short one unharmed?"""

import copy
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from benchmarks.year import quota, report, weather, world
from benchmarks.year.__main__ import QUICK
from benchmarks.year.exchange import FAULTS, OUTAGE
from benchmarks.year.people import Change, Person
from benchmarks.year.provider import Arrival
from benchmarks.year.recount import MARK, MUST_BE_ZERO, Recount
from benchmarks.year.weather import IN_FLIGHT, WORKERS_DOWN, Length
from benchmarks.year.world import World
from companion.db import db
from companion.domain.preference import Ceilings
from tests.support import postgres
from tests.support.tiers import deep

# From a Thursday over the night on which London's clocks go back; the worst of it squeezed into five days.
SHORT = Length(
    date(2026, 10, 22),
    days=5,
    patients=24,
    kills=12,
    outages=((timedelta(hours=9), (OUTAGE,)), (timedelta(hours=4), (WORKERS_DOWN,))),
)
SEED = 11


def _nothing(_: object) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def lived() -> Iterator[World]:
    """A world that has been lived through, with everything that is left of it."""
    if reason := postgres.why_not():
        pytest.skip(f"NOT TESTED ON POSTGRESQL: {reason}")
    with tempfile.TemporaryDirectory() as folder, world.made(SHORT, SEED, "postgresql", Path(folder)) as made:
        made.live(SHORT.ends, _nothing)
        made.settle(SHORT.ends + timedelta(days=2), _nothing)
        yield made


@deep
@pytest.mark.timeout(300)
def test_nothing_is_doubled_lost_or_out_of_place(lived: World) -> None:
    figures = recounted(lived)
    assert report.clean(figures), {name: figures["culprits"].get(name) for name in MUST_BE_ZERO}
    # Or it would have proved nothing.
    assert figures["delivered"] > SHORT.patients
    assert lived.faults["kill -9"] >= SHORT.kills / 2
    assert lived.faults["database restart"] >= 1
    assert lived.faults[OUTAGE] >= 1
    assert lived.acts.done["stop"] >= 2
    ended = sum(figures[name] for name in ("delivered", "failed", "lapsed", "unknown_left", "still_ahead"))
    assert figures["planned"] <= ended + sum(figures["skipped"].values()) + figures["recalled"]


def _sooner(text: Arrival, _: Person) -> None:
    text.at = text.at.replace(hour=3) - timedelta(days=1)


def _stops(text: Arrival, person: Person) -> None:
    person.consent_log = [Change(person.consent_log[0].at, 0.0, False)]


def _revises(text: Arrival, person: Person) -> None:
    person.revision_log = [Change(person.revision_log[0].at, 0.0, (99, True))]


def _wants_none(text: Arrival, person: Person) -> None:
    person.preference_log = [Change(person.preference_log[0].at, 0.0, (person.hours, Ceilings(0, 0)))]


@deep
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("figure", "doctor"),
    [
        ("out_of_hours", _sooner),
        ("after_stop", _stops),
        ("stale_revision", _revises),
        ("over_ceiling", _wants_none),
    ],
)
def test_the_recount_sees_what_is_out_of_place(
    lived: World, figure: str, doctor: Callable[[Arrival, Person], None]
) -> None:
    def doctored(text: Arrival, person: Person, _: list[Arrival]) -> None:
        doctor(text, person)

    assert recounted(lived, doctored)[figure] >= 1


@deep
@pytest.mark.timeout(300)
def test_the_recount_sees_what_is_doubled_or_lost(lived: World) -> None:
    def doubled(text: Arrival, _: Person, tries: list[Arrival]) -> None:
        tries.append(replace(text, sid="SM" + "f" * 32))

    def doubled_under_another_name(text: Arrival, _: Person, tries: list[Arrival]) -> None:
        tries.append(replace(text, sid="SM" + "f" * 32, message_id="0" * 32))

    def never_arrived(text: Arrival, _: Person, tries: list[Arrival]) -> None:
        tries.remove(text)

    assert recounted(lived, doubled)["sent_twice"] == 1
    assert recounted(lived, doubled_under_another_name)["sent_twice"] == 1
    assert recounted(lived, doubled_under_another_name)["lost"] == 1
    assert recounted(lived, never_arrived)["lost"] == 1


# What is wrong with the rows, the row that is made so, and how.
HARMS = [
    ("nudge without an end", "nudge", "status = 'sent'", {"status": "claimed"}),
    ("text without an end", "message", "kind = 'nudge' AND status = 'delivered'", {"status": "sending"}),
    ("taken, and misfiled", "message", "status = 'delivered'", {"status": "permanent-failure"}),
    (
        "taken, but not in the ledger",
        "message",
        "status = 'delivered' AND kind = 'reply'",
        {"kind": "inbound", "status": "received"},
    ),
    ("text from a phone", "message", "kind = 'inbound'", {"provider_id": "SM" + "e" * 32}),
]


@deep
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("how", "table", "which", "harm"), HARMS)
def test_the_recount_sees_what_is_lost_in_the_rows(
    lived: World, how: str, table: str, which: str, harm: dict[str, str]
) -> None:
    assert recounted(lived)["lost"] == 0
    with harmed(lived, table, which, harm):
        assert recounted(lived)["lost_how"][how] == 1


OLDEST = {"nudge": "slot_on", "message": "created_at"}


@contextmanager
def harmed(lived: World, table: str, which: str, harm: dict[str, str]) -> Iterator[None]:
    """The oldest such row is changed, past the schema's own guards, and afterwards as it was: what began within the
    last day may still come to its end, and is not lost."""
    unguarded = text("SET LOCAL session_replication_role = replica")
    changes = ", ".join(f"{column} = :{column}" for column in harm)
    change = text(f"UPDATE {table} SET {changes} WHERE id = :id")  # noqa: S608 (our own words)
    found = text(f"SELECT id, {', '.join(harm)} FROM {table} WHERE {which} ORDER BY {OLDEST[table]}, id LIMIT 1")  # noqa: S608
    with db.engine.begin() as connection:
        before = dict(connection.execute(found).one()._mapping)
        connection.execute(unguarded)
        connection.execute(change, harm | {"id": before["id"]})
    try:
        yield
    finally:
        with db.engine.begin() as connection:
            connection.execute(unguarded)
            connection.execute(change, before)


def test_a_seed_makes_one_schedule() -> None:
    assert weather.drawn(SHORT, SEED) == weather.drawn(SHORT, SEED)
    assert weather.drawn(SHORT, SEED) != weather.drawn(SHORT, SEED + 1)


def test_every_fault_is_in_every_schedule() -> None:
    drawn = weather.drawn(SHORT, SEED)
    assert {spell.kind for spell in drawn.spells} == {*FAULTS, OUTAGE, WORKERS_DOWN}
    kinds = {happening.kind for happening in drawn.happenings}
    wanted = {"kill", "leap forward", "leap back", "restart", *weather.HABITS}
    assert kinds == wanted | {f"{kind} in flight" for kind in IN_FLIGHT}
    assert drawn.nights == [date(2026, 10, 25)]


@pytest.mark.parametrize("seed", range(20))
def test_in_every_schedule_of_ours_everything_comes_often_enough(seed: int) -> None:
    assert quota.lacking(weather.drawn(QUICK, seed)) == {}


@pytest.mark.parametrize("kind", [*quota.ON_A_DAY, *weather.SPELLS])
def test_a_schedule_in_which_a_kind_is_missing_is_refused(kind: str) -> None:
    drawn = weather.drawn(QUICK, SEED)
    rest = replace(
        drawn,
        happenings=[happening for happening in drawn.happenings if happening.kind != kind],
        spells=[spell for spell in drawn.spells if spell.kind != kind],
    )
    assert set(quota.lacking(rest)) == {kind}


def test_a_run_that_struck_too_seldom_proves_too_little() -> None:
    wanted = quota.least("postgresql")
    assert set(wanted) == set(weather.EVERY_FAULT)
    assert list(quota.complaints(wanted, wanted, quota.TEXTS)) == []
    assert list(quota.complaints(wanted, wanted, 999)) == ["only 999 texts went, and 1,000 are the least"]
    for kind, times in wanted.items():
        [complaint] = quota.complaints(wanted, wanted | {kind: times - 1}, quota.TEXTS)
        assert complaint == f"{kind} struck {times - 1} times, and {times} are the least"
    assert set(wanted) - set(quota.least("sqlite")) == {"database restart"}


def test_what_is_owed_strikes_on_a_stormy_day() -> None:
    dawn = SHORT.began + timedelta(hours=8)
    spells, happenings = weather.storm(dawn, quota.least("postgresql"), random.Random(SEED))
    assert {spell.kind for spell in spells} == {*weather.SPELLS, OUTAGE, WORKERS_DOWN}
    planned = Counter(happening.kind for happening in happenings)
    assert planned == dict.fromkeys([*quota.ON_A_DAY, "answer"], quota.STRIKES)


def recounted(lived: World, doctor: Callable[[Arrival, Person, list[Arrival]], None] | None = None) -> dict[str, Any]:
    """The recount of what was lived through, or of a copy of the records that somebody has doctored."""
    provider, acts = copy.copy(lived.provider), lived.acts
    provider.tries = [copy.copy(text) for text in provider.tries]
    people = [copy.copy(person) for person in acts.people]
    if doctor is not None:
        text = next(text for text in provider.tries if MARK.search(text.body) and text.status == "delivered")
        person = next(person for person in people if person.number == text.to)
        doctor(text, person, provider.tries)
    return Recount(provider, lived.clock, people, lived.database.url).take(acts.sent_in)
