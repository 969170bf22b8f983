"""Does a real browser make a passkey on our page, and open the door with it by one touch?"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from api.app import create_app
from api.settings.config import Config
from companion.db import db
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.browser import chromium
from tests.support import cast
from tests.support.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# A device of its own in the browser, which says yes at once to whatever it is asked.
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def address(database_url: str, gateway: SimulatorGateway, world: World) -> Iterator[str]:
    """Served under the name of this machine: a passkey is made for a name. The port is known once it is served."""
    made: list[Flask] = []

    def ask(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return made[0](environ, start_response)

    with chromium.served(ask) as url:
        named = url.replace("127.0.0.1", "localhost")
        made.append(create_app(Config(database_url=database_url, public_base_url=named), gateway, lambda: world.now))
        yield named
        with made[0].app_context():
            db.engine.dispose()


def test_ben_makes_one_signs_out_and_is_in_by_one_touch(world: World, address: str, page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto(f"{address}/staff/sign-in")
    page.get_by_label("E-mail address").fill("ben@example.nhs.uk")
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Set it up").click()
    page.get_by_role("button", name="Set it up").click()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_role("textbox", name="Code").fill(pyotp.TOTP(secret).at(world.now))
    page.get_by_role("button", name="Confirm").click()
    page.goto(f"{address}/staff")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Name of this passkey").fill("Ben's laptop")
    page.get_by_role("button", name="Create passkey").click()
    expect(page.get_by_text("Ben's laptop, added on")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ben Okafor")
    expect(page.get_by_text("last used on")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Ben's laptop")).to_have_count(0)


def test_without_script_nobody_is_offered_what_does_not_work(address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/staff/sign-in")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
    context.close()
