"""Does the letter say the whole plan, to each reader in their words, and never a draft as if it were agreed?"""

from dataclasses import fields
from html import unescape

import pytest

from companion.domain.care_plan import Content
from companion.use_cases import care_plan
from tests import cast
from tests.api.caller import Caller
from tests.world import World

SQLITE = pytest.mark.parametrize("template", ["sqlite"], indirect=True)
FULL = {
    "communicate_how": "Yn Gymraeg, ŵyl môr",
    "please_do": "Ask <b>me</b> first 🙂",
    "please_dont": "لا تتصل",
}


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
    told = ben.get(f"/v1/care-plans/{plan.id}/letter").text
    assert [mark for mark in words.values() if mark not in told] == []


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


@SQLITE
def test_nobody_else_gets_it(world: World, ben: Caller, eve: Caller, chandra: Caller) -> None:
    at = f"/v1/care-plans/{world.people.agree_plan().plan.id}/letter"
    assert (eve.get(at).status, chandra.get(at).status) == (404, 403)
    assert ben.get(f"{at}?reader=employer").fields == ["reader"]
