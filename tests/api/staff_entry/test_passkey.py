"""Does a passkey let its owner in and nobody else, once for each question?"""

import json
import re
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select

from api.config import Config
from api.staff_entry import passkey_site
from companion.db import reading
from companion.domain.passkey import Site, has_gone_back
from companion.models import AuditEntry, Passkey
from companion.use_cases.passkey import REFUSED
from tests.api.caller import Answer, Caller, at_once
from tests.api.staff_entry.entrance import ADA, BEN, CHANDRA, EVE, Entrance
from tests.passkey_device import PRESENT, VERIFIED, Device, told, untold

SQLITE = pytest.mark.parametrize("template", ["sqlite"], indirect=True)
ENTRY, OWN, KEYS = "/staff/sign-in", "/staff", "/staff/passkeys"


@pytest.fixture
def settings(settings: Config) -> Config:
    """Under a name: a passkey is made for one."""
    return replace(settings, public_base_url="http://localhost:8000")


def strong(entrance: Entrance, email: str) -> Caller:
    """Somebody's browser, signed in with the code of an app."""
    phone, _ = entrance.enrolled(email)
    return entrance.browser(email, code=phone.code())


def options_of(answer: Answer) -> dict[str, Any]:
    """What the page asks the browser for."""
    found = re.search(r'data-options="([^"]*)"', answer.text)
    assert found is not None, answer.text
    said: dict[str, Any] = json.loads(unescape(found[1]))
    return said


def asked_for_another(browser: Caller) -> dict[str, Any]:
    """What is asked of the browser of whoever wants to add one."""
    return options_of(browser.submit(OWN, f"{KEYS}/beginning"))


def keep(browser: Caller, answer: object, name: str = "My laptop") -> Answer:
    """Send what the browser made."""
    written = answer if isinstance(answer, str) else json.dumps(answer)
    return browser.submit(OWN, KEYS, {"answer": written, "name": name})


def added(browser: Caller, name: str = "My laptop", **of: Any) -> Device:
    """A device with a passkey of whoever is signed in."""
    device = Device(**of)
    answer = keep(browser, device.make(asked_for_another(browser)), name)
    assert (answer.status, answer.headers.get("Location")) == (303, OWN), answer.text
    return device


def asked(browser: Caller) -> dict[str, Any]:
    """What is asked of whoever wants to sign in."""
    return options_of(browser.submit(ENTRY, "/staff/passkey"))


def give(browser: Caller, answer: object) -> Answer:
    """Send what the browser was given."""
    written = answer if isinstance(answer, str) else json.dumps(answer)
    return browser.submit(ENTRY, "/staff/passkey/sign-in", {"answer": written})


def tried(entrance: Entrance, device: Device, **other: Any) -> int:
    """How somebody fares who shows that in a fresh browser."""
    browser = entrance.browser()
    return give(browser, device.show(asked(browser), **other)).status


def written(action: str) -> list[list[str]]:
    """What the audit trail says of it."""
    with reading() as session:
        return [list(each) for each in session.scalars(select(AuditEntry.fields).where(AuditEntry.action == action))]


def test_one_touch_and_ben_is_in(entrance: Entrance) -> None:
    ben = strong(entrance, BEN)
    device = added(ben)
    browser = entrance.browser()
    question = asked(browser)
    assert (question["rpId"], question["userVerification"], question["allowCredentials"]) == (
        "localhost",
        "required",
        [],
    )
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
@SQLITE
def test_what_another_site_or_another_hand_got_is_refused(entrance: Entrance, other: dict[str, Any]) -> None:
    device = added(strong(entrance, BEN))
    browser = entrance.browser()
    answer = give(browser, device.show(asked(browser), **other))
    assert (answer.status, REFUSED in answer.text) == (401, True)
    assert written("passkey.refused") == [["holder" if "holder" in other else "answer"]]
    assert browser.get(OWN).status == 303
    assert tried(entrance, device) == 303


@SQLITE
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
    twin = deepcopy({"uses": device.uses})
    assert tried(entrance, device) == 303
    assert tried(entrance, replace(device, uses=twin["uses"])) == 401
    assert written("passkey.refused") == [["sign_count"]]
    assert tried(entrance, replace(device, counts=False, uses=0)) == 401
    assert tried(entrance, device) == 303


def test_of_one_answer_sent_three_times_at_once_one_counts(entrance: Entrance) -> None:
    device = added(strong(entrance, BEN), counts=False)
    browser = entrance.browser()
    answer = device.show(asked(browser))
    token = {"csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', browser.get(ENTRY).text)[0]}
    cookies = "; ".join(f"{each.key}={each.value}" for each in browser.client._cookies.values())
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


@SQLITE
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
        for spoilt in ("", "!", "A", "A" * 3_000, None, 7, ["A"], {}):
            entrance.hands.turn(timedelta(seconds=10))
            browser = entrance.browser()
            answer = device.show(asked(browser))
            answer["response"][part] = spoilt
            assert (part, spoilt, give(browser, answer).status) == (part, spoilt, 401)
    browser = entrance.browser()
    asked(browser)
    assert give(browser, "x" * 70_000).status == 413


@SQLITE
def test_a_truncated_passkey_is_none(entrance: Entrance) -> None:
    ben = strong(entrance, BEN)
    whole = untold(Device().make(asked_for_another(ben))["response"]["attestationObject"])
    for length in range(0, len(whole), 9):
        made = Device().make(asked_for_another(ben))
        made["response"]["attestationObject"] = told(untold(made["response"]["attestationObject"])[:length])
        assert (length, keep(ben, made).status) == (length, 422)
    for format_of in ("tpm", "android-safetynet", "fido-u2f", "made-up", 7):
        assert keep(ben, Device().make(asked_for_another(ben), fmt=format_of)).status == 422
    assert len(written("passkey.add")) == 0


@SQLITE
def test_a_passkey_is_made_here_by_whoever_was_asked(entrance: Entrance) -> None:
    ben, eve = strong(entrance, BEN), strong(entrance, EVE)
    for other in (
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"flags": 0x41},
        {"flags": 0x44},
        {"what": "webauthn.get"},
        {"challenge": told(b"made up")},
    ):
        assert (other, keep(ben, Device().make(asked_for_another(ben), **other)).status) == (other, 422)
    # Eve's question, brought to Ben's sign-in with her cookie: his, made for her, or hers made for him.
    question = asked_for_another(eve)
    [kept] = [each for each in eve.client._cookies.values() if each.key == "staff-new-passkey"]
    ben.client.set_cookie("staff-new-passkey", kept.value)
    assert keep(ben, Device().make(question)).status == 422
    made = Device().make(asked_for_another(ben))
    assert keep(ben, made).status == 303
    assert keep(ben, made).status == 422, "twice"
    with reading() as session:
        assert set(session.scalars(select(Passkey.staff_id))) == {entrance.world.people.ben.id}


@SQLITE
def test_only_whoever_signed_in_just_now_with_a_code_adds_one(entrance: Entrance) -> None:
    assert entrance.browser().submit(ENTRY, f"{KEYS}/beginning").headers["Location"] == ENTRY
    assert entrance.browser(CHANDRA).submit(OWN, f"{KEYS}/beginning").status == 403, "by a password alone"
    ben = strong(entrance, BEN)
    made = Device().make(asked_for_another(ben))
    entrance.hands.turn(timedelta(minutes=9, seconds=59))
    late = Device().make(asked_for_another(ben))
    entrance.hands.turn(timedelta(seconds=1))
    assert [keep(ben, each).status for each in (late, made)] == [403, 403]
    assert ben.submit(OWN, f"{KEYS}/beginning").status == 403
    assert written("passkey.add") == []


@SQLITE
def test_ten_are_enough(entrance: Entrance) -> None:
    ben = strong(entrance, BEN)
    question = asked_for_another(ben)
    same = added(ben)
    assert keep(ben, same.make(asked_for_another(ben))).status == 422, "it is there already"
    for number in range(9):
        added(ben, f"Key {number}")
    assert ben.submit(OWN, f"{KEYS}/beginning").status == 409
    assert question["excludeCredentials"] == []
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Passkey)) == 10


def test_ben_names_his_and_takes_it_away_and_nobody_else_does(entrance: Entrance) -> None:
    ben, eve = strong(entrance, BEN), strong(entrance, EVE)
    device = added(ben, "  Old   one 🔑 ")
    with reading() as session:
        own = f"{KEYS}/{session.scalars(select(Passkey.id)).one()}"
    assert eve.submit(OWN, f"{own}/name", {"name": "Eve's"}).status == 404
    assert eve.submit(OWN, f"{own}/removal").status == 404
    for wrong in ("", " ", "x" * 61, "two\nlines"):
        assert ben.submit(OWN, f"{own}/name", {"name": wrong}).status == 422
    assert ben.submit(OWN, f"{own}/name", {"name": "<b>New</b>"}).status == 303
    assert "&lt;b&gt;New&lt;/b&gt;" in ben.get(OWN).text
    assert tried(entrance, device) == 303
    assert ben.submit(OWN, f"{own}/removal").status == 303
    assert ben.submit(OWN, f"{own}/removal").status == 404
    assert tried(entrance, device) == 401
    assert [len(written(f"passkey.{what}")) for what in ("rename", "remove")] == [1, 1]


@pytest.mark.parametrize(("method", "what"), [("POST", "departure"), ("DELETE", "second-factor")])
def test_whoever_has_left_or_lost_everything_does_not_come_in(entrance: Entrance, method: str, what: str) -> None:
    device = added(strong(entrance, BEN))
    before = entrance.browser()
    answer = device.show(asked(before))
    ada = entrance.signed_in(ADA)
    assert ada.send(method, f"/v1/staff/{entrance.world.people.ben.id}/{what}").status == 204
    assert give(before, answer).status == 401, "also who was on the way"
    assert tried(entrance, device) == 401


@SQLITE
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


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("http://127.0.0.1:8000", None),
        ("http://[::1]:8000", None),
        ("https://192.0.2.7", None),
        ("http://pain.example", None),
        ("http://localhost:8000", Site("localhost", "http://localhost:8000")),
        ("https://Pain.Example:443", Site("pain.example", "https://pain.example")),
        ("https://pain.example:8443", Site("pain.example", "https://pain.example:8443")),
    ],
)
def test_passkeys_hold_where_there_is_a_name(address: str, site: Site | None) -> None:
    assert passkey_site(address) == site


@pytest.mark.parametrize(
    ("known", "counted", "gone"), [(0, 0, 0), (0, 1, 0), (1, 2, 0), (1, 1, 1), (2, 1, 1), (1, 0, 1)]
)
def test_a_count_goes_on(known: int, counted: int, gone: int) -> None:
    assert has_gone_back(known, counted) is bool(gone)


class TestUnderANumber:
    """Where the service is reached by an IP address."""

    @pytest.fixture
    def settings(self, settings: Config) -> Config:
        return replace(settings, public_base_url="http://127.0.0.1:8000")

    @SQLITE
    def test_nobody_is_offered_any(self, entrance: Entrance) -> None:
        browser = entrance.browser()
        assert "asskey" not in browser.get(ENTRY).text
        assert browser.submit(ENTRY, "/staff/passkey").status == 404
        assert give(browser, "{}").status == 404
