"""Do the manager's figures add up, for any period that makes sense and for no other?"""

from datetime import timedelta

import pytest

from tests.api.caller import Caller
from tests.support.world import World

# The query, and the fields that are then named.
REFUSED = [
    ("", ["from_on", "to_on"]),
    ("from_on=2026-11-01", ["to_on"]),
    ("from_on=2026-11-02&to_on=2026-11-01", ["to_on"]),
    ("from_on=2026-01-01&to_on=2027-01-03", ["to_on"]),
    ("from_on=0001-01-01&to_on=9999-12-31", ["to_on"]),
    ("from_on=2026-02-29&to_on=2026-03-01", ["from_on"]),
    ("from_on=2026-1-1&to_on=2026-01-02", ["from_on"]),
    ("from_on=20260101&to_on=2026-01-02", ["from_on"]),
    ("from_on=2026-W01-1&to_on=2026-01-02", ["from_on"]),
    ("from_on=2026-01-01T00:00:00Z&to_on=2026-01-02", ["from_on"]),
    ("from_on=%00&to_on=", ["from_on", "to_on"]),
    ("from_on=%ff&to_on=2026-01-02", ["from_on"]),
    ("from_on=٢٠٢٦-٠١-٠١&to_on=2026-01-02", ["from_on"]),
]


def test_the_figures_add_up(world: World, ben: Caller, chandra: Caller) -> None:
    world.people.agree_plan()
    world.pass_time(timedelta(days=4), timedelta(hours=1))
    world.texts("Y")
    period = "from_on=2026-11-01&to_on=2026-12-31"
    figures = chandra.get(f"/v1/engagement?{period}")
    assert figures.status == 200
    total, behaviours = figures.json["total"], figures.json["behaviours"]
    assert set(behaviours) == {"curious", "healthy", "demand"}
    for name, count in total.items():
        if name != "held_back":
            assert count == sum(tally[name] for tally in behaviours.values())
    assert total["planned"] == total["waiting"] + total["sent"] + total["skipped"] + total["lapsed"]
    assert (figures.json["people"], total["answered"]) == (1, 1)
    assert total["sent"] == total["delivered"] > 0
    nudges = ben.get(f"/v1/patients/{world.people.amina.id}/nudges?page_size=100").json
    assert total["planned"] + total["replaced"] == nudges["total"]
    none = chandra.get("/v1/engagement?from_on=2020-01-01&to_on=2021-01-01").json
    assert (none["total"]["planned"], none["people"]) == (0, 0)


@pytest.mark.usefixtures("world")
def test_a_period_is_two_days_in_order(chandra: Caller) -> None:
    answers = [(query, chandra.get(f"/v1/engagement?{query}")) for query, _ in REFUSED]
    assert [(query, answer.fields) for query, answer in answers] == REFUSED
    assert {answer.status for _, answer in answers} == {422}
    for period in ("0001-01-01&to_on=0001-01-01", "9999-12-31&to_on=9999-12-31", "2026-01-01&to_on=2027-01-02&x=1"):
        assert chandra.get(f"/v1/engagement?from_on={period}").status == 200
