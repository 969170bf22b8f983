"""Can staff see what was said and why, and write back?"""

from datetime import timedelta

from tests.api.caller import Caller
from tests.support.world import World

# Kept to the letter: Welsh, Arabic with direction marks, Urdu, a family of four, a flag, a combining accent, a
# non-breaking space, a character that is not assigned yet, and a line break with a tab.
WORDS = "Sut wyt ti? ŵŷ · \u200fمرحبا\u200e · درد · 👨‍👩‍👧‍👦🏴󠁧󠁢󠁷󠁬󠁳󠁿 · e\u0301 · 10\u00a0mg · \ufffe\U0003ffff ·\n\tend"


def test_what_staff_write_goes_out_and_stands_in_the_conversation(world: World, ben: Caller) -> None:
    messages = f"/v1/patients/{world.people.amina.id}/messages"
    written = ben.post(messages, {"body": f"  {WORDS}\r\n "})
    assert written.status == 202
    assert written.json["body"] == WORDS
    assert (written.json["kind"], written.json["status"]) == ("reply", "created")
    assert written.json["author_id"] == str(world.people.ben.id)
    world.texts("Thank you 🙏")
    listed = ben.get(messages).json
    assert listed["total"] == 2
    by_id = {item["id"]: item for item in listed["items"]}
    assert by_id[written.json["id"]] == written.json
    [answered] = [item for item in listed["items"] if item["kind"] == "inbound"]
    assert (answered["body"], answered["status"], answered["author_id"]) == ("Thank you 🙏", "received", None)
    assert ben.get(f"/v1/patients/{world.people.dee.id}/messages").json["items"] == []


def test_a_text_is_as_long_as_it_may_be_and_no_longer(world: World, ben: Caller) -> None:
    messages = f"/v1/patients/{world.people.amina.id}/messages"
    assert ben.post(messages, {"body": "é" * 918}).status == 202
    assert ben.post(messages, {"body": "\U0001fae9"}).status == 202, "an emoji newer than Python's tables"
    wrong = (
        "é" * 919,
        "x" * 10_000,
        "",
        "  \n",
        "\u200b",
        "\u2028\u00ad",
        "a\x00b",
        "a\x1bb",
        "\x7f",
        "\u0085",
        "\ud800",
        None,
        7,
        True,
        ["x"],
    )
    for text in wrong:
        refused = ben.post(messages, {"body": text})
        assert (text, refused.status, refused.fields) == (text, 422, ["body"])
    assert ben.get(messages).json["total"] == 2


def test_nobody_is_texted_without_consent(world: World, ben: Caller) -> None:
    amina = f"/v1/patients/{world.people.amina.id}"
    ben.post(f"{amina}/consents", {"status": "withdrawn"})
    refused = ben.post(f"{amina}/messages", {"body": "Hello"})
    assert refused.status == 409
    assert ben.get(f"{amina}/messages").json["total"] == 0


def test_nobody_is_texted_whose_care_here_is_finished(world: World, ben: Caller) -> None:
    """Taken with 202, such a text would be held back at the door, and nobody would know."""
    amina = f"/v1/patients/{world.people.amina.id}"
    ben.patch(amina, {"status": "finished"}, ben.get(amina).tag)
    refused = ben.post(f"{amina}/messages", {"body": "Hello"})
    assert refused.status == 409
    assert "Call them, or write a letter." in refused.json["detail"]
    assert ben.get(f"{amina}/messages").json["total"] == 0


def test_every_nudge_says_where_it_comes_from_and_what_became_of_it(world: World, ben: Caller) -> None:
    plan = world.people.agree_plan()
    world.pass_time(timedelta(days=3), timedelta(hours=1))
    nudges = ben.get(f"/v1/patients/{world.people.amina.id}/nudges?page_size=100").json
    sent = [nudge for nudge in nudges["items"] if nudge["status"] == "sent"]
    assert sent
    for nudge in sent:
        assert nudge["care_plan_id"] == str(plan.plan.id)
        assert nudge["line"] in {"sleep", "walk", "review"}
        assert nudge["line_words"]
        assert nudge["message_status"] == "delivered"
    held = [nudge for nudge in nudges["items"] if nudge["reason"] is not None]
    assert all(nudge["reason_words"] for nudge in held)
    texts = ben.get(f"/v1/patients/{world.people.amina.id}/messages?page_size=100").json["items"]
    assert {nudge["message_id"] for nudge in sent} == {text["id"] for text in texts}
