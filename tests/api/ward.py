"""What is there to ask about? Something in every list of the API."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from companion.db import transaction
from companion.domain.wording import DRAFTS, WordingPurpose
from companion.models import Wording
from companion.use_cases import care_plan
from tests import cast
from tests.world import World

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Filled:
    """One of each: Amina with her agreed plan, Dee's draft, a task, a wording that waits for approval."""

    patient_id: UUID
    plan_id: UUID
    draft_id: UUID
    task_id: UUID
    wording_id: UUID


def fill(world: World) -> Filled:
    """Let two days go by: nudges go out, some are answered, and words come in."""
    people = world.people
    plan = people.agree_plan()
    draft = care_plan.draft(people.ben, people.dee.id, cast.plan_content(), world.now)
    world.pass_time(timedelta(days=2), HOUR)
    world.texts("Y")
    world.texts("My knee hurts on the stairs")
    wording = uuid4()
    with transaction() as session:
        purpose = WordingPurpose.STARTED
        session.add(
            Wording(
                id=wording,
                pain_service_id=people.service_id,
                purpose=purpose,
                version=2,
                body=DRAFTS[purpose],
                created_at=world.now,
            )
        )
    return Filled(people.amina.id, plan.plan.id, draft.plan.id, world.tasks()[0].id, wording)
