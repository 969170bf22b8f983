"""Are guesses counted, and can nobody be kept out by somebody else's?"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from companion.db import reading
from companion.models import KnownDevice, LimitUse
from tests.api.caller import Answer, at_once
from tests.api.staff_entry.entrance import BEN, CHANDRA, Entrance


def statuses(answers: Sequence[Answer]) -> list[int]:
    return [answer.status for answer in answers]


def fail(entrance: Entrance, email: str, times: int, **more: str) -> list[Answer]:
    """Guess so many times."""
    return [entrance.try_in(email, f"not the password {number}", **more) for number in range(times)]


def test_after_five_wrong_guesses_there_is_a_wait(entrance: Entrance) -> None:
    known = fail(entrance, BEN, 6)
    unknown = fail(entrance, "nobody@example.nhs.uk", 6)
    assert statuses(known) == statuses(unknown) == [401] * 5 + [429]
    assert [answer.text for answer in known] == [answer.text for answer in unknown]
    assert known[-1].headers["Retry-After"] == unknown[-1].headers["Retry-After"] == "300"
    assert entrance.try_in(BEN).status == 429, "who waits does not learn that the guess is right"
    entrance.hands.turn(timedelta(minutes=5))
    assert entrance.try_in(BEN).status == 201


def test_the_wait_grows(entrance: Entrance) -> None:
    waits, now = [], entrance.hands.at
    for _ in range(300):
        answer = entrance.try_in(BEN, "not the password")
        if answer.status == 429:
            waits.append(int(answer.headers["Retry-After"]))
            entrance.hands.turn(timedelta(seconds=waits[-1]))
        if entrance.hands.at > now + timedelta(days=1):
            break
    guesses = 30
    assert max(waits) > 3 * 3_600 > min(waits) > 0
    assert len(waits) < guesses
    with reading() as session:
        assert max(session.scalars(select(LimitUse.tries))) <= guesses


def test_whoever_gets_in_begins_anew(entrance: Entrance) -> None:
    for _ in range(3):
        fail(entrance, BEN, 4)
        assert entrance.try_in(BEN).status == 201


def test_nobody_is_kept_out_by_somebody_else_s_guesses(entrance: Entrance) -> None:
    """The attack is that somebody else fails in Ben's name all day, even from the same network address."""
    device = entrance.try_in(BEN).json["device"]
    fail(entrance, BEN, 20)
    assert entrance.try_in(BEN).status == 429, "from a device that nobody knows"
    back = entrance.try_in(BEN, device=device)
    assert (back.status, back.json["device"]) == (201, device)
    assert entrance.try_in(BEN).status == 429, "that he got in says nothing of the others"
    # His device may fail too, and then waits by itself.
    assert statuses(fail(entrance, BEN, 11, device=device)) == [401] * 10 + [429]
    entrance.hands.turn(timedelta(minutes=5))
    assert entrance.try_in(BEN, device=device).status == 201


def test_a_device_is_known_for_its_own_person_alone(entrance: Entrance) -> None:
    chandra_s = entrance.try_in(CHANDRA).json["device"]
    fail(entrance, BEN, 5)
    for device in (chandra_s, "made up", chandra_s[:-1], chandra_s.swapcase(), "é👍"):
        assert entrance.try_in(BEN, device=device).status == 429, device
    for impossible in ("", "x" * 101, 7, None, "\ud800"):
        assert entrance.try_in(BEN, device=impossible).status in (400, 422)


def test_a_device_that_somebody_chose_is_not_taken_up(entrance: Entrance) -> None:
    """Whoever plants a cookie in a browser must not know the device afterwards."""
    given = entrance.try_in(BEN, device="planted").json["device"]
    assert given != "planted"
    fail(entrance, BEN, 5)
    assert entrance.try_in(BEN, device="planted").status == 429
    assert entrance.try_in(BEN, device=given).status == 201


def test_a_device_is_forgotten_in_half_a_year(entrance: Entrance) -> None:
    device = entrance.try_in(BEN).json["device"]
    entrance.hands.turn(timedelta(days=181))
    fail(entrance, BEN, 5)
    assert entrance.try_in(BEN, device=device).status == 429


def test_of_many_devices_the_newest_are_known(entrance: Entrance) -> None:
    for _ in range(25):
        entrance.hands.turn(timedelta(seconds=1))
        assert entrance.try_in(BEN).status == 201
    with reading() as session:
        assert len(session.scalars(select(KnownDevice.mac)).all()) == 20


def test_one_address_does_not_guess_at_everybody(entrance: Entrance) -> None:
    tries = [entrance.try_in(f"somebody{number}@example.nhs.uk", "a guess") for number in range(51)]
    assert statuses(tries) == [401] * 50 + [429]
    assert entrance.try_in(BEN).status == 429


def test_those_who_guess_at_once_are_all_counted(entrance: Entrance) -> None:
    answers = at_once(*[lambda: entrance.try_in(BEN, "not the password")] * 8)
    assert sorted(statuses(answers)) == [401] * 5 + [429] * 3


def test_the_counts_name_nobody(entrance: Entrance) -> None:
    fail(entrance, BEN, 2)
    with reading() as session:
        kept = str(session.execute(select(LimitUse.__table__)).all())
    assert "ben" not in kept
    assert "127.0.0.1" not in kept
