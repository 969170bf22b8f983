"""What can somebody who works here take for themselves, and who hears of it?"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from companion.db import reading
from companion.domain.access import Actor, Role
from companion.domain.alarm import AlarmKind
from companion.domain.refusal import ForbiddenError
from companion.models import Alarm, StaffRole
from companion.use_cases import audit, export, patient, staff
from tests.support.cast import enrolment
from tests.support.world import World


def open_alarms() -> list[AlarmKind]:
    with reading() as session:
        return list(session.scalars(select(Alarm.kind).where(Alarm.cleared_at.is_(None))))


def records(world: World, count: int) -> list[object]:
    """Ids of patients: Amina, Dee and as many more."""
    made = [
        patient.enrol(
            world.people.ben,
            enrolment(given_name="Pat", nhs_number=nhs_number, mobile=f"+4477009003{place:02}"),
            world.now,
        ).id
        for place, nhs_number in enumerate(NHS_NUMBERS[:count])
    ]
    return [world.people.amina.id, world.people.dee.id, *made]


NHS_NUMBERS = ("9990000034", "9990000042", "9990000050", "9990000069", "9990000077")


def test_an_administrator_gives_herself_no_role(world: World) -> None:
    ada = world.people.ada
    for roles in ([Role.ADMINISTRATOR, Role.CLINICIAN], [Role.CLINICIAN], [Role.ADMINISTRATOR]):
        with pytest.raises(ForbiddenError, match="your own roles"):
            staff.change_roles(ada, ada.id or world.people.service_id, roles, world.now)
    with reading() as session:
        assert list(session.scalars(select(StaffRole.role).where(StaffRole.staff_id == ada.id))) == [Role.ADMINISTRATOR]


@pytest.mark.parametrize("whole", ["copy", "bundle"])
def test_whoever_takes_more_than_a_handful_of_records_in_an_hour_raises_an_alarm(world: World, whole: str) -> None:
    def take(actor: Actor, patient_id: object) -> None:
        if whole == "copy":
            export.of_patient(actor, patient_id, world.now)  # type: ignore[arg-type]
        else:
            export.part_of(actor, patient_id, None, world.now)  # type: ignore[arg-type]

    everybody, ben = records(world, 5), world.people.ben
    for patient_id in everybody[:5]:
        for _ in range(3):  # the same record again is no other
            take(ben, patient_id)
    assert open_alarms() == []
    world.now += timedelta(minutes=61)
    for patient_id in everybody[:6]:
        assert open_alarms() == []
        take(ben, patient_id)
    assert open_alarms() == [AlarmKind.RECORDS_TAKEN]
    for patient_id in everybody:  # and nobody is kept from what a person asked for
        take(replace(ben, origin="api"), patient_id)
    audit.watch(world.now + timedelta(hours=23))
    assert open_alarms() == [AlarmKind.RECORDS_TAKEN]
    audit.watch(world.now + timedelta(hours=25))
    assert open_alarms() == []


def test_a_copy_tells_the_person_nothing_of_machines_or_of_where_staff_sat(world: World) -> None:
    people = world.people
    people.agree_plan()
    world.pass_time(timedelta(days=2), timedelta(hours=1))
    patient.read(replace(people.ben, origin="api 192.0.2.5"), people.amina.id, world.now)
    found = export.of_patient(people.ben, people.amina.id, world.now).plain()
    assert found["attempt"]
    assert all("worker" not in row for row in found["attempt"])
    assert [row for row in found["audit_entry"] if "192.0.2.5" in str(row)] == []
