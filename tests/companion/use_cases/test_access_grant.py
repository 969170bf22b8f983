"""Is somebody let in to one record, for a reason, to read, for a time, and does everybody hear of it?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select

from companion.db import reading, transaction
from companion.domain.access import Actor, Role
from companion.domain.access_grant import AccessKind
from companion.domain.refusal import ConflictError, ForbiddenError, InvalidError, NotFoundError
from companion.domain.task import TaskKind, TaskPriority, TaskStatus
from companion.models import AuditEntry, StaffRole
from companion.use_cases import access_grant, care_plan, engagement, message, nudge, patient, task
from companion.use_cases.access_grant import GrantView
from tests.support import cast
from tests.support.world import World

WHY = "She called, faint, and nobody else is in"
OPINION = "A second opinion on her sleep"
EVE = "eve@example.nhs.uk"
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def broken(world: World, by: Actor | None = None) -> GrantView:
    """Ada opens Amina's record in an emergency."""
    return access_grant.break_glass(by or world.people.ada, world.people.amina.id, None, WHY, world.now)


def invited(world: World, days: int = 14) -> GrantView:
    """Ben asks Eve about Amina."""
    return access_grant.invite_partner(world.people.ben, world.people.amina.id, EVE, OPINION, days, world.now)


def entries(world: World, action: str) -> Sequence[AuditEntry]:
    with reading() as session:
        return session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def test_in_an_emergency_anybody_of_the_pain_service_opens_one_record_and_everybody_hears_of_it(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    people = world.people
    for asker in (people.ada, people.chandra, people.ben):
        made = broken(world, asker)
        under = access_grant.under(asker, made.grant.id, world.now)
        assert patient.read(under, people.amina.id, world.now).given_name == "Amina"
        assert (under.id, under.reason) == (asker.id, WHY)
        entry = entries(world, "access.break-glass")[-1]
        assert (entry.actor_id, entry.patient_id, entry.entity_id) == (asker.id, people.amina.id, str(made.grant.id))
        assert entry.pain_service_id == people.service_id
    tasks = world.tasks(kind=TaskKind.EMERGENCY_ACCESS)
    assert [(each.priority, each.patient_id) for each in tasks] == [(TaskPriority.URGENT, people.amina.id)] * 3
    assert "Ada Lind opened this record in an emergency, to read it until 10:00." in tasks[0].why
    alarms = [record for record in caplog.records if record.levelname == "CRITICAL"]
    assert len(alarms) == 3
    assert not [name for name in ("Amina", "Yusuf", "Ada", "faint") if name in caplog.text], "the log names nobody"


def test_the_patient_is_named_by_nhs_number_where_no_id_is_known(world: World) -> None:
    people = world.people
    made = access_grant.break_glass(people.chandra, None, cast.AMINA_NHS, WHY, world.now)
    assert made.patient_id == people.amina.id
    with pytest.raises(NotFoundError):
        access_grant.break_glass(people.eve, None, cast.AMINA_NHS, WHY, world.now)
    with pytest.raises(NotFoundError):
        access_grant.break_glass(people.eve, people.amina.id, None, WHY, world.now)
    for patient_id, nhs_number in ((None, None), (people.amina.id, cast.AMINA_NHS)):
        with pytest.raises(InvalidError):
            access_grant.break_glass(people.ada, patient_id, nhs_number, WHY, world.now)


@pytest.mark.parametrize("reason", ["", " " * 20, "nine char", "  n i n e  ", "a         b"])
def test_a_reason_says_something(world: World, reason: str) -> None:
    people = world.people
    with pytest.raises(InvalidError) as refused:
        access_grant.break_glass(people.ada, people.amina.id, None, reason, world.now)
    assert [fault.field for fault in refused.value.faults] == ["reason"]
    with pytest.raises(InvalidError) as refused:
        access_grant.invite_partner(people.ben, people.amina.id, EVE, reason, 14, world.now)
    assert [fault.field for fault in refused.value.faults] == ["reason"]
    assert entries(world, "access.break-glass") == []
    assert world.tasks(kind=TaskKind.EMERGENCY_ACCESS) == []


def test_it_opens_that_one_record_to_read_and_nothing_else(world: World) -> None:
    people = world.people
    plan = people.agree_plan()
    dee = care_plan.draft(people.ben, people.dee.id, cast.plan_content(), world.now).plan
    world.until_due()
    holders = ((people.ada, broken(world)), (people.ben, broken(world, people.ben)), (people.eve, invited(world)))
    for holder, made in holders:
        under = access_grant.under(holder, made.grant.id, world.now)
        assert care_plan.read(under, plan.plan.id, world.now).plan.id == plan.plan.id
        assert nudge.of_patient(under, people.amina.id, 0, 9, world.now).total > 0
        assert [each.id for each in patient.listed(under, 0, 9, world.now).items] == [people.amina.id]
        for missing in (
            lambda under=under: patient.read(under, people.dee.id, world.now),
            lambda under=under: message.of_patient(under, people.dee.id, 0, 9, world.now),
            lambda under=under: care_plan.read(under, dee.id, world.now),
        ):
            with pytest.raises(NotFoundError):
                missing()
        for refused in (
            lambda under=under: message.write(under, people.amina.id, "Hello", world.now),
            lambda under=under: care_plan.draft(under, people.amina.id, cast.plan_content(), world.now),
            lambda under=under: task.inbox(under, TaskStatus.REQUESTED, 0, 9, world.now),
            lambda under=under: engagement.by_behaviour(under, cast.day("2026-11-01"), world.now.date(), world.now),
            lambda under=under: broken(world, under),
            lambda under=under: access_grant.listed(under, 0, 9, world.now),
        ):
            with pytest.raises(ForbiddenError):
                refused()


def test_it_ends_by_itself(world: World) -> None:
    people = world.people
    for holder, made, lasts in ((people.ada, broken(world), HOUR), (people.eve, invited(world), 14 * DAY)):
        assert made.grant.until_at == world.now + lasts
        assert access_grant.under(holder, made.grant.id, world.now + lasts - SECOND).record_of == people.amina.id
        assert [each.grant.id for each in access_grant.mine(holder, world.now)] == [made.grant.id]
        for when in (world.now + lasts, world.now + lasts + 100 * DAY, world.now - SECOND):
            with pytest.raises(ForbiddenError, match="has expired"):
                access_grant.under(holder, made.grant.id, when)
            assert access_grant.mine(holder, when) == []


def test_it_is_its_holder_s_alone(world: World) -> None:
    people = world.people
    for made, holder in ((broken(world), people.ada), (invited(world), people.eve)):
        for other in (people.ben, people.chandra, people.ada, people.eve):
            if other is not holder:
                with pytest.raises(ForbiddenError, match="not yours"):
                    access_grant.under(other, made.grant.id, world.now)
    with pytest.raises(ForbiddenError):
        access_grant.under(people.ben, uuid4(), world.now)
    with pytest.raises(ForbiddenError):  # it carries the holder on, but to no second record
        access_grant.under(access_grant.under(people.eve, made.grant.id, world.now), broken(world).grant.id, world.now)


def test_an_administrator_ends_an_emergency_and_so_does_its_holder(world: World) -> None:
    people = world.people
    for ender, error in ((people.ben, ForbiddenError), (people.chandra, ForbiddenError), (people.eve, NotFoundError)):
        with pytest.raises(error):
            access_grant.end(ender, broken(world).grant.id, world.now)
    for holder, ender in ((people.chandra, people.ada), (people.chandra, people.chandra)):
        made = broken(world, holder)
        ended = access_grant.end(ender, made.grant.id, world.now + SECOND)
        assert (ended.grant.ended_at, ended.grant.ended_by) == (world.now + SECOND, ender.id)
        with pytest.raises(ForbiddenError):
            access_grant.under(holder, made.grant.id, world.now + SECOND)
        with pytest.raises(ConflictError):
            access_grant.end(ender, made.grant.id, world.now + 2 * SECOND)
    assert [entry.actor_id for entry in entries(world, "access.end")] == [people.ada.id, people.chandra.id]


def test_who_asked_a_partner_sends_them_away_again(world: World) -> None:
    people = world.people
    for ender in (people.ben, people.ada, people.eve):
        made = invited(world)
        access_grant.end(ender, made.grant.id, world.now)
        with pytest.raises(ForbiddenError):
            access_grant.under(people.eve, made.grant.id, world.now)
    assert {entry.pain_service_id for entry in entries(world, "access.end")} == {people.service_id}
    with pytest.raises(ForbiddenError):
        access_grant.end(people.chandra, invited(world).grant.id, world.now)


def test_a_partner_is_a_clinician_of_another_pain_service_for_ninety_days_at_most(world: World) -> None:
    people = world.people
    for email in ("ada@example.nhs.uk", "ben@example.nhs.uk", "nobody@example.nhs.uk"):
        with pytest.raises(InvalidError) as refused:
            access_grant.invite_partner(people.ben, people.amina.id, email, OPINION, 14, world.now)
        assert [fault.field for fault in refused.value.faults] == ["email"]
    for days in (0, 91):
        with pytest.raises(InvalidError) as refused:
            invited(world, days)
        assert [fault.field for fault in refused.value.faults] == ["days"]
    for asker, error in ((people.chandra, ForbiddenError), (people.ada, ForbiddenError), (people.eve, NotFoundError)):
        with pytest.raises(error):
            access_grant.invite_partner(asker, people.amina.id, EVE, OPINION, 14, world.now)
    made = invited(world, 90)
    assert (made.grant.kind, made.holder, made.grant.until_at) == (
        AccessKind.PARTNER,
        "Eve Marsh",
        world.now + 90 * DAY,
    )
    (entry,) = entries(world, "access.invite-partner")
    assert (entry.pain_service_id, entry.patient_id, entry.actor_id) == (
        people.service_id,
        people.amina.id,
        people.ben.id,
    )


def test_a_partner_who_is_no_clinician_any_more_sees_nothing(world: World) -> None:
    made, eve = invited(world), world.people.eve
    with transaction() as session:
        session.execute(delete(StaffRole).where(StaffRole.staff_id == eve.id, StaffRole.role == Role.CLINICIAN))
    with pytest.raises(ForbiddenError):
        access_grant.under(replace(eve, roles=frozenset({Role.SERVICE_MANAGER})), made.grant.id, world.now)


def test_everybody_sees_who_was_let_in_and_only_clinicians_to_whom_and_why(world: World) -> None:
    people = world.people
    broken(world)
    world.now += SECOND
    invited(world)

    def told(actor: Actor) -> list[tuple[str, UUID | None, str | None]]:
        page = access_grant.listed(actor, 0, 9, world.now)
        assert page.total == len(page.items)
        return [(each.holder, each.patient_id, each.reason) for each in page.items]

    amina = people.amina.id
    assert told(people.ben) == [("Eve Marsh", amina, OPINION), ("Ada Lind", amina, WHY)]
    assert told(people.chandra) == [("Eve Marsh", None, None), ("Ada Lind", None, None)]
    assert told(people.ada) == [("Eve Marsh", None, None), ("Ada Lind", amina, WHY)], "her own she knows"
    assert told(people.eve) == []
    assert [each.reason for each in access_grant.mine(people.eve, world.now)] == [OPINION]
    assert [each.grant.id for each in access_grant.listed(people.ben, 1, 1, world.now).items] == [
        each.grant.id for each in access_grant.mine(people.ada, world.now)
    ]
