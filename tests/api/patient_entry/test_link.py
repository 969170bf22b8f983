"""Does a link show anything before the second fact, and does it open the page once, for its patient alone?"""

from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from api.app import create_app
from api.settings.config import Config
from companion.db import db, reading
from companion.domain.segments import is_gsm7, segments
from companion.domain.sign_in_text import HIDDEN
from companion.models import DeviceToken, SignInLink
from companion.upkeep import patient_sign_in
from tests.api import form
from tests.api.caller import Answer, Caller, signed_in
from tests.api.patient_entry.conftest import Entrance
from tests.api.patient_entry.shown import nowhere_shown
from tests.support.cast import AMINA_MOBILE, AMINA_NHS, DEE_NHS

DIGITS = AMINA_NHS[-4:]
WRONG = "0000"


@dataclass
class Browser:
    """One browser, with its cookies."""

    app: Flask
    caller: Caller = field(init=False)

    def __post_init__(self) -> None:
        self.caller = Caller(self.app.test_client())

    def open(self, link: str, digits: str = DIGITS) -> Answer:
        """Open the link, and type the digits into its form."""
        return self.caller.submit(link, link, {"digits": digits})

    def sees_plan(self) -> bool:
        """Whether the page shows the plan."""
        answer = self.caller.get("/own/plan")
        return answer.status == 200 and "Being there for my family" in answer.text


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Somebody's."""
    return Browser(app)


def texted(entrance: Entrance) -> str:
    """Ben has a link texted to Amina, and she reads it; the path of its address."""
    ben = signed_in(entrance.app, entrance.world.people.ben)
    answer = ben.post(f"/v1/patients/{entrance.world.people.amina.id}/sign-in-links")
    assert answer.status == 202, answer.text
    text = entrance.texts()[-1]
    assert is_gsm7(text)
    assert segments(text) == 1
    return "/link/" + text.partition("/link/")[2][:36]


def test_a_link_and_four_digits_open_the_plan(entrance: Entrance, browser: Browser) -> None:
    entrance.world.people.agree_plan()
    answer = browser.open(texted(entrance))
    assert (answer.status, answer.headers["Location"]) == (303, "/own/plan")
    assert browser.sees_plan()
    assert not Browser(entrance.app).sees_plan()


def test_before_the_second_fact_it_shows_nothing_and_fetching_it_uses_nothing_up(
    entrance: Entrance, browser: Browser
) -> None:
    entrance.world.people.agree_plan()
    link = texted(entrance)
    for _ in range(10):  # a robot that looks for previews, a mail gateway, a curious eye
        page = browser.caller.get(link)
        assert page.status == 200
        assert not [word for word in ("Amina", "Yusuf", AMINA_NHS, "Lancashire", "plan") if word in page.text]
    assert browser.open(link).status == 303
    assert browser.sees_plan()


def test_it_works_once(entrance: Entrance, browser: Browser) -> None:
    link = texted(entrance)
    assert browser.open(link).status == 303
    assert Browser(entrance.app).open(link).status == 401


def test_it_ends_after_half_an_hour_after_five_tries_and_with_the_next(entrance: Entrance, browser: Browser) -> None:
    late = texted(entrance)
    entrance.wait(minutes=30)
    assert browser.open(late).status == 401
    # That counted too.
    entrance.wait(minutes=15)
    tried = texted(entrance)
    assert [browser.open(tried, WRONG).status for _ in range(5)] == [401] * 5
    entrance.wait(minutes=15)
    assert browser.open(tried).status == 401
    entrance.wait(minutes=15)
    first, second = texted(entrance), texted(entrance)
    assert browser.open(first).status == 401
    assert browser.open(second).status == 303


def test_about_one_person_so_many_tries_whatever_the_links(entrance: Entrance, browser: Browser) -> None:
    first = texted(entrance)
    assert [browser.open(first, WRONG).status for _ in range(5)] == [401] * 5
    second = texted(entrance)
    assert browser.open(second).status == 429


def test_another_s_digits_and_no_such_link_are_refused_alike(entrance: Entrance, browser: Browser) -> None:
    link = texted(entrance)
    nowhere = "/link/00000000-0000-4000-8000-000000000000"
    other, none = browser.open(link, DEE_NHS[-4:]), browser.open(nowhere)
    assert (other.status, none.status) == (401, 401)
    assert "do not match" in other.text
    assert "do not match" in none.text


@pytest.mark.parametrize("digits", ["", "12", "12345", "abcd", "٠١٢٣", "'; --"])
def test_what_is_not_four_digits_is_no_try(entrance: Entrance, browser: Browser, digits: str) -> None:
    link = texted(entrance)
    assert browser.open(link, digits).status == 422
    with reading() as session:
        assert [each.tries for each in session.scalars(select(SignInLink))] == [0]


def test_a_form_from_another_site_opens_nothing(entrance: Entrance, browser: Browser) -> None:
    link = texted(entrance)
    assert browser.caller.send("POST", link, data={"digits": DIGITS}).status == 403


def test_signing_out_ends_the_page_at_once(entrance: Entrance, browser: Browser) -> None:
    entrance.world.people.agree_plan()
    browser.open(texted(entrance))
    answer = browser.caller.submit("/own/plan", "/own/sign-out")
    assert (answer.status, answer.headers["Location"]) == (303, "/own/way-in")
    assert not browser.sees_plan()
    assert browser.caller.get("/own/plan").headers["Location"] == "/own/way-in"


def test_the_page_ends_by_itself_after_half_an_hour(entrance: Entrance, browser: Browser) -> None:
    entrance.world.people.agree_plan()
    browser.open(texted(entrance))
    entrance.wait(minutes=29)
    assert browser.sees_plan()
    entrance.wait(minutes=1)
    assert not browser.sees_plan()


def cookie_of(answer: Answer) -> tuple[str, SimpleCookie]:
    found = next(each for each in answer.headers.getlist("Set-Cookie") if "own-page" in each)
    return found, SimpleCookie(found)


def test_the_cookie_holds_a_secret_of_which_a_hash_is_kept(entrance: Entrance, browser: Browser) -> None:
    words, cookie = cookie_of(browser.open(texted(entrance)))
    assert "HttpOnly" in words
    assert "SameSite=Lax" in words
    with reading() as session:
        (kept,) = session.scalars(select(DeviceToken)).all()
    assert kept.hash != cookie["own-page"].value
    as_bearer = entrance.with_token(cookie["own-page"].value)
    assert as_bearer.get("/v1/me").status == 401, "a page's secret opens no door of an app"


def test_behind_tls_it_is_this_host_s_alone(entrance: Entrance, database_url: str) -> None:
    link = texted(entrance)
    settings = Config(database_url=database_url, public_base_url="https://pain.example.nhs.uk")
    tls = create_app(settings, clock=lambda: entrance.moment.now)
    client = Caller(tls.test_client())
    base: dict[str, Any] = {"base_url": "https://pain.example.nhs.uk"}
    fields = form.token_of(client.get(link, **base).text)
    answer = client.send("POST", link, data={**fields, "digits": DIGITS}, **base)
    with tls.app_context():
        db.engine.dispose()
    words, _ = cookie_of(answer)
    assert words.startswith("__Host-own-page=")
    assert "Secure" in words
    assert "Path=/" in words


def test_staff_never_see_the_link_and_who_may_not_cannot_send_one(entrance: Entrance) -> None:
    link = texted(entrance)
    people = entrance.world.people
    listed = signed_in(entrance.app, people.ben).get(f"/v1/patients/{people.amina.id}/messages")
    assert listed.json["items"][0]["body"] == HIDDEN
    nowhere_shown(entrance, link.rpartition("/")[2])
    address = f"/v1/patients/{people.amina.id}/sign-in-links"
    assert signed_in(entrance.app, people.eve).post(address).status == 404
    assert signed_in(entrance.app, people.chandra).post(address).status == 403


def test_staff_cannot_text_a_link_past_a_stop(entrance: Entrance) -> None:
    """P1: not when they ask for it, and not when the STOP comes while it waits."""
    texted(entrance)
    entrance.world.texts("STOP")
    entrance.world.send()
    assert [text.status for text in entrance.world.messages(kind="sign-in", number=AMINA_MOBILE)] == ["cancelled"]
    ben = signed_in(entrance.app, entrance.world.people.ben)
    assert ben.post(f"/v1/patients/{entrance.world.people.amina.id}/sign-in-links").status == 409


def test_so_many_links_and_no_more(entrance: Entrance) -> None:
    for _ in range(3):
        texted(entrance)
    ben = signed_in(entrance.app, entrance.world.people.ben)
    answer = ben.post(f"/v1/patients/{entrance.world.people.amina.id}/sign-in-links")
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "900"


def test_links_that_are_over_are_forgotten(entrance: Entrance) -> None:
    texted(entrance)
    patient_sign_in.sweep(entrance.moment.now + timedelta(minutes=30))
    with reading() as session:
        assert session.scalars(select(SignInLink)).all() == []
