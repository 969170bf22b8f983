"""Does a browser refuse what somebody managed to write into a page, and a form that another site's page sends?"""

import pytest
from flask import Flask, render_template_string
from playwright.sync_api import Browser, expect

from tests.browser import chromium
from tests.support.world import World

PLANTED = """{% extends "page.html" %}{% block main %}
<p id="words">Untouched</p>
<script>document.getElementById("words").textContent = "inline"</script>
<script src="/static/planted.js"></script>
<img src="data:," alt="" onerror="document.getElementById('words').textContent = 'handler'">
<p id="styled" style="display: none">Shown</p>
{% endblock %}"""


@pytest.mark.own_app
def test_what_is_written_into_a_page_does_nothing(app: Flask, browser: Browser) -> None:
    app.add_url_rule("/planted", view_func=lambda: render_template_string(PLANTED))
    with chromium.served(app) as address:
        context = browser.new_context()
        page = context.new_page()
        blocked: list[str] = []
        page.on("console", lambda message: blocked.append(message.text) if message.type == "error" else None)
        page.goto(f"{address}/planted")
        expect(page.locator("#words")).to_have_text("Untouched")
        expect(page.locator("#styled")).to_be_visible()
        assert len([words for words in blocked if "Content Security Policy" in words]) >= 4
        context.close()


def test_another_sites_form_does_nothing(world: World, app: Flask, browser: Browser) -> None:
    with chromium.served(app) as address:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{address}/simulator")
        form = f'<form method="post" action="{address}/simulator/unknown/texts"><input name="body" value="STOP"></form>'
        page.goto(f"data:text/html,{form}")
        page.evaluate("document.forms[0].submit()")
        expect(page.locator("h1")).to_have_text("Forbidden")
        assert world.messages() == []
        context.close()
