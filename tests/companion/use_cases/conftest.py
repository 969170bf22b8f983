"""Who else acts in these tests?"""

import pytest

from companion.domain.access import Actor, Role
from tests.support.opined import hired
from tests.support.world import World


@pytest.fixture
def fay(world: World) -> Actor:
    """Another clinician of Amina's pain service."""
    return hired(world, "Fay Lund", Role.CLINICIAN)
