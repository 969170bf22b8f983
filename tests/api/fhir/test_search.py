"""Does a search find what was asked for, all of it and page by page, and say what it does not understand?"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from api.fhir import search
from companion.domain.care_plan import CarePlanStatus
from companion.use_cases import care_plan, message
from tests.api.caller import Caller
from tests.api.fhir.test_view import NOBODY_S, ask, outcome
from tests.support import cast
from tests.support.world import World

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def ids(bundle: Any) -> list[str]:
    """Of what stands in it, in its order."""
    return [entry["resource"]["id"] for entry in bundle.get("entry", [])]


def found(who: Caller, path: str) -> list[str]:
    """The ids on the first page."""
    return ids(ask(who, path))


def linked(bundle: Any, relation: str) -> str | None:
    """The address behind a link, as it stands under /fhir."""
    urls = [link["url"] for link in bundle["link"] if link["relation"] == relation]
    return urls[0].removeprefix("http://127.0.0.1:8000/fhir/") if urls else None


def test_page_after_page_gives_everything_once(world: World, ben: Caller) -> None:
    people = world.people
    for number in range(7):
        message.write(people.ben, people.amina.id, f"Text {number}", world.now + number // 3 * HOUR)
    of_hers = f"Communication?patient=Patient/{people.amina.id}&_format=json"
    whole = ask(ben, of_hers)
    assert (whole["total"], linked(whole, "next")) == (7, None)
    page = ask(ben, f"{of_hers}&_count=3")
    assert ask(ben, linked(page, "self") or "") == page
    seen, totals = ids(page), [page["total"]]
    # What comes meanwhile comes at the end, and what was on a page before does not come again.
    message.write(people.ben, people.amina.id, "One more", world.now + DAY)
    while address := linked(page, "next"):
        page = ask(ben, address)
        assert ask(ben, linked(page, "self") or "") == page
        seen += ids(page)
        totals.append(page["total"])
    assert totals == [7, 8, 8]
    assert seen[:7] == ids(whole)
    assert len(set(seen)) == len(seen) == 8


def test_nothing_found_is_an_empty_bundle(world: World, ben: Caller) -> None:
    bundle = ask(ben, f"CarePlan?patient={world.people.dee.id}")
    assert (bundle["total"], "entry" in bundle, linked(bundle, "next")) == (0, False, None)


def test_what_changed_since_is_found(world: World, ben: Caller) -> None:
    people = world.people
    plan = people.agree_plan().plan
    of_hers = f"CarePlan?patient={people.amina.id}&_lastUpdated="
    at = ask(ben, f"CarePlan/{plan.id}")["meta"]["lastUpdated"]
    assert datetime.fromisoformat(at) == NINE
    assert found(ben, f"{of_hers}{quote(at)}") == [str(plan.id)]
    assert found(ben, f"{of_hers}gt{quote(at)}") == []
    care_plan.revise(people.ben, plan.id, 2, cast.plan_content(please_do="Knock"), "Asked", NINE + HOUR)
    assert found(ben, f"{of_hers}gt{quote(at)}") == [str(plan.id)]
    care_plan.move(people.ben, plan.id, 3, CarePlanStatus.ON_HOLD, NINE + DAY)
    assert found(ben, f"{of_hers}gt2026-11-23") == [str(plan.id)]
    assert found(ben, f"{of_hers}ge2026-11-24&_lastUpdated=lt2026-11-25") == [str(plan.id)]
    assert found(ben, f"{of_hers}le2026-11-23") == []


SPANS = [
    ("2026-11-23", {-1: False, 0: True, 86_399: True, 86_400: False}),
    ("eq2026-11-23", {-1: False, 0: True, 86_399: True, 86_400: False}),
    ("gt2026-11-23", {86_399: False, 86_400: True}),
    ("ge2026-11-23", {-1: False, 0: True}),
    ("lt2026-11-23", {-1: True, 0: False}),
    ("le2026-11-23", {86_399: True, 86_400: False}),
    ("gt2026-11-23T00:00:00Z", {0: False, 0.5: False, 1: True}),
    ("2026-11-23T00:00:00.500000+00:00", {0: False, 0.5: True, 0.6: False}),
    ("2026-11-23T01:00:00+01:00", {0: True, 1: False}),
]


@pytest.mark.parametrize(("value", "expected"), SPANS)
def test_a_span_holds_what_fhir_says_it_holds(value: str, expected: dict[float, bool]) -> None:
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    asked = search.understood(MultiDict({"patient": NOBODY_S, "_lastUpdated": value}), "patient", None, lenient=False)
    assert {after: asked.spans[0].holds(midnight + after * SECOND) for after in expected} == expected


WRONG = [
    ("_lastUpdated=yesterday", "_lastUpdated"),
    ("_lastUpdated=2026-11", "_lastUpdated"),
    ("_lastUpdated=2026-02-30", "_lastUpdated"),
    ("_lastUpdated=ne2026-11-23", "_lastUpdated"),
    ("_lastUpdated=2026-11-23T09:00", "_lastUpdated"),
    ("_lastUpdated=2026-11-23T09:00:00", "_lastUpdated"),
    # A plus that was not written as %2B has become a space.
    ("_lastUpdated=2026-11-23T09:00:00+00:00", "_lastUpdated"),
    ("_lastUpdated=9999-12-31", "_lastUpdated"),
    ("_lastUpdated=gt0001-01-01", "_lastUpdated"),
    ("_lastUpdated=", "_lastUpdated"),
    ("_lastUpdated=%D9%A2%D9%A0%D9%A2%D9%A6-11-23", "_lastUpdated"),
    ("_count=0", "_count"),
    ("_count=101", "_count"),
    ("_count=-1", "_count"),
    ("_count=x", "_count"),
    ("_count=5&_count=6", "_count"),
    ("_cursor=abc", "_cursor"),
    ("_cursor=%00", "_cursor"),
    ("_cursor=MjAyNi0xMS0yMyBh", "_cursor"),
    ("_format=xml", "_format"),
    ("status=active", "status"),
    ("_sort=-_lastUpdated", "_sort"),
    ("patient=Amina", "patient"),
    ("patient:Patient=x", "patient:Patient"),
]


@pytest.mark.parametrize(("query", "named"), WRONG)
def test_what_is_not_understood_is_refused_and_named(world: World, ben: Caller, query: str, named: str) -> None:
    patient = "" if query.startswith("patient=") else f"patient={world.people.amina.id}&"
    status, code, words = outcome(ben.get(f"/fhir/CarePlan?{patient}{query}"))
    assert (status, code) == (400, "invalid")
    assert words.startswith(f"{named}: "), words
    assert "Amina" not in words


def test_what_is_not_known_is_left_aside_where_that_is_asked_for(world: World, ben: Caller) -> None:
    world.people.agree_plan()
    address = f"CarePlan?patient={world.people.amina.id}&status=draft&_summary=true"
    answer = ask(ben, address, headers={"Prefer": "handling=lenient"})
    assert answer["total"] == 1
    assert "status" not in urlsplit(linked(answer, "self") or "").query
    known_and_wrong = ben.get(f"/fhir/{address}&_count=x", headers={"Prefer": "handling=lenient"})
    assert outcome(known_and_wrong)[::2] == (400, "_count: a whole number from 1 to 100")


def test_every_fault_is_named_at_once(world: World, ben: Caller) -> None:
    answer = ben.get(f"/fhir/CarePlan?patient={world.people.amina.id}&_count=x&_lastUpdated=x&status=x")
    assert len(json.loads(answer.text)["issue"]) == 3


names = st.sampled_from(["patient", "_id", "_lastUpdated", "_count", "_cursor", "_format", "x"])


@given(st.lists(st.tuples(names, st.text(max_size=40) | st.sampled_from(["gt2026-11-23", "5", NOBODY_S]))))
def test_whatever_is_asked_is_understood_or_refused(pairs: list[tuple[str, str]]) -> None:
    asked = MultiDict(pairs)
    try:
        got = search.understood(asked, "patient", None, lenient=False)
    except BadRequest:
        return
    assert str(got.patient_id) == NOBODY_S
    assert 1 <= got.count <= search.MOST
