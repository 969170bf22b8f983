"""What does somebody do at a browser who has passkeys, or would like one?"""

import json
import re
from html import unescape
from typing import Any

from sqlalchemy import select

from companion.db import reading
from companion.models import AuditEntry
from tests.api.caller import Answer, Caller
from tests.api.staff_entry.entrance import Entrance
from tests.support.passkey_device import Device

ENTRY, OWN, KEYS = "/staff/sign-in", "/staff", "/staff/passkeys"
# A passkey is made for a name.
NAMED = "http://localhost:8000"


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
