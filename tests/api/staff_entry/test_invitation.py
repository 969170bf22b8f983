"""Does somebody come in by a link, once and in time, and is nobody else let in by it?"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.settings.config import Config, Environment
from companion.db import reading
from companion.models import AuditEntry, Invitation
from tests.api.caller import Answer, Caller, at_once
from tests.api.staff_entry.entrance import ADA, BEN, EVE, GOOD, Entrance

FAY: dict[str, Any] = {"name": "Fay Lund", "email": "fay@example.nhs.uk", "roles": ["clinician"]}


def invited(entrance: Entrance, ada: Caller | None = None) -> str:
    """Ada asks Fay to come; the link in the e-mail."""
    made = (ada or entrance.signed_in(ADA)).post("/v1/invitations", FAY)
    assert (made.status, made.json["mail_status"], made.json["status"]) == (201, "sent", "open")
    return entrance.link()


def accepted(entrance: Entrance, link: str, password: str = GOOD) -> tuple[Caller, Answer]:
    """Somebody fills in the form that the link leads to; in a browser of their own."""
    browser = entrance.browser()
    fields = {"name": "Fay Lund", "password": password}
    return browser, browser.submit("/staff/sign-in", link, fields)


def test_from_the_invitation_to_the_first_day(entrance: Entrance) -> None:
    link = invited(entrance)
    [letter] = entrance.letters()
    assert (letter["To"], letter["Subject"]) == ("fay@example.nhs.uk", "Your invitation to iHELP Companion")
    assert "West Lancashire Pain Service" in letter.get_content()
    assert "Amina" not in letter.as_string()
    for _ in range(2):  # mail programs look first
        page = entrance.browser().get(link)
        assert (page.status, "fay@example.nhs.uk" in page.text) == (200, True)
        assert page.headers["Cache-Control"] == "no-store"
    _, weak = accepted(entrance, link, "fay lund fay lund")
    assert (weak.status, "first that are guessed" in weak.text) == (422, True)
    browser, answer = accepted(entrance, link)
    assert (answer.status, answer.headers["Location"]) == (303, "/staff/second-factor")
    assert "Fay Lund" in browser.get("/staff").text
    assert entrance.try_in(FAY["email"], GOOD).json["roles"] == ["clinician"]
    for _, again in (accepted(entrance, link), accepted(entrance, link, "another lamp, river and cheese")):
        assert again.status == 404
    [seen] = entrance.signed_in(ADA).get("/v1/invitations").json["items"]
    assert (seen["status"], seen["mail_status"]) == ("accepted", "sent")


def test_of_two_who_accept_at_once_one_comes_in(entrance: Entrance) -> None:
    link = invited(entrance)
    browsers = [entrance.browser() for _ in range(2)]
    fields = {"name": "Fay Lund", "password": GOOD}
    answers = at_once(*[lambda one=one: one.submit("/staff/sign-in", link, fields) for one in browsers])
    assert sorted(answer.status for answer in answers) == [303, 404]


def test_two_who_ask_the_same_person_at_once_ask_once(entrance: Entrance) -> None:
    ada = entrance.signed_in(ADA)
    callers = [entrance.caller(ada.token) for _ in range(2)]
    answers = at_once(*[lambda one=one: one.post("/v1/invitations", FAY) for one in callers])
    assert sorted(answer.status for answer in answers) == [201, 409]


def test_a_link_that_is_not_whole_or_not_ours_leads_nowhere(entrance: Entrance) -> None:
    link = invited(entrance)
    head, _, token = link.rpartition("/")
    entrance.caller().submit("/staff/sign-in", "/staff/password/forgotten", {"email": BEN})
    swapped = entrance.link().rpartition("/")[2]
    for odd in (token[:-1], token + "A", token.swapcase(), swapped, "%00", "👍", "x" * 3_000, "..", "' OR 1=1"):
        page = entrance.browser().get(f"{head}/{odd}")
        assert (odd, page.status) == (odd, 404)
        assert accepted(entrance, f"{head}/{odd}")[1].status == 404
    assert entrance.browser().get(f"/staff/password/reset/{token}").status == 404
    assert entrance.browser().get(link).status == 200


def test_it_holds_for_three_days_and_can_be_sent_again(entrance: Entrance) -> None:
    ada = entrance.signed_in(ADA)
    link = invited(entrance, ada)
    assert ada.post("/v1/invitations", FAY).status == 409
    entrance.hands.turn(timedelta(hours=72))
    ada = entrance.signed_in(ADA)
    assert accepted(entrance, link)[1].status == 404
    [old] = ada.get("/v1/invitations").json["items"]
    assert old["status"] == "expired"
    again = ada.post(f"/v1/invitations/{old['id']}/renewal")
    assert (again.status, again.json["status"]) == (200, "open")
    newer = entrance.link()
    assert newer != link
    assert entrance.browser().get(link).status == 404
    assert accepted(entrance, newer)[1].status == 303
    assert ada.post(f"/v1/invitations/{old['id']}/renewal").status == 409


def test_an_expired_one_does_not_stand_in_the_way_of_another(entrance: Entrance) -> None:
    invited(entrance)
    entrance.hands.turn(timedelta(days=4))
    assert accepted(entrance, invited(entrance))[1].status == 303


def test_it_can_be_taken_back_by_its_own_pain_service_alone(entrance: Entrance) -> None:
    ada, eve, ben = entrance.signed_in(ADA), entrance.signed_in(EVE), entrance.signed_in(BEN)
    link = invited(entrance, ada)
    [made] = ada.get("/v1/invitations").json["items"]
    address = f"/v1/invitations/{made['id']}"
    for stranger in (eve, ben):
        assert stranger.get("/v1/invitations").status == 403
        assert stranger.post("/v1/invitations", FAY).status == 403
        assert stranger.send("DELETE", address).status == 403
    assert ada.send("DELETE", address).status == 204
    assert ada.send("DELETE", address).status == 409
    assert accepted(entrance, link)[1].status == 404
    assert ada.post("/v1/invitations", FAY).status == 201


def test_whoever_is_here_is_not_asked(entrance: Entrance) -> None:
    ada = entrance.signed_in(ADA)
    for email in (BEN, "Ben@Example.NHS.uk", EVE):
        refused = ada.post("/v1/invitations", FAY | {"email": email})
        assert (refused.status, entrance.letters()) == (409, [])


def test_nothing_is_put_into_an_e_mail_but_what_is_meant(entrance: Entrance) -> None:
    ada = entrance.signed_in(ADA)
    for email in (
        "fay@x.uk\nBcc: eve@x.uk",
        "fay@x.uk\r\nSubject: x",
        "fay@x.uk, eve@x.uk",
        "fay@x.uk;eve@x.uk",
        "fay",
    ):
        assert (email, ada.post("/v1/invitations", FAY | {"email": email}).status) == (email, 422)
    assert ada.post("/v1/invitations", FAY | {"name": "Fay\nBcc: eve@x.uk"}).status == 422
    assert ada.post("/v1/invitations", FAY | {"name": "<b>Fay</b> & Söhne"}).status == 201
    [letter] = entrance.letters()
    assert letter.get_all("Bcc") is None


def test_an_e_mail_that_does_not_go_is_shown(entrance: Entrance, mails_cannot_be_kept: Path) -> None:
    ada = entrance.signed_in(ADA)
    made = ada.post("/v1/invitations", FAY)
    assert (made.status, made.json["mail_status"]) == (201, "not-sent")
    browser = entrance.browser(ADA)
    assert "not sent: send it again" in browser.get("/staff/invitations").text
    mails_cannot_be_kept.unlink()
    assert ada.post(f"/v1/invitations/{made.json['id']}/renewal").json["mail_status"] == "sent"


@pytest.fixture
def mails_cannot_be_kept(settings: Config) -> Path:
    """Where the folder for e-mails should be lies a file."""
    file = Path(settings.staff_entry.letter_box.folder)
    file.write_text("in the way")
    return file


def test_no_link_is_kept(entrance: Entrance) -> None:
    token = invited(entrance).rpartition("/")[2]
    with reading() as session:
        kept = str([*session.execute(select(Invitation.__table__)), *session.execute(select(AuditEntry.__table__))])
    assert token not in kept


def test_an_administrator_does_it_all_with_a_browser(entrance: Entrance) -> None:
    browser = entrance.browser(ADA)
    empty = browser.submit("/staff/invitations", "/staff/invitations", {"name": "", "email": "fay", "roles": "king"})
    assert empty.status == 422
    for name in ("name", "email", "roles"):
        assert f'href="#{name}"' in empty.text, "each is named at the head of the page"
    sent = browser.submit("/staff/invitations", "/staff/invitations", FAY)
    assert (sent.status, sent.headers["Location"]) == (303, "/staff/invitations")
    again = browser.submit("/staff/invitations", "/staff/invitations", FAY)
    assert (again.status, "already an invitation" in again.text) == (422, True)
    page = browser.get("/staff/invitations").text
    assert "Fay Lund" in page
    with reading() as session:
        made = session.scalars(select(Invitation.id)).one()
    assert browser.submit("/staff/invitations", f"/staff/invitations/{made}/renewal").status == 303
    link = entrance.link()
    assert browser.submit("/staff/invitations", f"/staff/invitations/{made}/withdrawal").status == 303
    assert entrance.browser().get(link).status == 404
    for other in (BEN, EVE):
        assert entrance.browser(other).get("/staff/invitations").status == 403


class TestInProduction:
    """Where links must not lie in a folder."""

    @pytest.fixture
    def settings(self, settings: Config) -> Config:
        return replace(settings, environment=Environment.PRODUCTION)

    def test_without_a_mail_server_no_e_mail_is_said_to_have_gone(self, entrance: Entrance) -> None:
        made = entrance.signed_in(ADA).post("/v1/invitations", FAY)
        assert (made.json["mail_status"], entrance.letters()) == ("not-sent", [])
