"""Does a passkey let its owner in and nobody else, once for each question?"""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from api.settings.config import Config
from companion.use_cases.passkey import REFUSED
from tests.api.caller import Caller, at_once
from tests.api.staff_entry.entrance import ADA, BEN, Entrance
from tests.api.staff_entry.passkeys import (
    ENTRY,
    NAMED,
    OWN,
    added,
    asked,
    asked_for_another,
    give,
    keep,
    options_of,
    strong,
    tried,
    written,
)
from tests.support.passkey_device import PRESENT, VERIFIED, Device, told, untold


@pytest.fixture
def settings(settings: Config) -> Config:
    """Where passkeys hold."""
    return replace(settings, public_base_url=NAMED)


def test_one_touch_and_ben_is_in(entrance: Entrance) -> None:
    ben = strong(entrance, BEN)
    device = added(ben)
    browser = entrance.browser()
    question = asked(browser)
    assert (question["rpId"], question["userVerification"]) == ("localhost", "required")
    assert question["allowCredentials"] == []
    answer = give(browser, device.show(question))
    assert (answer.status, answer.headers["Location"]) == (303, OWN)
    page = browser.get(OWN).text
    assert "Ben Okafor" in page
    assert "My laptop" in page
    assert "Eve" not in page
    assert written("sign-in")[-1] == ["passkey"]
    # As strong as a code: he may add another.
    assert tried(entrance, added(browser, "My phone", counts=False)) == 303
    assert len(written("passkey.add")) == 2


def test_each_question_is_answered_once_and_by_the_browser_that_was_asked(entrance: Entrance) -> None:
    device = added(strong(entrance, BEN))
    browser, other = entrance.browser(), entrance.browser()
    asked(other)
    answer = device.show(asked(browser))
    assert give(other, answer).status == 401, "another browser's question"
    assert give(browser, answer).status == 303
    assert give(browser, answer).status == 401, "twice"
    assert give(entrance.browser(), answer).status == 401, "nobody asked"
    assert tried(entrance, device, challenge=told(b"made up")) == 401
    late = entrance.browser()
    answer = device.show(asked(late))
    entrance.hands.turn(timedelta(minutes=10))
    assert give(late, answer).status == 401, "too late"
    assert tried(entrance, device) == 303


def test_a_wrong_answer_uses_the_question_up(entrance: Entrance) -> None:
    device = added(strong(entrance, BEN))
    browser = entrance.browser()
    question = asked(browser)
    assert give(browser, "nonsense").status == 401
    assert give(browser, device.show(question)).status == 401


@pytest.mark.parametrize(
    "other",
    [
        {"origin": "https://localhost:8000"},
        {"origin": "http://localhost:8001"},
        {"origin": "http://localhost:8000.evil.example"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"flags": 0},
        {"what": "webauthn.create"},
        {"holder": b""},
        {"holder": b"somebody else"},
    ],
    ids=str,
)
def test_what_another_site_or_another_hand_got_is_refused(entrance: Entrance, other: dict[str, Any]) -> None:
    device = added(strong(entrance, BEN))
    browser = entrance.browser()
    answer = give(browser, device.show(asked(browser), **other))
    assert (answer.status, REFUSED in answer.text) == (401, True)
    assert written("passkey.refused") == [["holder" if "holder" in other else "answer"]]
    assert browser.get(OWN).status == 303
    assert tried(entrance, device) == 303


def test_a_signature_is_over_everything_and_by_that_very_key(entrance: Entrance) -> None:
    device = added(strong(entrance, BEN))
    for part in ("authenticatorData", "signature", "clientDataJSON"):
        browser = entrance.browser()
        answer = device.show(asked(browser))
        some = bytearray(untold(answer["response"][part]))
        some[-1] ^= 1
        answer["response"][part] = told(bytes(some))
        assert (part, give(browser, answer).status) == (part, 401)
    assert tried(entrance, replace(device, key=Device().key)) == 401
    assert tried(entrance, replace(Device(), holder=device.holder)) == 401, "one that nobody knows"
    assert tried(entrance, device) == 303


def test_two_of_the_same_passkey_are_seen_by_its_count(entrance: Entrance) -> None:
    device = added(strong(entrance, BEN))
    before = device.uses
    assert tried(entrance, device) == 303
    assert tried(entrance, replace(device, uses=before)) == 401
    assert written("passkey.refused") == [["sign_count"]]
    assert tried(entrance, replace(device, counts=False, uses=0)) == 401
    assert tried(entrance, device) == 303


def test_of_one_answer_sent_three_times_at_once_one_counts(entrance: Entrance) -> None:
    device = added(strong(entrance, BEN), counts=False)
    browser = entrance.browser()
    answer = device.show(asked(browser))
    token = {"csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', browser.get(ENTRY).text)[0]}
    kept = browser.client.get_cookie("staff-passkey"), browser.client.get_cookie("visit")
    cookies = "; ".join(f"{each.key}={each.value}" for each in kept if each is not None)
    sent = {"answer": json.dumps(answer), **token}

    def once() -> int:
        client = entrance.app.test_client(use_cookies=False)
        return Caller(client).send("POST", "/staff/passkey/sign-in", data=sent, headers={"Cookie": cookies}).status

    assert sorted(at_once(once, once, once)) == [303, 401, 401]


NONSENSE = (
    "",
    "{",
    "null",
    "[]",
    '"passkey"',
    "{}",
    '{"id": 1, "rawId": 2, "type": 3, "response": 4}',
    '{"id": "a", "rawId": "a", "type": "public-key", "response": {}}',
    "[" * 5_000,
    "1" * 5_000,
    '{"id": "é", "rawId": "é", "type": "public-key", "response": {"clientDataJSON": "é"}}',
    "\x00",
    "👍",
    "x" * 20_000,
)

SPOILT: tuple[Any, ...] = ("", "!", "A", "A" * 3_000, None, 7, ["A"], {})


def test_nonsense_is_a_wrong_answer_and_no_more(entrance: Entrance) -> None:
    ben = strong(entrance, BEN)
    device = added(ben)
    for words in NONSENSE:
        browser = entrance.browser()
        asked(browser)
        assert (words[:40], give(browser, words).status) == (words[:40], 401)
        asked_for_another(ben)
        assert (words[:40], keep(ben, words).status) == (words[:40], 422)
    for part in ("authenticatorData", "clientDataJSON", "signature", "userHandle"):
        for spoilt in SPOILT:
            entrance.hands.turn(timedelta(seconds=10))
            browser = entrance.browser()
            answer = device.show(asked(browser))
            answer["response"][part] = spoilt
            assert (part, spoilt, give(browser, answer).status) == (part, spoilt, 401)
    browser = entrance.browser()
    asked(browser)
    assert give(browser, "x" * 70_000).status == 413


@pytest.mark.parametrize(("method", "what"), [("POST", "departure"), ("DELETE", "second-factor")])
def test_whoever_has_left_or_lost_everything_does_not_come_in(entrance: Entrance, method: str, what: str) -> None:
    device = added(strong(entrance, BEN))
    before = entrance.browser()
    answer = device.show(asked(before))
    ada = entrance.signed_in(ADA)
    assert ada.send(method, f"/v1/staff/{entrance.world.people.ben.id}/{what}").status == 204
    assert give(before, answer).status == 401, "also who was on the way"
    assert tried(entrance, device) == 401


def test_whoever_comes_in_keeps_nobody_else_out(entrance: Entrance) -> None:
    """A hospital has one address: a shift's worth of good passkeys is not held against it."""
    device = added(strong(entrance, BEN))
    entrance.hands.turn(timedelta(minutes=5))
    for _ in range(55):
        browser = entrance.browser()
        assert give(browser, device.show(asked(browser))).status == 303


def test_sixty_tries_from_one_address_are_too_many(entrance: Entrance) -> None:
    device = added(strong(entrance, BEN))
    entrance.hands.turn(timedelta(minutes=5))
    browser = entrance.browser()
    begun = [browser.submit(ENTRY, "/staff/passkey") for _ in range(60)]
    assert [answer.status for answer in begun] == [200] * 50 + [429] * 10
    assert int(begun[-1].headers["Retry-After"]) <= 300
    assert give(entrance.browser(), device.show(options_of(begun[49]))).status == 429, "what nobody asked it"
    # Whoever was asked before is not kept out by the rest.
    assert give(browser, device.show(options_of(begun[49]))).status == 303


class TestUnderANumber:
    """Where the service is reached by an IP address."""

    @pytest.fixture
    def settings(self, settings: Config) -> Config:
        return replace(settings, public_base_url="http://127.0.0.1:8000")

    def test_nobody_is_offered_any(self, entrance: Entrance) -> None:
        browser = entrance.browser()
        assert "asskey" not in browser.get(ENTRY).text
        assert browser.submit(ENTRY, "/staff/passkey").status == 404
        assert give(browser, "{}").status == 404
