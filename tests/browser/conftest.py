"""Which browser do these tests have, and where is the product served for them?"""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, or a loud word that it is not here."""
    path = chromium.find()
    if path is None:
        pytest.skip("NOT TESTED IN A BROWSER: there is no Chromium on this machine (on Debian: apt install chromium).")
    with chromium.browser(path) as started:
        yield started


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the product is served for this test."""
    with chromium.served(app) as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone-sized page that fails the test for any fault the browser reports, blocked content included."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    made = context.new_page()
    faults: list[str] = []
    made.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    made.on("pageerror", lambda error: faults.append(str(error)))
    yield made
    context.close()
    assert faults == []
