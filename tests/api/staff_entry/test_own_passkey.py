"""Who may add a passkey, name it and take it away, and where does one hold?"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from api.settings.config import Config
from api.settings.staff_entry import passkey_site
from companion.db import reading
from companion.domain.passkey import Site, has_gone_back
from companion.models import Passkey
from tests.api.staff_entry.entrance import BEN, CHANDRA, EVE, Entrance
from tests.api.staff_entry.passkeys import (
    ENTRY,
    KEYS,
    NAMED,
    OWN,
    added,
    asked_for_another,
    keep,
    strong,
    tried,
    written,
)
from tests.support.passkey_device import Device, told, untold


@pytest.fixture
def settings(settings: Config) -> Config:
    """Where passkeys hold."""
    return replace(settings, public_base_url=NAMED)


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
    kept = eve.client.get_cookie("staff-new-passkey")
    assert kept is not None
    ben.client.set_cookie("staff-new-passkey", kept.value)
    assert keep(ben, Device().make(question)).status == 422
    made = Device().make(asked_for_another(ben))
    assert keep(ben, made).status == 303
    assert keep(ben, made).status == 422, "twice"
    with reading() as session:
        assert set(session.scalars(select(Passkey.staff_id))) == {entrance.world.people.ben.id}


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
