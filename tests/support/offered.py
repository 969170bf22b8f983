"""How does something from the directory come to be offered to somebody?"""

from uuid import UUID

from companion.domain.resource import Cost, Evidence, Facts, Need, ResourceEventKind, ResourceKind, ResourceStatus
from companion.use_cases import resource, resource_event
from companion.use_cases.resource_event import PointsAt
from tests.support.world import World


def offer(world: World, patient_id: UUID) -> UUID:
    """By Ben; the id of what is offered, a walking group that is listed for it."""
    facts = Facts(
        name="Slow walkers of Southport",
        kind=ResourceKind.LEISURE,
        description="A slow walk along the sea",
        cost=Cost.FREE,
        needs=frozenset({Need.PHYSICAL}),
        evidence=Evidence.PATIENT_REPORTED,
        status=ResourceStatus.LISTED,
        phone="01632 960123",
    )
    made = resource.add(world.people.ben, facts, world.now).resource.id
    resource_event.write(world.people.ben, patient_id, made, ResourceEventKind.OFFERED, PointsAt(), world.now)
    return made
