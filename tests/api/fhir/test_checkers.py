"""Do the checkers see what is wrong, each what it is there for? And does each accept a whole record of ours?"""

import json
from copy import deepcopy
from typing import Any

import pytest

from api.fhir import bundle
from companion.use_cases import export
from tests.api.caller import Caller
from tests.api.fhir.checkers import Resource, Second, by_models, hollow
from tests.api.fhir.conftest import Check
from tests.companion.use_cases.test_export import lived_in
from tests.support.world import World

PERSON = {"reference": "Patient/1", "type": "Patient"}
SOUND: Resource = {
    "resourceType": "CarePlan",
    "id": "1",
    "status": "active",
    "intent": "plan",
    "category": [{"text": "Personalised care and support plan"}],
    "subject": PERSON,
    "goal": [{"reference": "Goal/1"}],
    "activity": [{"id": "walk", "detail": {"kind": "Task", "status": "scheduled", "description": "Walk"}}],
    "note": [{"text": "Please do: ask"}],
}
# What is planted, who finds it, and where.
FOR_MODELS: list[tuple[str, dict[str, Any]]] = [
    ("no intent", {"intent": None}),
    ("no subject", {"subject": None}),
    ("an empty list", {"note": [{}]}),
    ("no date", {"created": "yesterday"}),
    ("a list where there is one", {"subject": [PERSON]}),
]
FOR_NODE: list[tuple[str, dict[str, Any]]] = [
    ("no such status", {"status": "on_hold"}),
    ("no such status of an activity", {"activity": [{"detail": {"status": "done"}}]}),
    ("no such property", {"goals": []}),
    ("no such kind", {"activity": [{"detail": {"status": "scheduled", "kind": "Walk"}}]}),
]


def broken(change: dict[str, Any]) -> Resource:
    """A sound plan, but for this."""
    made = {**deepcopy(SOUND), **change}
    return {name: value for name, value in made.items() if value is not None}


def test_what_is_sound_is_accepted(check: Check) -> None:
    assert check(SOUND) == []


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_what_is_hollow_is_seen(nothing: object) -> None:
    assert hollow(SOUND) == []
    assert hollow({**SOUND, "note": [{"text": nothing}]}) == ["/note/0/text: there is nothing in it"]


@pytest.mark.parametrize(("words", "change"), FOR_MODELS)
def test_the_models_see_what_is_wrong(words: str, change: dict[str, Any]) -> None:
    assert by_models(broken(change)), words


@pytest.mark.parametrize(("words", "change"), FOR_NODE)
def test_the_second_sees_what_is_wrong(node: Second, words: str, change: dict[str, Any]) -> None:
    assert node.faults(broken(change)), words


def test_both_accept_a_whole_record(world: World, ben: Caller, check: Check) -> None:
    lived_in(world)
    person = world.people.amina.id
    taken_home = bundle.bundle(export.of_patient(world.people.ben, person, world.now))
    everything = json.loads(ben.get(f"/fhir/Patient/{person}/$everything").text)
    for whole in (taken_home, everything):
        assert check(whole) == hollow(whole) == []
        assert [check(entry["resource"]) for entry in whole["entry"]] == [[] for _ in whole["entry"]]


@pytest.mark.parametrize("path", ["metadata", "nowhere", "CarePlan", "CarePlan?patient=x&_count=x"])
def test_both_accept_what_is_about_nobody(ben: Caller, check: Check, path: str) -> None:
    assert check(json.loads(ben.get(f"/fhir/{path}").text)) == []
