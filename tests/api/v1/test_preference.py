"""Do a patient's hours, days, ceilings and pauses come in as they are meant, or not at all?"""

from typing import Any

from tests.api import body
from tests.api.caller import Caller
from tests.support.world import World

# What is changed in sound preferences, and the field that is then named. The pain service of the cast allows texts at
# any hour of any day, three a day and ten a week.
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"local_start": "9:00"}, "local_start"),
    ({"local_start": "09:00:00"}, "local_start"),
    ({"local_start": "09:00\n"}, "local_start"),
    ({"local_start": "24:00"}, "local_start"),
    ({"local_start": "٠٩:٠٠"}, "local_start"),
    ({"local_start": 900}, "local_start"),
    ({"local_end": "09:00"}, "local_end"),
    ({"local_end": "08:00"}, "local_end"),
    ({"days_of_week": []}, "days_of_week"),
    ({"days_of_week": "mon"}, "days_of_week"),
    ({"days_of_week": ["mon", "mon"]}, "days_of_week"),
    ({"days_of_week": ["Mon"]}, "days_of_week"),
    ({"days_of_week": ["monday"]}, "days_of_week"),
    ({"days_of_week": [["mon"]]}, "days_of_week"),
    ({"days_of_week": None}, "days_of_week"),
    ({"on_bank_holidays": "yes"}, "on_bank_holidays"),
    ({"on_bank_holidays": 1}, "on_bank_holidays"),
    ({"on_bank_holidays": "true"}, "on_bank_holidays"),
    ({"on_bank_holidays": None}, "on_bank_holidays"),
    ({"daily_ceiling": 3.7}, "daily_ceiling"),
    ({"daily_ceiling": "3"}, "daily_ceiling"),
    ({"daily_ceiling": True}, "daily_ceiling"),
    ({"daily_ceiling": -1}, "daily_ceiling"),
    ({"daily_ceiling": 4}, "daily_ceiling"),
    ({"weekly_ceiling": 10**25}, "weekly_ceiling"),
    ({"weekly_ceiling": 1e300}, "weekly_ceiling"),
    ({"weekly_ceiling": 11}, "weekly_ceiling"),
    ({"paused_until_at": "2026-11-23T09:30:00"}, "paused_until_at"),
    ({"paused_until_at": "2026-11-23"}, "paused_until_at"),
    ({"paused_until_at": "2026-11-23 09:30:00+00:00"}, "paused_until_at"),
    ({"paused_until_at": "20261123T093000Z"}, "paused_until_at"),
    ({"paused_until_at": "2026-W47-1T09:30:00Z"}, "paused_until_at"),
    ({"paused_until_at": "2026-11-23T09:30:00+25:00"}, "paused_until_at"),
    ({"paused_until_at": "2026-11-23T09:30:60Z"}, "paused_until_at"),
    ({"paused_until_at": "2026-02-29T09:30:00Z"}, "paused_until_at"),
    ({"paused_until_at": "0001-01-01T00:00:00+14:00"}, "paused_until_at"),
    ({"paused_until_at": "9999-12-31T23:59:59-14:00"}, "paused_until_at"),
    ({"paused_until_at": "1999-12-31T23:59:59Z"}, "paused_until_at"),
    ({"paused_until_at": "2200-01-01T00:00:00Z"}, "paused_until_at"),
    ({"paused_until_at": 1_795_426_200}, "paused_until_at"),
    ({"paused_until_at": True}, "paused_until_at"),
    ({"pause": "for ever"}, "pause"),
    ({"version": 1}, "version"),
]


def test_preferences_are_read_and_replaced_whole(world: World, ben: Caller) -> None:
    address = f"/v1/patients/{world.people.amina.id}/preferences"
    before = ben.get(address)
    assert before.status == 200
    chosen = body.preferences(
        local_start="00:00",
        local_end="00:00",
        days_of_week=["sun", "mon"],
        on_bank_holidays=True,
        daily_ceiling=0,
        weekly_ceiling=10.0,
        paused_until_at="2199-12-31T23:59:59.123456-12:00",
    )
    replaced = ben.put(address, chosen, before.tag)
    assert replaced.status == 200
    expected = {
        **chosen,
        "days_of_week": ["mon", "sun"],
        "paused_until_at": "2200-01-01T11:59:59.123456+00:00",
        "version": before.json["version"] + 1,
    }
    assert ben.get(address).json == expected
    assert replaced.tag == f'"{expected["version"]}"'
    # What is left out goes back to what it is by default: PUT replaces.
    unpaused = ben.put(address, body.preferences(), replaced.tag)
    assert (unpaused.json["paused_until_at"], unpaused.json["on_bank_holidays"]) == (None, False)
    assert ben.get(address).json == unpaused.json


def test_nothing_is_guessed(world: World, ben: Caller) -> None:
    address = f"/v1/patients/{world.people.amina.id}/preferences"
    before = ben.get(address)
    answers = [(changes, ben.put(address, body.preferences(**changes), before.tag)) for changes, _ in REFUSED]
    assert [(changes, *answer.fields) for changes, answer in answers] == REFUSED
    assert {answer.status for _, answer in answers} == {422}
    too_long = ben.put(address, body.preferences(weekly_ceiling=10**400), before.tag)
    assert (too_long.status, "longer than 30 characters" in too_long.json["detail"]) == (400, True)
    missing = ben.put(address, {}, before.tag)
    assert missing.fields == ["daily_ceiling", "days_of_week", "local_end", "local_start", "weekly_ceiling"]
    assert ben.get(address).json == before.json


def test_an_instant_may_be_written_in_small_letters(world: World, ben: Caller) -> None:
    """RFC 3339 allows them."""
    address = f"/v1/patients/{world.people.amina.id}/preferences"
    version = ben.get(address).tag
    for written in ("2026-11-23t09:30:00z", "2026-11-23T10:30:00+01:00", "2026-11-23T09:30:00.000000-00:00"):
        answer = ben.put(address, body.preferences(paused_until_at=written), version)
        assert answer.json["paused_until_at"] == "2026-11-23T09:30:00+00:00"
        version = answer.tag
