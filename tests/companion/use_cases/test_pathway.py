"""Does a person's way hold together: moved on, reviewed in time, put right, closed, and come back?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from companion.domain.access import Actor, ActorKind
from companion.domain.audit import ACTION_WORDS
from companion.domain.pathway import EpisodeStatus, MoveReason, Step
from companion.domain.refusal import ConflictError, ForbiddenError, InvalidError, NotFoundError, StaleError
from companion.domain.restriction import RestrictionGround
from companion.domain.task import TaskKind
from companion.models import Message
from companion.use_cases import audit, care_plan, leaving, pathway, patient, restriction
from companion.use_cases.pathway import Next, PathwayView
from tests.support.world import World

S, R = Step, MoveReason
REVIEW_ON = date(2027, 2, 22)
DAY = timedelta(days=1)


def refer(world: World, **changes: object) -> PathwayView:
    first = Next(S.REFERRAL, R.NEW_FROM_GP, "Back pain for three years", world.now)
    return pathway.refer(world.people.ben, world.people.amina.id, replace(first, **changes), world.now)  # type: ignore[arg-type]


def on(world: World, view: PathwayView, step: Step, reason: MoveReason, **changes: object) -> PathwayView:
    to = replace(Next(step, reason, None, world.now), **changes)  # type: ignore[arg-type]
    return pathway.move(world.people.ben, view.pathway.id, view.pathway.version, to, world.now)


def in_care(world: World, review_on: date = REVIEW_ON) -> PathwayView:
    """Amina, referred, assessed and with an active plan."""
    view = on(world, refer(world), S.ASSESSMENT, R.ACCEPTED)
    world.people.agree_plan(now=world.now)
    return on(world, view, S.ACTIVE_PLAN, R.PLAN_AGREED, review_on=review_on)


def seen(world: World, known_at: datetime | None = None) -> PathwayView:
    [view] = pathway.of_patient(world.people.ben, world.people.amina.id, known_at, world.now)
    return view


def steps(view: PathwayView) -> Sequence[Step]:
    return [each.to_step for each in view.moves if each.number in view.standing]


def sent_nudges(world: World) -> list[Message]:
    return [text for text in world.messages(kind="nudge") if text.sent_at is not None]


def test_from_referral_to_open_contact_and_back(world: World) -> None:
    view = on(world, refer(world), S.ASSESSMENT, R.ACCEPTED)
    with pytest.raises(ConflictError, match="There is no active plan"):
        on(world, view, S.ACTIVE_PLAN, R.PLAN_AGREED, review_on=REVIEW_ON)
    world.people.agree_plan()
    view = on(world, view, S.ACTIVE_PLAN, R.PLAN_AGREED, review_on=REVIEW_ON)
    assert (view.status, view.pathway.review_on) == (EpisodeStatus.ACTIVE, REVIEW_ON)
    view = on(world, view, S.REVIEW, R.NEEDS_CHANGED)
    assert view.pathway.review_on is None
    view = on(world, view, S.OPEN_CONTACT, R.MANAGES_WELL)
    view = on(world, view, S.REVIEW, R.CAME_BACK, words="She rang: a flare")
    assert steps(view) == [S.REFERRAL, S.ASSESSMENT, S.ACTIVE_PLAN, S.REVIEW, S.OPEN_CONTACT, S.REVIEW]
    assert view.moves[-1].words == "She rang: a flare"
    with pytest.raises(ConflictError, match="From review nobody comes to referral"):
        on(world, view, S.REFERRAL, R.NEW_FROM_GP)
    with pytest.raises(StaleError):
        pathway.move(world.people.ben, view.pathway.id, 1, Next(S.CLOSED, R.DIED, None, world.now), world.now)
    with pytest.raises(ConflictError, match="already on a pathway"):
        refer(world)


def test_closing_stops_nudges_and_says_what_becomes_of_contact(world: World) -> None:
    view = in_care(world)
    world.pass_time(3 * DAY, timedelta(hours=1))
    sent = len(sent_nudges(world))
    assert sent > 0
    view = on(world, view, S.CLOSED, R.GOALS_REACHED)
    assert view.contact is not None
    assert "01632 960123" in view.contact
    assert (view.status, world.amina().status) == (EpisodeStatus.FINISHED, "finished")
    world.pass_time(7 * DAY, timedelta(hours=1))
    assert len(sent_nudges(world)) == sent
    [plan] = care_plan.of_patient(world.people.ben, world.people.amina.id, world.now)
    assert plan.status == "on-hold"
    with pytest.raises(ConflictError):
        pathway.refer_to_hospital(world.people.ben, view.pathway.id, "ENT", "Why", "What", world.now, world.now)
    again = refer(world, reason=R.EXISTING_PATIENT)
    assert (again.pathway.id == view.pathway.id, world.amina().status) == (False, "active")
    found = pathway.of_patient(world.people.ben, world.people.amina.id, None, world.now)
    assert [each.pathway.step for each in found] == [S.REFERRAL, S.CLOSED]


def test_what_was_written_wrong_is_put_right_and_can_still_be_read(world: World) -> None:
    view = in_care(world)
    before = world.now
    world.now += DAY
    wrong = on(world, view, S.CLOSED, R.DIED)
    assert world.amina().status == "finished"
    mistaken = world.now
    world.now += DAY
    ben, of = world.people.ben, (view.pathway.id, wrong.pathway.version)
    with pytest.raises(InvalidError):
        pathway.correct(ben, *of, None, "Another person", None, world.now)
    right = pathway.correct(ben, *of, None, "Another person", REVIEW_ON, world.now)
    assert (right.pathway.step, right.pathway.since_at, right.pathway.review_on) == (S.ACTIVE_PLAN, before, REVIEW_ON)
    assert (steps(right), right.contact) == ([S.REFERRAL, S.ASSESSMENT, S.ACTIVE_PLAN], None)
    assert world.amina().status == "active"
    assert [each.reason for each in right.moves][-2:] == [R.DIED, R.ENTERED_IN_ERROR]
    assert seen(world, mistaken).status is EpisodeStatus.FINISHED
    assert steps(seen(world, before)) == steps(right)
    assert pathway.of_patient(ben, world.people.amina.id, before - DAY, world.now) == []
    # And again: the assessment led to open contact, not to a plan.
    meant = Next(S.OPEN_CONTACT, R.THEIR_WISH, "No plan was wanted", before)
    right = pathway.correct(ben, view.pathway.id, right.pathway.version, meant, "No plan was wanted", None, world.now)
    assert steps(right) == [S.REFERRAL, S.ASSESSMENT, S.OPEN_CONTACT]
    right = on(world, right, S.CLOSED, R.MOVED_AWAY)
    assert steps(right)[-2:] == [S.OPEN_CONTACT, S.CLOSED]


def test_a_referral_can_be_put_right_but_not_taken_back(world: World) -> None:
    view = refer(world)
    ben, of = world.people.ben, (view.pathway.id, 1)
    with pytest.raises(ConflictError, match="entered-in-error"):
        pathway.correct(ben, *of, None, "Nobody referred her", None, world.now)
    earlier = world.now - 30 * DAY
    meant = Next(S.REFERRAL, R.EXISTING_PATIENT, None, earlier)
    right = pathway.correct(ben, *of, meant, "She was here before", None, world.now)
    assert (right.pathway.since_at, right.moves[-1].reason) == (earlier, R.EXISTING_PATIENT)
    assert on(world, right, S.CLOSED, R.ENTERED_IN_ERROR).status is EpisodeStatus.ENTERED_IN_ERROR


def test_a_due_review_waits_in_the_inbox_once(world: World) -> None:
    view = in_care(world, review_on=date(2026, 11, 25))
    # London has no summer time: its day begins as UTC's does.
    assert pathway.ask_for_reviews(datetime(2026, 11, 24, 23, 59, tzinfo=UTC)) == 0
    due = datetime(2026, 11, 25, tzinfo=UTC)
    assert [pathway.ask_for_reviews(due), pathway.ask_for_reviews(due + DAY)] == [1, 0]
    [waits] = world.tasks(kind=TaskKind.REVIEW_DUE)
    assert (waits.patient_id, "25 November 2026" in waits.why) == (world.people.amina.id, True)
    world.now = due
    view = on(world, view, S.REVIEW, R.REVIEW_DUE)
    view = on(world, view, S.ACTIVE_PLAN, R.REVIEW_DONE, review_on=date(2026, 12, 25))
    person = Actor(ActorKind.PATIENT, world.people.service_id, world.people.amina.id)
    resting = restriction.impose(person, world.people.amina.id, RestrictionGround.OBJECTION, due)
    assert pathway.ask_for_reviews(due + 60 * DAY) == 0
    restriction.lift(person, resting.id, due)
    assert pathway.ask_for_reviews(due + 60 * DAY) == 1


def test_a_hospital_referral_says_why_and_what_was_tried_first(world: World) -> None:
    view = refer(world)
    ask = (world.people.ben, view.pathway.id)
    for words in (("", "Why", "What"), ("ENT", " ", "What"), ("ENT", "Why", "")):
        with pytest.raises(InvalidError):
            pathway.refer_to_hospital(*ask, *words, world.now, world.now)
    with pytest.raises(InvalidError):
        pathway.refer_to_hospital(*ask, "ENT", "Why", "What", world.now + DAY, world.now)
    pathway.refer_to_hospital(*ask, "ENT", "Dizzy for weeks", "Exercises", world.now - DAY, world.now)
    [made] = seen(world).hospital_referrals
    assert (made.to, made.reason, made.tried_first) == ("ENT", "Dizzy for weeks", "Exercises")


def test_who_leaves_is_closed_as_they_wished(world: World) -> None:
    in_care(world)
    leaving.leave(world.people.ben, world.people.amina.id, world.now)
    view = seen(world)
    assert (view.pathway.step, view.moves[-1].reason) == (S.CLOSED, R.THEIR_WISH)


def test_a_manager_has_figures_and_staff_the_record(world: World) -> None:
    people = world.people
    view = refer(world)
    first = Next(S.REFERRAL, R.NEW_FROM_GP, None, world.now - 4 * DAY)
    pathway.refer(people.ben, people.dee.id, first, world.now)
    [waits, *others] = pathway.figures(people.chandra, world.now + DAY)
    assert (waits.step, waits.people, waits.median_days, waits.longest_days) == (S.REFERRAL, 2, 3, 5)
    assert {each.people for each in others} == {0}
    with pytest.raises(ForbiddenError):
        pathway.figures(people.ben, world.now)
    person = Actor(ActorKind.PATIENT, people.service_id, people.dee.id)
    restriction.impose(person, people.dee.id, RestrictionGround.OBJECTION, world.now)
    assert pathway.figures(people.chandra, world.now)[0].people == 1
    to = Next(S.ASSESSMENT, R.ACCEPTED, None, world.now)
    with pytest.raises(ForbiddenError):
        pathway.of_patient(people.chandra, people.amina.id, None, world.now)
    with pytest.raises(NotFoundError):
        pathway.of_patient(people.eve, people.amina.id, None, world.now)
    for stranger, error in ((people.eve, NotFoundError), (people.chandra, ForbiddenError), (person, ForbiddenError)):
        with pytest.raises(error):
            pathway.move(stranger, view.pathway.id, 1, to, world.now)
        with pytest.raises(error):
            pathway.refer(stranger, people.amina.id, replace(to, to_step=S.REFERRAL, reason=R.NEW_FROM_GP), world.now)
        with pytest.raises(error):
            pathway.correct(stranger, view.pathway.id, 1, None, "…", None, world.now)
        with pytest.raises(error):
            pathway.refer_to_hospital(stranger, view.pathway.id, "ENT", "Why", "What", world.now, world.now)


def test_whose_number_went_to_somebody_else_is_not_taken_up_in_silence(world: World) -> None:
    people = world.people
    view = on(world, refer(world), S.CLOSED, R.MOVED_AWAY)
    dee = patient.read(people.ben, people.dee.id, world.now)
    patient.amend(people.ben, dee.id, dee.version, {"mobile": people.amina.mobile}, world.now)
    with pytest.raises(ConflictError, match="mobile number"):
        refer(world)
    with pytest.raises(ConflictError, match="mobile number"):
        pathway.correct(people.ben, view.pathway.id, 2, None, "A mistake", None, world.now)
    assert world.amina().status == "finished"


def test_every_step_of_it_stands_in_the_trail(world: World) -> None:
    view = in_care(world)
    pathway.refer_to_hospital(world.people.ben, view.pathway.id, "ENT", "Why", "What", world.now, world.now)
    seen(world)
    trail = audit.of_patient(world.people.ben, world.people.amina.id, 0, 100, world.now)
    said = [look.what for look in trail.items]
    for action in ("pathway.refer", "pathway.move", "pathway.refer-to-hospital", "pathway.read"):
        assert ACTION_WORDS[action] in said, action
