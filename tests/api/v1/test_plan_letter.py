"""Does the letter say the whole plan, to each reader in their words, and never a draft as if it were agreed?"""

from dataclasses import fields, replace
from datetime import UTC, datetime
from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from api.paper import letter as paper
from companion.domain.care_plan import (
    Activity,
    AgreedHow,
    Contact,
    ContactKind,
    Content,
    Goal,
    Helps,
    Medicine,
    Need,
    NeedKind,
)
from companion.domain.plan_letter import Part
from companion.use_cases import care_plan
from tests.api.caller import Answer, Caller, patient_signed_in, signed_in
from tests.companion.domain.test_plan_difference import whole
from tests.support import cast
from tests.support.world import World

FULL = {
    "communicate_how": "Yn Gymraeg, ŵyl môr",
    "please_do": "Ask <b>me</b> first 🙂",
    "please_dont": "لا تتصل",
}


def printed(answer: Answer) -> str:
    """The words of a PDF; where its lines break is nobody's business."""
    assert (answer.status, answer.mimetype) == (200, "application/pdf")
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.body)).pages).split())


def test_it_says_all_of_the_plan_in_the_reader_s_words(world: World, ben: Caller) -> None:
    content = cast.plan_content(**FULL)
    at = f"/v1/care-plans/{world.people.agree_plan(content).plan.id}/letter"
    mine, gp = ben.get(at), ben.get(f"{at}?reader=gp")
    assert (mine.status, mine.mimetype) == (200, "text/html")
    said = [content.what_matters, *FULL.values(), *(line.words for line in content.lines)]
    for words in said:
        assert words in unescape(mine.text), words
        assert words in unescape(gp.text), words
    assert "how important: 9 of 10" in mine.text
    assert "Ask &lt;b&gt;me&lt;/b&gt; first" in mine.text
    assert "What already helps you" in mine.text
    assert "Goals" in gp.text
    assert cast.AMINA_NHS in gp.text
    assert cast.AMINA_NHS not in mine.text
    for fetched in ("<script", "src=", "href=", "url(", "@import"):
        assert fetched not in mine.text
    assert "@media print" in mine.text


def test_no_part_of_a_plan_is_forgotten(world: World, ben: Caller) -> None:
    """What a plan comes to hold has to come into the letter: every field of words has a word of its own here."""
    words = {field.name: f"Mark-{field.name}" for field in fields(Content) if field.type in ("str", "str | None", str)}
    words |= {field.name: f"Mark-{field.name}" for field in fields(Content) if field.type == (str | None)}
    assert len(words) >= 4
    plan = world.people.agree_plan(cast.plan_content(**words)).plan
    at = f"/v1/care-plans/{plan.id}/letter"
    for told in (ben.get(at).text, printed(ben.get(f"{at}.pdf"))):
        assert [mark for mark in words.values() if mark not in told] == []


def test_no_line_of_a_plan_is_forgotten(world: World, ben: Caller) -> None:
    """Likewise for whatever a line of it says in words."""
    lines = {
        "needs": (Need(NeedKind.SOCIAL, "Mark-need", condition="Mark-condition"),),
        "already_helps": (Helps("Mark-helps", "helps-1"),),
        "goals": (Goal("Mark-goal"),),
        "activities": tuple(
            Activity(each.behaviour, "Mark-activity", each.days_of_week)
            for each in cast.plan_content().activities
            if each.already_helps_line is None
        ),
        "medicines_to_review": (Medicine("Mark-medicine", why="Mark-why"),),
        "contacts": (
            Contact(ContactKind.CARER, "Mark-carer", phone="07700900123"),
            Contact(ContactKind.CONTINGENCY, "Mark-contingency", phone="07700900124"),
        ),
    }
    plan = world.people.agree_plan(cast.plan_content(**lines)).plan
    at = f"/v1/care-plans/{plan.id}/letter"
    kinds = ("need", "condition", "helps", "goal", "activity", "medicine", "why", "carer", "contingency")
    for told in (ben.get(at).text, ben.get(f"{at}?reader=gp").text, printed(ben.get(f"{at}.pdf"))):
        assert [kind for kind in kinds if f"Mark-{kind}" not in told] == []
        assert "07700900124" in told.replace(" ", "")


def test_how_often_and_until_when_stand_in_plain_words(world: World, ben: Caller) -> None:
    first, *rest = cast.plan_content().activities
    often = replace(first, recurrence="FREQ=WEEKLY;INTERVAL=2", due_on=cast.day("2027-03-01"))
    content = replace(whole(), activities=(often, *rest), reviewer_id=world.people.ben.id)
    told = ben.get(f"/v1/care-plans/{world.people.agree_plan(content).plan.id}/letter").text
    assert "done by you; every 2 weeks; from 23 November 2026; by 1 March 2027" in told
    assert "reviewed by 1 February 2027, with Ben" in told
    assert "You agreed to it on 23 November 2026, in person." in told
    assert "FREQ" not in told


def test_days_are_those_where_the_patient_lives(world: World, ben: Caller) -> None:
    """In July, half past midnight in London is still yesterday in UTC."""
    people, at = world.people, datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    drafted = care_plan.draft(people.ben, people.amina.id, cast.plan_content(), at)
    care_plan.agree(people.ben, drafted.plan.id, 1, AgreedHow.PHONE, at, at)
    told = ben.get(f"/v1/care-plans/{drafted.plan.id}/letter").text
    assert "written on 1 July 2026" in told
    assert "You agreed to it on 1 July 2026" in told
    assert "30 June" not in told


def test_the_pdf_can_be_read_aloud(world: World, ben: Caller) -> None:
    at = f"/v1/care-plans/{world.people.agree_plan(cast.plan_content(**FULL)).plan.id}/letter.pdf"
    answer = ben.get(at)
    words = printed(answer)
    assert "Yn Gymraeg, ŵyl môr" in words
    assert "Ask <b>me</b> first" in words
    assert answer.headers["Content-Disposition"] == 'attachment; filename="care-plan.pdf"'
    document = PdfReader(BytesIO(answer.body))
    assert "'/Marked': True" in str(document.root_object["/MarkInfo"])
    assert repr(document.root_object["/Lang"]) == "'en-GB'"
    assert b"pdfuaid" in answer.body
    assert document.metadata is not None
    assert document.metadata.title == "Your care and support plan"
    assert cast.AMINA_NHS in printed(ben.get(f"{at}?reader=gp"))


def test_patients_get_it_themselves_as_they_agreed_to_it(world: World, app: Flask) -> None:
    people = world.people
    amina, dee = patient_signed_in(app, people.amina), patient_signed_in(app, people.dee)
    own = "/v1/me/care-plan/letter"
    assert (amina.get(own).status, amina.get(f"{own}.pdf").status) == (404, 404)
    plan = people.agree_plan(cast.plan_content(please_do="Ring first")).plan
    care_plan.revise(people.ben, plan.id, plan.version, cast.plan_content(please_do="Never ring"), "A slip", world.now)
    for told in (amina.get(own).text, printed(amina.get(f"{own}.pdf"))):
        assert "Ring first" in told
        assert "Never ring" not in told
        assert "Draft" not in told
    assert dee.get(own).status == 404
    looks = signed_in(app, people.ben).get(f"/v1/patients/{people.amina.id}/record-access").json["items"]
    assert [look["who"] for look in looks if look["what"] == "made a letter of the care plan"] != []


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_whatever_somebody_wrote_comes_onto_paper(words: str) -> None:
    """There is a PDF of every plan that can be saved; where a sign is missing, the paper says so."""
    made = paper.pdf(paper.Sheet("Plan", ["Amina"], None, None, [Part("What matters", [words])], []))
    told = " ".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)
    assert "What matters" in " ".join(told.split())


@pytest.mark.parametrize(("words", "whole"), [("Bore da, ŵyl", True), ("مرحبا", True), ("🙂", True), ("你好", False)])
def test_a_sign_that_no_font_has_is_owned_up_to(words: str, whole: bool) -> None:
    made = paper.pdf(paper.Sheet("Plan", ["Amina"], None, None, [Part("What matters", [words])], []))
    told = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages).split())
    assert ("cannot show every character" not in told) is whole
    assert (b"pdfuaid" in made) is whole


def test_nothing_that_somebody_wrote_is_markup() -> None:
    words = '#read("plan_letter.typ") *bold* $x^2$ `code` <label> @ref \\ = heading'
    made = paper.pdf(paper.Sheet("Plan", ["Amina"], None, None, [Part("What matters", [words])], []))
    told = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages).split())
    assert words in told


def test_a_draft_is_marked_until_the_patient_agrees(world: World, ben: Caller) -> None:
    people = world.people
    drafted = care_plan.draft(people.ben, people.amina.id, cast.plan_content(), world.now).plan
    at = f"/v1/care-plans/{drafted.id}/letter"
    assert "You have not agreed to these words yet" in ben.get(at).text
    assert "The patient has not agreed" in ben.get(f"{at}?reader=gp").text
    agreed = ben.post(f"/v1/care-plans/{drafted.id}/agreement", {"how": "phone"}, version='"1"')
    assert agreed.status == 201
    assert "Draft" not in ben.get(at).text
    care_plan.revise(people.ben, drafted.id, 2, cast.plan_content(please_do="Ring first"), "She asked to", world.now)
    changed = ben.get(at).text
    assert "Draft" in changed
    assert "Ring first" in changed
    looked = ben.get(f"/v1/patients/{people.amina.id}/record-access").json["items"]
    assert "made a letter of the care plan" in {item["what"] for item in looked}


def test_nobody_else_gets_it(world: World, ben: Caller, eve: Caller, chandra: Caller) -> None:
    at = f"/v1/care-plans/{world.people.agree_plan().plan.id}/letter"
    assert (eve.get(at).status, chandra.get(at).status) == (404, 403)
    assert ben.get(f"{at}?reader=employer").fields == ["reader"]
