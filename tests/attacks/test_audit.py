"""Does the trail hold while the service is used, and does looking at it cry wolf?"""

from threading import Event, Thread

from flask import Flask

from companion.use_cases import audit, patient
from tests.support.databases import both
from tests.support.world import World

LOOKS = 25


@both
def test_the_trail_is_verified_while_others_write_to_it(app: Flask, world: World) -> None:
    """An attacker needs nothing: the service's own use made each look at the trail say that it was tampered with."""
    stop, writing, looks = Event(), Event(), []

    def use() -> None:
        with app.app_context():
            while not stop.is_set():
                patient.read(world.people.ben, world.people.amina.id, world.now)
                looks.append(1)
                writing.set()

    users = [Thread(target=use) for _ in range(2)]
    for each in users:
        each.start()
    writing.wait(60)
    try:
        before, found = len(looks), [audit.verify({})[0] for _ in range(LOOKS)]
        assert len(looks) > before, "nobody wrote meanwhile"
    finally:
        stop.set()
        for each in users:
            each.join(60)
    assert found == [[]] * LOOKS
