"""Is docs/plan-story.md true? Each of its requests is sent, and each answer compared with what is shown of it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from companion.use_cases import code, pathway
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.api.caller import Answer, answer_of
from tests.support import cast
from tests.support.databases import on_sqlite
from tests.support.moving import Moment, app_by
from tests.support.world import World

STORY = Path(__file__).parent.parent.parent / "docs" / "plan-story.md"
CHAPTERS = ["Refer", "Assess", "Plan", "Agree", "Revise", "Compare", "Review", "Close"]
_STEP = re.compile(r"^```(?P<kind>\S*)\n(?P<body>.*?)\n```$|^<!-- now: (?P<now>\S+) -->$", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"\{([a-z_]+)\}")
REST = "…"


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def app(database_url: str, gateway: SimulatorGateway, moment: Moment) -> Iterator[Flask]:
    """The product on a fresh database, by that clock."""
    with app_by(moment, database_url, gateway) as made:
        yield made


@dataclass
class Reader:
    """Somebody who does what the story says, and holds it to its word."""

    app: Flask
    world: World
    moment: Moment
    known: dict[str, Any] = field(default_factory=lambda: {"password": cast.PASSWORD})
    answer: Answer | None = None
    asked: int = 0

    def __post_init__(self) -> None:
        # A program keeps no cookies; the phone's browser does.
        self.browser = self.app.test_client()

    def read(self, story: str) -> None:
        """From the first line to the last."""
        for step in _STEP.finditer(story):
            if step["now"]:
                self.moment.now = self.world.now = datetime.fromisoformat(step["now"])
                pathway.ask_for_reviews(self.moment.now)
            elif step["kind"] == "text":
                self._text(step["body"])
            else:
                assert step["kind"] == "http", f"nothing tries this: {step['body']}"
                self._http(step["body"])
        assert self.answer is None, "the last answer is not shown"

    def _http(self, block: str) -> None:
        head, _, body = block.partition("\n\n")
        first, *headers = head.splitlines()
        told = dict(line.split(": ", 1) for line in headers)
        if first.startswith("HTTP/1.1 "):
            self._answered(int(first.split()[1]), told, body)
        else:
            method, path = first.split()
            self._ask(method, path, self._filled(told), body)

    def _ask(self, method: str, path: str, headers: dict[str, str], body: str) -> None:
        assert self.answer is None, f"no answer is shown before {method} {path}"
        path = self._filled(path)
        client = self.app.test_client() if path.startswith("/v1/") else self.browser
        sent: dict[str, Any] = {}
        if "Content-Type" in headers:
            sent["data"] = self._filled(body)
        elif body:
            sent["json"] = self._filled(json.loads(body))
        self.answer = answer_of(client.open(path, method=method, headers=headers, **sent))
        self.asked += 1
        code.take_up(self.moment.now)

    def _answered(self, status: int, headers: dict[str, str], body: str) -> None:
        found, self.answer = self.answer, None
        assert found is not None, "nothing was asked"
        assert found.status == status, found.text
        for name, value in headers.items():
            assert found.headers[name] == value, name
        if found.mimetype == "text/html" and body:
            self._on_page(body, found.text)
        elif body:
            self._compared(json.loads(body), found.json, "")

    def _text(self, shown: str) -> None:
        """What Amina's phone shows last, but for the notice that she signed in."""
        all_of_it = self.world.messages(kind="sign-in", number=cast.AMINA_MOBILE)
        texts = [text for text in all_of_it if "on a new phone" not in text.body]
        self._compared(shown, texts[-1].body, "the text")

    def _on_page(self, shown: str, page: str) -> None:
        """Whether these lines stand on the page, in this order."""
        pattern = ".*?".join(self._pattern(line.strip()) for line in shown.splitlines())
        found = re.search(pattern, page, re.DOTALL)
        assert found, f"not on the page: {shown}"
        self.known |= found.groupdict()

    def _compared(self, shown: Any, found: Any, at: str) -> None:
        if isinstance(shown, dict):
            assert isinstance(found, dict), at
            for name in shown.keys() - {REST}:
                assert name in found, f"{at}.{name} is not there"
                self._compared(shown[name], found[name], f"{at}.{name}")
        elif isinstance(shown, list):
            assert isinstance(found, list), at
            whole = REST not in shown[-1:]
            assert len(found) == len(shown) if whole else len(found) >= len(shown) - 1, at
            for index, each in enumerate(shown if whole else shown[:-1]):
                self._compared(each, found[index], f"{at}.{index}")
        elif isinstance(shown, str) and (name := _NAME.fullmatch(shown)):
            assert self.known.setdefault(name[1], found) == found, at
        elif isinstance(shown, str) and shown != REST and _NAME.search(shown):
            matched = re.fullmatch(self._pattern(shown), found)
            assert matched, (at, shown, found)
            self.known |= matched.groupdict()
        elif shown != REST:
            assert (type(shown), shown) == (type(found), found), at

    def _pattern(self, shown: str) -> str:
        """What is known stands there as it is; what is not is whatever stands there."""
        parts = _NAME.split(shown)
        pattern = re.escape(parts[0])
        for name, after in zip(parts[1::2], parts[2::2], strict=True):
            pattern += re.escape(self.known[name]) if name in self.known else f'(?P<{name}>[^"\\s]+)'
            pattern += re.escape(after)
        return pattern

    def _filled(self, value: Any) -> Any:
        """With what was told before in place of its names."""
        if isinstance(value, dict):
            return {name: self._filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each) for each in value]
        if not isinstance(value, str):
            return value
        if name := _NAME.fullmatch(value):
            return self.known[name[1]]
        return _NAME.sub(lambda name: str(self.known[name[1]]), value)


def test_the_story_is_true(app: Flask, world: World, moment: Moment) -> None:
    reader = Reader(app, world, moment)
    reader.read(STORY.read_text())
    assert reader.asked >= 25


def test_it_is_told_in_order() -> None:
    chapters = [line.removeprefix("## ").split(",")[0] for line in STORY.read_text().splitlines() if line[:3] == "## "]
    told = [each for index, each in enumerate(chapters) if each in CHAPTERS and each not in chapters[:index]]
    assert told == CHAPTERS


@on_sqlite
@pytest.mark.parametrize(
    ("true", "untrue"),
    [
        ("HTTP/1.1 409", "HTTP/1.1 201"),
        ('"step": "referral"', '"step": "assessment"'),
        ('"status": "waitlist"', '"state": "waitlist"'),
        ('ETag: "2"', 'ETag: "3"'),
        ('"changed": ["need-5"]', '"changed": []'),
        ("I agree to this plan", "I agree to everything"),
        ("It lasts 5 minutes", "It lasts an hour"),
        ("```text", "```python"),
    ],
)
def test_what_is_not_true_is_found(app: Flask, world: World, moment: Moment, true: str, untrue: str) -> None:
    story = STORY.read_text()
    assert true in story
    with pytest.raises(AssertionError):
        Reader(app, world, moment).read(story.replace(true, untrue, 1))
