"""Do the rights work over HTTP: the copy in each form, the papers, and what is refused?"""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from companion.db import reading
from companion.domain.access import Actor, ActorKind
from companion.models import Erasure
from companion.use_cases import erasure
from nudges import planner
from nudges.settling import redaction
from tests.api.caller import Caller
from tests.support import cast
from tests.support.world import World

HOUR = timedelta(hours=1)


@pytest.fixture
def amina(world: World) -> str:
    """Her address, after two days."""
    world.people.agree_plan()
    world.pass_time(timedelta(days=2), HOUR)
    world.texts("<b>My knee</b> & more")
    return f"/v1/patients/{world.people.amina.id}"


def test_the_copy_comes_in_three_forms(amina: str, ben: Caller) -> None:
    told = ben.get(f"{amina}/export")
    assert told.status == 200
    assert told.json["records"]["patient"][0]["nhs_number"] == cast.AMINA_NHS
    assert told.json["records"]["preference"][0]["days_of_week"] == ["fri", "mon", "thu", "tue", "wed"]
    assert told.json["records"]["message"][0]["created_at"].endswith("+00:00")
    assert "Ben Okafor" in told.json["staff"].values()
    assert "why" not in told.json["records"]["task"][0]
    assert told.json["withheld"][0]["what"].startswith("Notes that staff wrote")
    fhir = ben.get(f"{amina}/export.fhir")
    assert (fhir.status, fhir.mimetype) == (200, "application/fhir+json")
    page = ben.get(f"{amina}/export.html")
    assert (page.status, page.mimetype) == (200, "text/html")
    assert page.headers["Content-Disposition"] == 'attachment; filename="my-record.html"'
    for words in (
        "Amina Yusuf",
        cast.AMINA_NHS,
        "a short walk after lunch",
        "You agreed on 23 November 2026",
        "Ben Okafor",
    ):
        assert words in page.text, words
    assert "&lt;b&gt;My knee&lt;/b&gt; &amp; more" in page.text
    assert "<script" not in page.text
    assert "Dee" not in page.text


def test_the_page_stands_by_itself(amina: str, ben: Caller) -> None:
    page = ben.get(f"{amina}/export.html").text
    for fetched in ("src=", "href=", "url(", "@import", "http://"):
        assert fetched not in page, fetched


def test_a_record_that_rests_is_not_read_and_can_be_found_again(amina: str, ben: Caller, eve: Caller) -> None:
    begun = ben.post(f"{amina}/restrictions", {"ground": "objection"})
    assert begun.status == 201
    assert ben.post(f"{amina}/restrictions", {"ground": "objection"}).status == 409
    assert ben.post(f"{amina}/restrictions", {"ground": "erasure-decided"}).fields == ["ground"]
    for path in ("", "/preferences", "/messages", "/export", "/export.html", "/export.fhir", "/corrections"):
        refused = ben.get(amina + path)
        assert (path, refused.status) == (path, 403)
        assert "restricted" in refused.json["detail"]
    assert [item["id"] for item in ben.get("/v1/restrictions").json["items"]] == [begun.json["id"]]
    assert eve.post(f"/v1/restrictions/{begun.json['id']}/lifting").status == 404
    assert ben.post(f"/v1/restrictions/{begun.json['id']}/lifting").json["lifted_at"]
    assert ben.get(amina).status == 200


def test_a_wish_is_answered_or_refused_with_a_reason(amina: str, ben: Caller) -> None:
    asked = ben.post(f"{amina}/corrections", {"words": "It is spelt Aminah"}).json
    answer = f"/v1/corrections/{asked['id']}/answer"
    assert ben.post(answer, {"status": "refused"}).fields == ["answer"]
    assert ben.post(answer, {"status": "requested"}).fields == ["status"]
    assert ben.post(answer, {"status": "made", "answer": "Done."}).json["status"] == "made"
    assert ben.post(answer, {"status": "made"}).status == 409
    assert [item["answer"] for item in ben.get(f"{amina}/corrections").json["items"]] == ["Done."]


def test_who_leaves_is_told_how_to_come_back(amina: str, ben: Caller) -> None:
    assert "01632 960123" in ben.post(f"{amina}/leaving").json["words"]
    assert ben.post(f"{amina}/leaving").status == 409
    assert ben.get(amina).json["status"] == "finished"


def test_from_the_wish_to_the_certificate(app: Flask, world: World, amina: str, ben: Caller, ada: Caller) -> None:
    asked = ben.post(f"{amina}/erasures")
    assert asked.status == 201
    address = f"/v1/erasures/{asked.json['id']}"
    letter = ben.get(f"{address}/letter")
    assert "We will not erase anything before then" in letter.text
    assert ben.post(f"{address}/approval", {"ground": "service-decided"}).status == 409, "who asked decides"
    kept = ada.post(f"{address}/approval", {"ground": "retention-over"})
    assert kept.fields == ["ground"]
    assert "8 years after the last contact" in kept.json["errors"][0]["detail"]
    approved = ada.post(f"{address}/approval", {"ground": "service-decided"})
    assert approved.json["status"] == "approved"
    letter = ben.get(f"{address}/letter")
    for words in ("Amina Yusuf", asked.json["id"], "What is left, and why", "the pain service decided"):
        assert words in letter.text, words
    assert ada.get(f"{address}/letter").status == 403
    assert ada.get(f"/v1/certificates/{asked.json['id']}").status == 409
    with reading() as session:
        from_at = session.get_one(Erasure, UUID(asked.json["id"])).from_at
    assert from_at is not None
    world.pass_time(HOUR, HOUR)
    planner.plan(world.now)
    assert erasure.carry_out(from_at) == 1
    redaction.redact(world.gateway, from_at)
    assert erasure.complete(from_at) == 1
    assert ben.get(amina).status == 404
    proof = ada.get(f"/v1/certificates/{asked.json['id']}")
    assert len(proof.json["signature"]) == 64
    assert proof.json["certificate"]["decided_by"] == "Ada Lind"
    page = ada.get(f"/v1/certificates/{asked.json['id']}/page")
    for words in ("Certificate of erasure", proof.json["signature"], "Ada Lind", "simulator: the words of"):
        assert words in page.text, words
    for paper in (proof.text, page.text, ada.get("/v1/erasures").text):
        assert not [value for value in ("Amina", "Yusuf", cast.AMINA_NHS, "77009") if value in paper]
    assert app.name


def test_a_refusal_is_a_letter_too(world: World, amina: str, ben: Caller, ada: Caller) -> None:
    asked = erasure.ask(
        Actor(ActorKind.PATIENT, world.people.service_id, world.people.amina.id), world.people.amina.id, world.now
    )
    address = f"/v1/erasures/{asked.id}"
    assert ada.post(f"{address}/refusal", {"answer": " "}).fields == ["answer"]
    assert ben.post(f"{address}/refusal", {"answer": "We are still treating you."}).status == 200
    letter = ben.get(f"{address}/letter").text
    assert "We are still treating you." in letter
    assert f"we keep yours until 25 November {cast.MONDAY.year + 8}" in letter.replace("\n  ", " ")
    assert "Information Commissioner" in letter
    assert ada.post(f"{address}/withdrawal").status == 403
    assert ben.post(f"{address}/withdrawal").status == 409
    assert amina
