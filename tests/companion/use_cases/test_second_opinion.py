"""Is a second opinion given by somebody else, once, with no more access than for that, and does it change the plan?"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from companion.db import reading, transaction
from companion.domain import access
from companion.domain.access import Actor, ActorKind, Role, system
from companion.domain.care_plan import CarePlanStatus
from companion.domain.refusal import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    StaleError,
)
from companion.domain.restriction import RestrictionGround
from companion.domain.second_opinion import OpinionOutcome, OpinionStatus
from companion.domain.task import TaskKind, TaskStatus
from companion.models import AccessGrant, AuditEntry, CarePlanRevision
from companion.records import revision
from companion.records.second_opinion import OpinionView
from companion.use_cases import (
    access_grant,
    audit,
    care_plan,
    leaving,
    patient,
    restriction,
    second_opinion,
    staff,
    task,
)
from companion.use_cases.care_plan import PlanView
from tests import cast
from tests.api.caller import at_once
from tests.contended import trying, wait_for
from tests.world import World

GIVEN, REQUESTED, WITHDRAWN = OpinionStatus.GIVEN, OpinionStatus.REQUESTED, OpinionStatus.WITHDRAWN
CHANGE, AGREE = OpinionOutcome.CHANGE, OpinionOutcome.AGREE
QUESTION = "Is the walk too much for my back?"
WORDS = "Walk half as far, and swim on the other days."
REASON = "A second opinion on her back"
EVE = "eve@example.nhs.uk"
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
WAITING, CAME = TaskKind.SECOND_OPINION, TaskKind.OPINION_GIVEN


@pytest.fixture
def fay(world: World) -> Actor:
    """Another clinician of Amina's pain service."""
    return hired(world, "Fay Lund", Role.CLINICIAN)


def hired(world: World, name: str, *roles: Role) -> Actor:
    at = world.people.service_id
    email = f"{name.split()[0].lower()}@example.nhs.uk"
    member = staff.add(system(at), name, email, cast.PASSWORD, roles, world.now)
    return Actor(ActorKind.STAFF, at, member.id, frozenset(roles))


def amina(world: World) -> Actor:
    return access.patient(world.people.service_id, world.people.amina.id)


def asked(world: World, plan: PlanView, by: Actor | None = None) -> UUID:
    return second_opinion.ask(by or amina(world), plan.plan.id, QUESTION, world.now).opinion.id


def invited(world: World, opinion_id: UUID, days: int = 14) -> OpinionView:
    return second_opinion.ask_partner(world.people.ben, opinion_id, EVE, REASON, days, world.now)


def given(world: World, opinion_id: UUID, by: Actor, outcome: OpinionOutcome = CHANGE) -> OpinionView:
    return second_opinion.give(by, opinion_id, outcome, WORDS, world.now)


def taken_up(world: World, opinion_id: UUID, version: int, by: Actor | None = None) -> second_opinion.TakenUp:
    content = cast.plan_content(what_matters="Swimming")
    return second_opinion.take_up(by or world.people.ben, opinion_id, version, content, "A second opinion", world.now)


def only(world: World) -> OpinionView:
    [found] = second_opinion.of_patient(amina(world), world.people.amina.id, world.now)
    return found


def entries(world: World, action: str) -> Sequence[AuditEntry]:
    with reading() as session:
        return session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def grant(found: OpinionView) -> AccessGrant:
    assert found.access is not None
    with reading() as session:
        return session.get_one(AccessGrant, found.access.id)


def test_a_patient_asks_a_colleague_gives_it_and_it_becomes_a_revision(world: World, fay: Actor) -> None:
    plan = world.people.agree_plan()
    opinion_id = asked(world, plan)
    [waits] = world.tasks(kind=WAITING)
    assert waits.due_at > world.now
    assert "walk" not in waits.why
    with pytest.raises(ConflictError):
        task.complete(world.people.ben, waits.id, "Seen", world.now)
    given(world, opinion_id, fay)
    assert [each.status for each in world.tasks(kind=WAITING)] == [TaskStatus.COMPLETED]
    [came] = world.tasks(kind=CAME)
    assert (came.status, came.patient_id) == (TaskStatus.REQUESTED, world.people.amina.id)
    seen = only(world)
    assert (seen.opinion.question, seen.opinion.words, seen.opinion.outcome) == (QUESTION, WORDS, CHANGE)
    assert seen.giver is not None
    assert (seen.giver.name, seen.giver.pain_service) == ("Fay Lund", "West Lancashire Pain Service")
    [to_ben] = second_opinion.of_patient(world.people.ben, world.people.amina.id, world.now)
    assert to_ben.opinion.words == WORDS
    done = taken_up(world, opinion_id, plan.plan.version)
    says = care_plan.read(world.people.ben, plan.plan.id, world.now)
    assert (says.revision.what_matters, says.plan.version) == ("Swimming", done.plan_version)
    assert says.second_opinion_id == opinion_id
    assert only(world).opinion.became_revision == says.revision.number == 2
    pointers = [each.second_opinion_id for each in care_plan.revisions(world.people.ben, plan.plan.id, world.now)]
    assert pointers == [opinion_id, None]
    assert [each.status for each in world.tasks(kind=CAME)] == [TaskStatus.COMPLETED]
    for action, who in (("ask", world.people.amina.id), ("give", fay.id), ("take-up", world.people.ben.id)):
        [entry] = entries(world, f"second-opinion.{action}")
        assert (entry.actor_id, entry.patient_id, entry.entity_id) == (who, world.people.amina.id, str(opinion_id))


def test_one_is_open_at_a_time_and_the_refusal_names_it(world: World, fay: Actor) -> None:
    plan = world.people.agree_plan()
    first = asked(world, plan)
    for asker in (amina(world), world.people.ben):
        with pytest.raises(ConflictError, match=str(first)):
            asked(world, plan, asker)
    other = care_plan.draft(world.people.ben, world.people.amina.id, cast.plan_content(), world.now)
    asked(world, other)
    given(world, first, fay)
    asked(world, plan)
    care_plan.move(world.people.ben, plan.plan.id, plan.plan.version, CarePlanStatus.COMPLETED, world.now)
    with pytest.raises(ConflictError, match="completed"):
        asked(world, plan, world.people.ben)


def test_who_wrote_the_current_revision_gives_no_second_opinion_of_it(world: World, fay: Actor) -> None:
    """Whatever else they are; and it is the revision that is current when it is given which counts."""
    people = world.people
    both = replace(people.ben, roles=frozenset({Role.CLINICIAN, Role.ADMINISTRATOR}))
    plan = people.agree_plan()
    opinion_id = asked(world, plan)
    for author in (people.ben, both):
        with pytest.raises(ForbiddenError, match="wrote this revision"):
            given(world, opinion_id, author)
    care_plan.revise(fay, plan.plan.id, plan.plan.version, cast.plan_content(), "Better", world.now)
    with pytest.raises(ForbiddenError, match="wrote this revision"):
        given(world, opinion_id, fay)
    assert only(world).opinion.status is REQUESTED
    given(world, opinion_id, people.ben)
    assert only(world).opinion.revision_number == 2


def test_a_partner_is_let_in_for_it_and_out_with_it(world: World) -> None:
    people = world.people
    plan = people.agree_plan()
    opinion_id = asked(world, plan)
    with pytest.raises(NotFoundError):
        given(world, opinion_id, people.eve)
    made = invited(world, opinion_id, 7)
    assert made.access is not None
    assert made.partner is not None
    assert (made.partner.name, made.access.until_at) == ("Eve Marsh", world.now + 7 * DAY)
    under = access_grant.under(people.eve, made.access.id, world.now)
    assert care_plan.read(under, plan.plan.id, world.now).revision.what_matters == "Being there for my family"
    [read] = second_opinion.of_patient(under, people.amina.id, world.now)
    assert read.opinion.question == QUESTION
    for beyond in (
        lambda: patient.read(under, people.dee.id, world.now),
        lambda: second_opinion.of_patient(under, people.dee.id, world.now),
        lambda: second_opinion.of_patient(people.eve, people.amina.id, world.now),
        lambda: second_opinion.withdraw(people.eve, opinion_id, "No", world.now),
        lambda: taken_up(world, opinion_id, plan.plan.version, people.eve),
        lambda: second_opinion.ask_partner(people.eve, opinion_id, EVE, REASON, 7, world.now),
    ):
        with pytest.raises(NotFoundError):
            beyond()
    acts: tuple[Callable[[], object], ...] = (
        lambda: second_opinion.give(under, opinion_id, CHANGE, WORDS, world.now),
        lambda: second_opinion.ask(under, plan.plan.id, QUESTION, world.now),
    )
    for act in acts:
        with pytest.raises(ForbiddenError):
            act()
    given(world, opinion_id, people.eve)
    assert (grant(made).ended_at, grant(made).ended_by) == (world.now, people.eve.id)
    with pytest.raises(ForbiddenError):
        access_grant.under(people.eve, made.access.id, world.now)
    with pytest.raises(NotFoundError):
        taken_up(world, opinion_id, plan.plan.version, people.eve)
    giver = only(world).giver
    assert giver is not None
    assert (giver.name, giver.pain_service) == ("Eve Marsh", "Fylde Pain Service")
    told = [(each.who, each.what) for each in audit.of_patient(amina(world), people.amina.id, 0, 50, world.now).items]
    eve = "Eve Marsh, clinician and service manager"
    assert (eve, "gave a second opinion on the care plan") in told
    assert (eve, "read the care plan") in told
    assert (eve, "looked at the second opinions on the care plan") in told
    assert (
        "Ben Okafor, clinician",
        "let a clinician of another pain service read the record, for a second opinion",
    ) in told
    assert {entry.pain_service_id for entry in entries(world, "second-opinion.give")} == {people.service_id}
    assert [entry.reason for entry in entries(world, "second-opinion.give")] == [REASON]


def test_an_access_that_is_over_or_for_something_else_gives_nothing(world: World) -> None:
    people = world.people
    opinion_id = asked(world, people.agree_plan())
    access_grant.invite_partner(people.ben, people.amina.id, EVE, REASON, 90, world.now)
    with pytest.raises(NotFoundError):
        given(world, opinion_id, people.eve)
    made = invited(world, opinion_id, 1)
    world.now += DAY
    with pytest.raises(NotFoundError):
        given(world, opinion_id, people.eve)
    again = invited(world, opinion_id)
    assert again.access is not None
    assert made.access is not None
    assert again.access.id != made.access.id
    with pytest.raises(ConflictError, match=str(again.access.id)):
        invited(world, opinion_id)
    access_grant.end(people.ben, again.access.id, world.now)
    with pytest.raises(NotFoundError):
        given(world, opinion_id, people.eve)
    assert only(world).opinion.status is REQUESTED
    invited(world, opinion_id)
    world.now += 14 * DAY - SECOND
    given(world, opinion_id, people.eve)


def test_a_partner_has_fourteen_days_at_most_and_a_reason_and_works_elsewhere(world: World) -> None:
    opinion_id = asked(world, world.people.agree_plan())
    for email, reason, days, field in (
        (EVE, REASON, 15, "days"),
        (EVE, REASON, 0, "days"),
        (EVE, "short", 7, "reason"),
        ("ben@example.nhs.uk", REASON, 7, "email"),
        ("nobody@example.nhs.uk", REASON, 7, "email"),
    ):
        with pytest.raises(InvalidError) as refused:
            second_opinion.ask_partner(world.people.ben, opinion_id, email, reason, days, world.now)
        assert [fault.field for fault in refused.value.faults] == [field]
    assert only(world).access is None
    staff.leave(replace(world.people.eve, roles=frozenset({Role.ADMINISTRATOR})), world.people.eve.id, world.now)  # type: ignore[arg-type]
    with pytest.raises(InvalidError):
        invited(world, opinion_id)


def test_whoever_asked_takes_it_back_and_a_clinician_may_too(world: World, fay: Actor) -> None:
    people = world.people
    plan = people.agree_plan()
    mine = asked(world, plan)
    made = invited(world, mine)
    second_opinion.withdraw(amina(world), mine, "I talked with Ben.", world.now)
    found = only(world)
    assert (found.opinion.status, found.opinion.words, found.opinion.closed_by) == (
        WITHDRAWN,
        "I talked with Ben.",
        None,
    )
    assert found.giver is None
    # Nobody of staff ended it.
    assert (grant(made).ended_at, grant(made).ended_by) == (world.now, None)
    assert [each.status for each in world.tasks(kind=WAITING)] == [TaskStatus.COMPLETED]
    assert world.tasks(kind=CAME) == []
    for late in (
        lambda: given(world, mine, fay),
        lambda: second_opinion.withdraw(amina(world), mine, "Again", world.now),
        lambda: invited(world, mine),
        lambda: taken_up(world, mine, plan.plan.version),
    ):
        with pytest.raises(ConflictError):
            late()
    with pytest.raises(NotFoundError):
        given(world, mine, people.eve)
    theirs = asked(world, plan, people.ben)
    with pytest.raises(ForbiddenError):
        second_opinion.withdraw(amina(world), theirs, "No", world.now)
    second_opinion.withdraw(fay, theirs, "Not needed", world.now)
    third = asked(world, plan)
    second_opinion.withdraw(people.ben, third, "She rang.", world.now)


def test_it_becomes_a_revision_once_and_with_it_or_not_at_all(world: World, fay: Actor) -> None:
    people = world.people
    plan = people.agree_plan()
    opinion_id = asked(world, plan)
    version = plan.plan.version
    with pytest.raises(ConflictError, match="Nobody has given"):
        taken_up(world, opinion_id, version)
    given(world, opinion_id, fay)
    with pytest.raises(StaleError):
        taken_up(world, opinion_id, version - 1)
    with pytest.raises(InvalidError):
        second_opinion.take_up(people.ben, opinion_id, version, cast.plan_content(goals=()), "Why", world.now)
    assert only(world).opinion.became_revision is None
    assert care_plan.read(people.ben, plan.plan.id, world.now).plan.version == version
    assert [each.status for each in world.tasks(kind=CAME)] == [TaskStatus.REQUESTED]
    version = taken_up(world, opinion_id, version).plan_version
    with pytest.raises(ConflictError, match="revision 2"):
        taken_up(world, opinion_id, version)
    right = asked(world, plan)
    given(world, right, fay, AGREE)
    with pytest.raises(ConflictError, match="finds the plan right"):
        taken_up(world, right, version)


def test_nobody_else_asks_reads_gives_or_takes_up(world: World) -> None:
    people = world.people
    plan = people.agree_plan()
    dee = access.patient(people.service_id, people.dee.id)
    for stranger in (dee, people.eve):
        with pytest.raises(NotFoundError):
            asked(world, plan, stranger)
    opinion_id = asked(world, plan)
    for stranger in (dee, people.eve):
        with pytest.raises(NotFoundError):
            second_opinion.of_patient(stranger, people.amina.id, world.now)
        with pytest.raises(NotFoundError):
            second_opinion.withdraw(stranger, opinion_id, "No", world.now)
    for actor in (people.chandra, people.ada):
        for act in (
            lambda actor=actor: asked(world, plan, actor),
            lambda actor=actor: second_opinion.of_patient(actor, people.amina.id, world.now),
            lambda actor=actor: second_opinion.withdraw(actor, opinion_id, "No", world.now),
        ):
            with pytest.raises(ForbiddenError):
                act()
    for actor in (people.chandra, people.ada, dee, amina(world), replace(people.eve, roles=people.chandra.roles)):
        for forbidden in (
            lambda actor=actor: given(world, opinion_id, actor),
            lambda actor=actor: taken_up(world, opinion_id, plan.plan.version, actor),
            lambda actor=actor: second_opinion.ask_partner(actor, opinion_id, EVE, REASON, 7, world.now),
        ):
            with pytest.raises(ForbiddenError):
                forbidden()
    assert only(world).opinion.status is REQUESTED


def test_a_record_at_rest_takes_no_opinion_and_the_patient_still_asks(world: World, fay: Actor) -> None:
    people = world.people
    plan = people.agree_plan()
    opinion_id = asked(world, plan)
    invited(world, opinion_id)
    resting = restriction.impose(people.ben, people.amina.id, RestrictionGround.OBJECTION, world.now)
    for giver in (fay, people.eve):
        with pytest.raises(ForbiddenError, match="restricted"):
            given(world, opinion_id, giver)
    second_opinion.withdraw(amina(world), opinion_id, "Later.", world.now)
    again = asked(world, plan)
    restriction.lift(people.ben, resting.id, world.now)
    given(world, again, fay)


def test_who_has_left_is_asked_about_no_more(world: World, fay: Actor) -> None:
    plan = world.people.agree_plan()
    opinion_id = asked(world, plan)
    leaving.leave(world.people.ben, world.people.amina.id, world.now)
    given(world, opinion_id, fay)
    with pytest.raises(ConflictError, match="revoked"):
        taken_up(world, opinion_id, care_plan.read(fay, plan.plan.id, world.now).plan.version)
    with pytest.raises(ConflictError, match="revoked"):
        asked(world, plan, fay)


def test_of_several_who_end_it_at_once_one_does(app: Flask, world: World, fay: Actor) -> None:
    """A colleague, a partner and the patient; what stands is that one's, and nobody is let in any more."""
    plan = world.people.agree_plan()
    for _ in range(4):
        opinion_id = asked(world, plan)
        made = invited(world, opinion_id)
        told = at_once(
            trying(app, lambda opinion_id=opinion_id: second_opinion.give(fay, opinion_id, CHANGE, "Fay", world.now)),  # type: ignore[misc]
            trying(
                app,
                lambda opinion_id=opinion_id: second_opinion.give(  # type: ignore[misc]
                    world.people.eve, opinion_id, AGREE, "Eve", world.now
                ),
            ),
            trying(
                app,
                lambda opinion_id=opinion_id: second_opinion.withdraw(  # type: ignore[misc]
                    amina(world), opinion_id, "Amina", world.now
                ),
            ),
        )
        assert told.count("done") == 1, told
        # A partner who asks after it ended is let in no more; one who waited is told that somebody was first.
        assert set(told) <= {"done", "ConflictError", "NotFoundError"}
        assert (told[0], told[2]).count("NotFoundError") == 0
        every = second_opinion.of_patient(amina(world), world.people.amina.id, world.now)
        [stands] = [each.opinion for each in every if each.opinion.id == opinion_id]
        assert stands.words == ("Fay", "Eve", "Amina")[told.index("done")]
        assert stands.closed_by == (fay.id, world.people.eve.id, None)[told.index("done")]
        assert grant(made).ended_at == world.now
    assert world.tasks(kind=WAITING, status=TaskStatus.REQUESTED) == []


def test_while_the_plan_is_revised_it_is_never_about_what_its_giver_wrote(app: Flask, world: World, fay: Actor) -> None:
    """Fay gives it in the moment in which she revises the plan herself, and Ben's revision comes between or not."""
    people = world.people
    plan = people.agree_plan()
    for _ in range(6):
        before = care_plan.read(people.ben, plan.plan.id, world.now).plan
        if before.current_revision > 1:
            care_plan.revise(people.ben, plan.plan.id, before.version, cast.plan_content(), "Ben's", world.now)
        version = care_plan.read(people.ben, plan.plan.id, world.now).plan.version
        opinion_id = asked(world, plan)
        told = at_once(
            trying(app, lambda opinion_id=opinion_id: given(world, opinion_id, fay)),  # type: ignore[misc]
            trying(
                app,
                lambda version=version: care_plan.revise(  # type: ignore[misc]
                    fay, plan.plan.id, version, cast.plan_content(), "Fay's", world.now
                ),
            ),
        )
        assert told[1] == "done", "an opinion stands in nobody's way"
        assert told[0] in ("done", "ForbiddenError")
        if told[0] == "done":
            every = second_opinion.of_patient(people.ben, people.amina.id, world.now)
            [row] = [each.opinion for each in every if each.opinion.id == opinion_id]
            with reading() as session:
                about = session.get_one(CarePlanRevision, (row.care_plan_id, row.revision_number))
            assert about.author_id == people.ben.id
        else:
            second_opinion.withdraw(people.ben, opinion_id, "Again", world.now)


def test_it_is_about_the_revision_that_is_current_once_it_stands(app: Flask, world: World, fay: Actor) -> None:
    """Fay's revision is written, and not yet for all to see, when she gives it: it waits, and then the plan is hers."""
    plan = world.people.agree_plan()
    opinion_id = asked(world, plan)
    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            content = cast.plan_content(what_matters="Fay's")
            revision.revise(session, fay, plan.plan.id, plan.plan.version, content, "Fay's", world.now)
            told = pool.submit(trying(app, lambda: given(world, opinion_id, fay)))
            wait_for(told)
        assert told.result() == "ForbiddenError"
    assert only(world).opinion.status is REQUESTED


def test_of_several_who_take_it_up_at_once_one_does(app: Flask, world: World, fay: Actor) -> None:
    plan = world.people.agree_plan()
    opinion_id = asked(world, plan)
    given(world, opinion_id, fay)
    told = at_once(*[trying(app, lambda: taken_up(world, opinion_id, plan.plan.version))] * 3)
    assert sorted(told) == ["ConflictError", "ConflictError", "done"]
    assert care_plan.read(world.people.ben, plan.plan.id, world.now).plan.current_revision == 2


def test_of_several_who_ask_at_once_one_does(app: Flask, world: World) -> None:
    plan = world.people.agree_plan()
    askers = (amina(world), world.people.ben, amina(world), world.people.ben)
    told = at_once(*(trying(app, lambda asker=asker: asked(world, plan, asker)) for asker in askers))  # type: ignore[misc]
    assert sorted(told) == ["ConflictError", "ConflictError", "ConflictError", "done"]
    assert len(world.tasks(kind=WAITING)) == 1
