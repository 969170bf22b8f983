"""Which imports must be found? Each stands in a house of a few lines, beside the same house put right."""

from collections.abc import Callable, Iterator

from tests.house import floors
from tests.house.source import House, Trespass, planted

Rule = Callable[[House], Iterator[Trespass]]
# A rule, a trespass of it, the same house put right, and what the complaint must say.
Planted = tuple[Rule, House, House, str]

IMPORTS: list[Planted] = [
    (
        floors.everybody_has_a_room,
        planted(companion__attic="x = 1"),
        planted(companion__domain__attic="x = 1"),
        "companion/attic.py:1: companion.attic lives on no floor",
    ),
    (
        floors.imports_go_down,
        planted(companion__use_cases__nudge="\nfrom nudges import planner", nudges__planner=""),
        planted(companion__use_cases__nudge="", nudges__planner="from companion.use_cases import nudge"),
        "companion/use_cases/nudge.py:2: imports go down only: nudges.planner",
    ),
    (
        floors.imports_go_down,
        planted(companion__use_cases__a="from companion.use_cases.b import B", companion__use_cases__b="B = 1"),
        planted(companion__use_cases__a="from companion.records.b import B", companion__records__b="B = 1"),
        "companion.use_cases.a may import nobody on its own floor",
    ),
    (
        floors.imports_go_down,
        planted(api__pages__home="from api.v1 import task", api__v1__task=""),
        planted(api__pages__home="from api.pages import task", api__pages__task=""),
        "the others are strangers, not api.v1.task",
    ),
    (
        floors.imports_go_down,
        planted(companion__domain__nudge="import companion.db", companion__db=""),
        planted(companion__domain__nudge="", companion__db="import companion.domain.nudge"),
        "imports go down only: companion.db",
    ),
    (
        floors.no_circles,
        planted(
            companion__records__a="from companion.records import b",
            companion__records__b="from companion.records.c import C",
            companion__records__c="import companion.records.a",
        ),
        planted(
            companion__records__a="from companion.records import b",
            companion__records__b="from companion.records.c import C",
            companion__records__c="",
        ),
        "a circle of imports: companion.records.a, companion.records.b, companion.records.c",
    ),
    (
        floors.packages_come_in_by_their_door,
        planted(nudges__planner="from twilio.rest import Client"),
        planted(nudges__providers__twilio_gateway="from twilio.rest import Client"),
        "twilio comes in by nudges.providers.twilio_gateway, nudges.providers.twilio_http, not by nudges.planner",
    ),
    (
        floors.packages_come_in_by_their_door,
        planted(nudges__planner="import left_pad"),
        planted(nudges__planner="import logging"),
        "left_pad has no door",
    ),
    (
        floors.packages_come_in_by_their_door,
        planted(api__v1__task="from companion.models import Task", companion__models=""),
        planted(api__app="from companion.models import Task", companion__models=""),
        "companion.models comes in by",
    ),
    (
        floors.packages_come_in_by_their_door,
        planted(api__v1__task="from companion import db", companion__db=""),
        planted(api__app="from companion import db", companion__db=""),
        "companion.db comes in by",
    ),
    (
        floors.the_api_does_not_query,
        planted(api__settings__database="from sqlalchemy import select"),
        planted(api__settings__database="from sqlalchemy.engine import make_url"),
        "the api neither commits nor queries: sqlalchemy.select",
    ),
    (
        floors.the_api_does_not_query,
        planted(api__pages__home="import sqlalchemy"),
        planted(companion__use_cases__home="import sqlalchemy"),
        "the api neither commits nor queries: sqlalchemy",
    ),
    (
        floors.pure_files_are_pure,
        planted(nudges__deciding__schedule="import random"),
        planted(nudges__planner="import random"),
        "a pure file imports rules and plain tools, not random",
    ),
    (
        floors.pure_files_are_pure,
        planted(nudges__deciding__policy="from companion.models import Nudge"),
        planted(nudges__deciding__policy="from companion.domain.nudge import Nudge"),
        "not companion.models.Nudge",
    ),
    (
        floors.pure_files_are_pure,
        planted(companion__domain__task="import holidays"),
        planted(companion__domain__bank_holiday="import holidays"),
        "not holidays",
    ),
    (
        floors.pure_files_are_pure,
        planted(companion__domain__task="from nudges.words import segments", nudges__words__segments=""),
        planted(nudges__words__wording="from nudges.words import segments", nudges__words__segments=""),
        "not nudges.words.segments",
    ),
    (
        floors.tests_stay_outside,
        planted(api__app="from tests.support.cast import MONDAY"),
        planted(api__app="from api.demo.cast import MONDAY"),
        "the product imports no tests",
    ),
]
