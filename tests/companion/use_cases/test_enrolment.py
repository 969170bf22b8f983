"""Do several people join together or not at all, and is each that cannot be named by their place?"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from companion.domain.patient import PatientStatus
from companion.domain.preference import Ceilings
from companion.domain.refusal import ForbiddenError, InvalidError
from companion.use_cases import patient
from companion.use_cases.patient import TAKEN, Enrolment
from tests.support import cast
from tests.support.world import World

NEW_NHS, NEW_MOBILE = "9990000034", "+447700900103"
OTHER_NHS, OTHER_MOBILE = "9990000050", "+447700900105"


def joins(nhs_number: str = NEW_NHS, mobile: str = NEW_MOBILE, **more: object) -> Enrolment:
    return cast.enrolment(nhs_number=nhs_number, mobile=mobile, **more)


def faults(world: World, *enrolments: Enrolment) -> list[tuple[str, str]]:
    total = patient.listed(world.people.ben, 0, 1, world.now).total
    with pytest.raises(InvalidError) as refused:
        patient.enrol_many(world.people.ben, enrolments, world.now)
    assert patient.listed(world.people.ben, 0, 1, world.now).total == total
    found = [(fault.field, fault.words) for fault in refused.value.faults]
    foretold = patient.enrolment_faults(world.people.ben, enrolments)
    assert [field.rpartition(".")[2] for field, _ in found] == [
        fault.field.rpartition(".")[2] for row in foretold.values() for fault in row
    ]
    return found


def test_everybody_joins_in_the_order_given(world: World) -> None:
    written: list[int] = []
    several = [joins(), joins(OTHER_NHS, OTHER_MOBILE, consent_to_texts=False)]
    made = patient.enrol_many(world.people.ben, several, world.now, written.append)
    assert [one.nhs_number for one in made] == [NEW_NHS, OTHER_NHS]
    assert sum(written) == 2
    assert patient.enrolment_faults(world.people.ben, []) == {}


def test_a_fault_of_one_is_named_without_a_place(world: World) -> None:
    assert faults(world, joins(cast.AMINA_NHS)) == [("nhs_number", TAKEN["nhs_number"])]


def test_faults_of_several_are_named_by_their_place(world: World) -> None:
    too_many = joins(OTHER_NHS, OTHER_MOBILE, ceilings=Ceilings(99, 99))
    assert [field for field, _ in faults(world, joins(), joins(cast.AMINA_NHS, cast.DEE_MOBILE), too_many)] == [
        "1.nhs_number",
        "1.mobile",
        "2.preferences.daily_ceiling",
        "2.preferences.weekly_ceiling",
    ]


def test_those_who_join_together_are_held_against_each_other(world: World) -> None:
    assert faults(world, joins(), joins(NEW_NHS, OTHER_MOBILE), joins(OTHER_NHS, NEW_MOBILE)) == [
        ("1.nhs_number", TAKEN["nhs_number"]),
        ("2.mobile", TAKEN["mobile"]),
    ]


def test_a_mobile_of_somebody_who_has_left_may_come_to_another(world: World) -> None:
    dee, ben = world.people.dee, world.people.ben
    assert faults(world, joins(NEW_NHS, cast.DEE_MOBILE)) == [("mobile", TAKEN["mobile"])]
    patient.amend(ben, dee.id, dee.version, {"status": PatientStatus.FINISHED}, world.now)
    assert patient.enrol(ben, joins(NEW_NHS, cast.DEE_MOBILE), world.now).mobile == cast.DEE_MOBILE


def test_other_pain_services_do_not_stand_in_the_way_and_are_not_told_of(world: World) -> None:
    same = joins(cast.AMINA_NHS, cast.AMINA_MOBILE)
    assert patient.known_nhs_numbers(world.people.eve, [cast.AMINA_NHS]) == frozenset()
    assert patient.enrolment_faults(world.people.eve, [same]) == {}
    assert patient.enrol(world.people.eve, same, world.now).pain_service_id == world.people.other_service_id
    assert patient.known_nhs_numbers(world.people.ben, [cast.AMINA_NHS, NEW_NHS]) == {cast.AMINA_NHS}


def test_who_may_not_enrol_may_not_ask_who_is_enrolled(world: World) -> None:
    for ask in (patient.enrolment_faults, patient.known_nhs_numbers):
        with pytest.raises(ForbiddenError):
            ask(world.people.chandra, [])


def test_two_who_enrol_the_same_person_at_once_enrol_them_once(app: Flask, world: World) -> None:
    def enrol(_turn: int) -> list[str]:
        with app.app_context():
            try:
                patient.enrol(world.people.ben, joins(), world.now)
            except InvalidError as refused:
                return [fault.field for fault in refused.faults]
            return []

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(enrol, range(4)))
    assert sorted(answers, key=len) == [[], *[["nhs_number"]] * 3]
