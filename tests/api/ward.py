"""What is there to ask about? Something in every list of the API."""

from datetime import timedelta
from uuid import UUID, uuid4

from companion.db import transaction
from companion.domain.wording import DRAFTS, WordingPurpose
from companion.models import Wording
from companion.use_cases import care_plan
from tests.support import cast
from tests.support.world import World

HOUR = timedelta(hours=1)
# By the names of the path's parameters; the first plan is Amina's and agreed, the others are drafts of Dee's.
Ids = dict[str, list[UUID]]


def fill(world: World, drafts: int = 1) -> Ids:
    """Let two days go by: nudges go out, some are answered, and words come in."""
    people = world.people
    plans = [people.agree_plan()]
    plans += [care_plan.draft(people.ben, people.dee.id, cast.plan_content(), world.now) for _ in range(drafts)]
    world.pass_time(timedelta(days=2), HOUR)
    world.texts("Y")
    world.texts("My knee hurts on the stairs")
    world.texts("Is this the clinic?", number="+447700900777")
    return {
        "patient_id": [people.amina.id],
        "plan_id": [plan.plan.id for plan in plans],
        "task_id": [task.id for task in world.tasks(pain_service_id=people.service_id)],
        "wording_id": draft_wordings(world, 1),
    }


def draft_wordings(world: World, count: int, of: UUID | None = None, first: int = 2) -> list[UUID]:
    """New versions of a wording, which wait for approval; of the first pain service, unless told otherwise."""
    purpose = WordingPurpose.STARTED
    drafts = [
        Wording(
            id=uuid4(),
            pain_service_id=of or world.people.service_id,
            purpose=purpose,
            version=version,
            body=DRAFTS[purpose],
            created_at=world.now,
        )
        for version in range(first, first + count)
    ]
    with transaction() as session:
        session.add_all(drafts)
        return [draft.id for draft in drafts]
