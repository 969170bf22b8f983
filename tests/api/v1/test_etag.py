"""Is a lost edit impossible, and is nothing sent twice that the asker has already?"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask

from tests.api import body
from tests.api.caller import Answer, Caller, at_once
from tests.support.world import World

# What names no version that anything has: stale, of another kind, none of ours, or more than one at once.
STALE = ('"0"', '"99"', '"1', "1", 'W/"1"', "*", '"1", "2"', '"1","1"', '"01"', '"1 "', '""', '"٣"', '"9999999999"')


@dataclass(frozen=True)
class Edit:
    """A change of something that can be edited, and where that is read. `times`: how often in a row it can be made."""

    where: str
    method: str
    how: str
    sent: dict[str, Any]
    times: int = 3

    def by(self, who: Caller, version: str | None) -> Answer:
        """Make it, with that in hand."""
        return who.send(self.method, self.where + self.how, json=self.sent, version=version)


def edits(world: World) -> list[Edit]:
    """Every operation that wants If-Match."""
    amina, dee = (f"/v1/patients/{person.id}" for person in (world.people.amina, world.people.dee))
    plan = f"/v1/care-plans/{world.people.agree_plan().plan.id}"
    return [
        Edit(amina, "PATCH", "", {"given_name": "Aminah"}),
        Edit(f"{dee}/preferences", "PUT", "", body.preferences()),
        Edit(plan, "POST", "/revisions", body.revision()),
        Edit(plan, "POST", "/agreement", {"how": "app"}, times=1),
        Edit(plan, "PATCH", "", {"status": "on-hold"}, times=1),
    ]


def version_of(answer: Answer) -> int:
    """The version that a body tells of."""
    found: int = answer.json["plan"]["version"] if "plan" in answer.json else answer.json["version"]
    return found


def test_an_edit_without_the_current_version_changes_nothing(world: World, ben: Caller) -> None:
    for edit in edits(world):
        before = ben.get(edit.where)
        for version in (None, "", " "):
            missing = edit.by(ben, version)
            assert (edit, missing.status) == (edit, 428)
            assert "If-Match" in missing.json["detail"]
        for version in STALE:
            refused = edit.by(ben, version.encode().decode("latin-1"))
            assert (edit, version, refused.status) == (edit, version, 412)
            assert refused.json["current_version"] == version_of(before)
        assert ben.get(edit.where).json == before.json


def test_of_two_who_save_at_once_one_hears_of_the_other(app: Flask, world: World, ben: Caller) -> None:
    other = Caller(app.test_client(), ben.token)
    for edit in edits(world):
        for _ in range(edit.times):
            version = ben.get(edit.where).tag
            first, second = sorted(
                at_once(*(partial(edit.by, who, version) for who in (ben, other))), key=lambda answer: answer.status
            )
            assert (edit, first.status in (200, 201), second.status) == (edit, True, 412)
            now = ben.get(edit.where)
            assert first.tag == now.tag == f'"{second.json["current_version"]}"'


def test_what_the_asker_has_is_not_sent_again(world: World, ben: Caller) -> None:
    for address in {edit.where for edit in edits(world)}:
        first = ben.get(address)
        for header in (first.tag, f"W/{first.tag}", f'"x", {first.tag}', "*"):
            again = ben.get(address, headers={"If-None-Match": header})
            assert (again.status, again.text, again.headers["ETag"]) == (304, "", first.tag)
            assert again.headers["Cache-Control"] == "no-store"
            assert "Content-Security-Policy" in again.headers
        for header in ('"99"', "", "rubbish"):
            assert ben.get(address, headers={"If-None-Match": header}).json == first.json
        # RFC 9110, 13.1.1: also a read may be asked for one version only, and a refusal is a problem.
        refused = ben.get(address, headers={"If-Match": '"99"'})
        assert (refused.status, refused.mimetype) == (412, "application/problem+json")
        assert ben.get(address, headers={"If-Match": first.tag}).status == 200
