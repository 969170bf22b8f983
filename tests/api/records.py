"""Whose things does a test ask about: those of three people that stand, and of as many new ones as it takes?"""

from itertools import count

from companion.upkeep import heartbeat
from nudges.worker import EVERY
from tests.api.record import Record
from tests.api.rule import Whose
from tests.support.world import World


class Records:
    """Everybody's that a test asks about."""

    def __init__(self, world: World) -> None:
        self.world, self._numbers = world, count(200)
        self.standing = {whose: self.new(whose).live() for whose in Whose}
        for name in EVERY:
            heartbeat.beat(name, "test", world.now)

    def new(self, whose: Whose) -> Record:
        """Somebody else, whose things nobody has touched."""
        return Record(self.world, whose, self._numbers)
