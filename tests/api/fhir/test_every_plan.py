"""Does every plan that can be saved come out as FHIR that the checkers accept?"""

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from api import house
from api.fhir import bundle
from companion.domain.care_plan import PARTS
from companion.use_cases import export
from tests.api.body import nth_enrolment
from tests.api.caller import Answer, Caller
from tests.api.fhir.checkers import Resource, by_models, hollow, second, second_is_here
from tests.api.fhir.plans import bodies
from tests.companion.use_cases.test_export import references
from tests.support.tiers import deep
from tests.support.world import World

BASE = "http://127.0.0.1:8000/fhir/"
OWN = frozenset(
    {"what_matters", "important_people", "communicate_how", "please_do", "please_dont", "flare_early_signs",
     "flare_first_steps", "flare_avoid", "flare_contact", "flare_urgent_help"}
)  # fmt: skip
# What becomes of a plan after it was drafted.
fates = st.sampled_from([(), ("agree",), ("agree", "revise"), ("agree", "revise", "agree"), ("agree", "on-hold"),
                         ("agree", "completed"), ("revise", "revoked")])  # fmt: skip


SAVED = (200, 201)
Check = Callable[[Resource], list[str]]


def live(ben: Caller, patient_id: object, body: dict[str, Any], then: tuple[str, ...], other: dict[str, Any]) -> Answer:
    """Write a plan, and let it go its way as far as it may. Returns what it became, or that it could not be saved."""
    became = ben.post(f"/v1/patients/{patient_id}/care-plans", body)
    for step in then if became.status in SAVED else ():
        address = f"/v1/care-plans/{became.json['plan']['id']}"
        if step == "agree":
            answer = ben.send("POST", f"{address}/agreement", json={"how": "phone"}, version=became.tag)
        elif step == "revise":
            sent = {"content": other, "reason": "They asked"}
            answer = ben.send("POST", f"{address}/revisions", json=sent, version=became.tag)
        else:
            answer = ben.patch(address, {"status": step}, became.tag)
        # What was not saved leaves nothing new to agree to.
        assert answer.status in (*SAVED, 409, 422), answer.text
        became = answer if answer.status in SAVED else became
    return became


@pytest.fixture
def checks() -> Iterator[list[Check]]:
    """Every checker that is here; test_checkers.py says which is not."""
    if not second_is_here():
        yield [by_models, hollow]
        return
    with second() as other:
        yield [by_models, hollow, other.faults]


def assert_sound(
    world: World,
    ben: Caller,
    checks: list[Check],
    number: int,
    body: dict[str, Any],
    then: tuple[str, ...],
    other: dict[str, Any],
) -> None:
    """Somebody's plan is written and goes its way, and comes out as FHIR: each checker looks at all of it."""
    person = ben.post("/v1/patients", nth_enrolment(number)).json["id"]
    became = live(ben, person, body, then, other)
    event(f"{became.status}")
    assume(became.status in SAVED)
    shown = json.loads(ben.get(f"/fhir/Patient/{person}/$everything").text)
    taken_home = bundle.bundle(export.of_patient(world.people.ben, UUID(person), house.now()))
    for whole in (shown, taken_home):
        resources = [entry["resource"] for entry in whole["entry"]]
        assert [fault for check in checks for each in (whole, *resources) for fault in check(each)] == []
        assert {entry["fullUrl"].removeprefix(BASE) for entry in whole["entry"]} >= set(references(whole))
        # And it says what the plan says.
        revision = became.json["revision"]
        (plan,) = [each for each in resources if each["resourceType"] == "CarePlan"]
        assert [each["id"] for each in plan.get("activity", [])] == [each["line"] for each in revision["activities"]]
        said = json.dumps(whole, ensure_ascii=False)
        for words in spoken(revision):
            assert json.dumps(words, ensure_ascii=False)[1:-1] in said


@given(body=bodies(), then=fates, other=bodies())
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_plan_that_can_be_saved_is_sound_fhir(
    world: World,
    ben: Caller,
    checks: list[Check],
    numbers: Iterator[int],
    body: dict[str, Any],
    then: tuple[str, ...],
    other: dict[str, Any],
) -> None:
    assert_sound(world, ben, checks, next(numbers), body, then, other)


@deep
@pytest.mark.timeout(240)
@given(body=bodies(), then=fates, other=bodies())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_plan_that_can_be_saved_is_sound_fhir(
    world: World,
    ben: Caller,
    checks: list[Check],
    numbers: Iterator[int],
    body: dict[str, Any],
    then: tuple[str, ...],
    other: dict[str, Any],
) -> None:
    assert_sound(world, ben, checks, next(numbers), body, then, other)


@pytest.fixture
def numbers() -> Iterator[int]:
    """Of people whom nobody knows yet, for as many tries as it takes."""
    return count(200)


def spoken(revision: dict[str, Any]) -> list[str]:
    """Every word of the person's own that a revision holds, but for what a text says in its place."""
    own = [value for name, value in revision.items() if name in OWN and value]
    lines = [line for part in PARTS for line in revision[part]]
    return own + [line[name] for line in lines for name in ("words", "condition", "why", "phone") if line.get(name)]
