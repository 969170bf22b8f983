"""How do staff come to work here, sign in and lose their password, a marker in every field?"""

import json
import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pyotp
from flask import Flask
from sqlalchemy import select

from companion.db import reading, transaction
from companion.models import SecondFactor, Staff
from companion.use_cases import staff
from tests.api.caller import Caller, signed_in
from tests.api.staff_entry.entrance import GOOD
from tests.api.staff_entry.passkeys import KEYS, options_of
from tests.api.webhooks.test_twilio import BASE, Watch
from tests.marker.heard import Heard, Listener
from tests.marker.marks import MARKS
from tests.support import cast
from tests.support.passkey_device import Device
from tests.support.world import World

ENTRY, FORGOTTEN, SECOND = "/staff/sign-in", "/staff/password/forgotten", "/staff/second-factor"
ZQ, GUESS = "zqmail@example.nhs.uk", "Zqstaff Zqstaff"
SECRET = MARKS["second_factor.secret_sealed"]


def come_to_work(app: Flask, world: World, watch: Watch, heard: Heard, mails: Path) -> None:
    """Somebody is hired by an operator, somebody by a link; one sets up an app and forgets the password."""
    ada = Listener(signed_in(app, world.people.ada), heard)
    staff.add(world.people.system, "Zqstaff", ZQ, cast.PASSWORD, sorted(world.people.ben.roles), watch.now)
    invitation = {"name": "Zqinvited", "email": "zqcome@example.nhs.uk", "roles": ["clinician"]}
    made = ada.send("POST", "/v1/invitations", json=invitation)
    assert made.status == 201, made.text
    assert ada.send("POST", "/v1/invitations", json=invitation).status == 409
    assert (
        ada.send("POST", "/v1/invitations", json=invitation | {"email": "zqcome@example\nBcc: zqmail@example"}).status
        == 422
    )
    browser = Listener(Caller(app.test_client()), heard)
    link = link_in(mails, heard)
    browser.send("GET", link)
    browser.submit(ENTRY, link, {"name": "Zqinvited", "password": str(invitation["name"])})
    accepted = browser.submit(ENTRY, link, {"name": "Zqinvited", "password": GOOD})
    assert accepted.status == 303, accepted.text
    for path in ("/staff", "/staff/second-factor", "/staff/invitations"):
        browser.send("GET", path)
    set_up_an_app(app, heard, watch)
    browser.submit(ENTRY, FORGOTTEN, {"email": ZQ})
    browser.submit(ENTRY, FORGOTTEN, {"email": "zqmail@example@"})
    browser.submit(ENTRY, link_in(mails, heard), {"new_password": GUESS})
    browser.submit(ENTRY, link_in(mails, heard), {"new_password": f"{GOOD}, another"})
    for path in ("/v1/staff", "/v1/invitations"):
        assert ada.send("GET", path).status == 200
    assert Listener(signed_in(app, world.people.ben), heard).send("GET", "/v1/staff").status == 403


def set_up_an_app(app: Flask, heard: Heard, watch: Watch) -> None:
    """Their own secret cannot be chosen: it is the marker from between the beginning and the first code on."""
    nobody = Listener(Caller(app.test_client()), heard)
    nobody.send("POST", "/v1/sign-ins", json={"email": ZQ, "password": GUESS})
    nobody.send("POST", "/v1/sign-ins", json={"email": [ZQ], "password": GUESS})
    browser = Listener(Caller(app.test_client()), heard)
    browser.submit(ENTRY, ENTRY, {"email": ZQ, "password": GUESS})
    assert browser.submit(ENTRY, ENTRY, {"email": ZQ, "password": cast.PASSWORD}).status == 303
    assert browser.submit(ENTRY, SECOND, {}).status == 303
    with transaction() as session:
        row = session.scalars(select(SecondFactor)).one()
        row.secret = SECRET
    assert SECRET in browser.send("GET", SECOND).text.replace(" ", "")
    assert browser.submit(ENTRY, f"{SECOND}/confirmation", {"code": SECRET}).status == 422
    confirmed = browser.submit(ENTRY, f"{SECOND}/confirmation", {"code": pyotp.TOTP(SECRET).at(watch.now)})
    assert confirmed.status < 400, confirmed.text
    keep_a_passkey(browser)
    nobody.send("POST", "/v1/sign-ins", json={"email": ZQ, "password": cast.PASSWORD, "code": SECRET[:20]})
    with reading() as session:
        assert {row.name for row in session.scalars(select(Staff))} >= {"Zqstaff", "Zqinvited"}


def keep_a_passkey(browser: Listener) -> None:
    """Under a name that is the marker; once it is not made here, and once it is."""
    for origin, status in (("https://elsewhere.example", 422), (BASE, 303)):
        asked = options_of(browser.submit(ENTRY, f"{KEYS}/beginning", {}))
        made = json.dumps(Device(origin).make(asked))
        kept = browser.submit(ENTRY, KEYS, {"answer": made, "name": MARKS["passkey.name_sealed"]})
        assert kept.status == status, kept.text
    assert MARKS["passkey.name_sealed"] in browser.send("GET", "/staff").text


def link_in(mails: Path, heard: Heard) -> str:
    """The path of the link in the newest e-mail; its address is one that came out."""
    newest = max(mails.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    words = message_from_bytes(newest.read_bytes(), policy=default).get_content()
    found = re.search(rf"^{BASE}(/staff/\S+)\s*$", words, re.MULTILINE)
    assert found is not None, words
    heard.urls.append(found[1])
    return found[1]
