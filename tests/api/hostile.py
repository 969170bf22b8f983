"""What does somebody send who means no good, or whose program is broken?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import uuid4

JSON = "application/json"
HUGE = "9" * 4_000
DEEP = 900
ODD_WORDS = (
    "",
    " ",
    "\x00",
    "\x00\x01\x02",
    "\ufeff",
    "\u202e\u2066",
    "\u200b" * 50,
    "\U0001f926\U0001f3fc\u200d\u2642\ufe0f" * 20,
    "e\u0301\u0323" * 30,
    "\ud83d",
    "%00",
    "../../etc/passwd",
    "' OR 1=1 --",
    "{{ 7 * 7 }}",
    "<script>alert(1)</script>",
    "A" * 20_000,
    HUGE,
)
# What an HTTP client can put into a header: no line ends, and Latin letters at most.
ODD_HEADERS = ("", " ", "\t", ",", ";", "=", '"', "\\", "\xff\xfe", "A" * 6_000, "%0d%0aX: y", "null", "*", "\x7f")

ANY_HEADERS = ("If-Match", "If-None-Match", "Accept", "Cookie", "Range", "X-Forwarded-For", "X-CSRFToken")


@dataclass(frozen=True)
class Attempt:
    """One way to be hostile: what takes the place of the sound request's parts."""

    name: str
    headers: dict[str, str] = field(default_factory=dict)
    data: bytes | None = None
    query: str = ""


def odd_headers(token: str) -> Iterator[Attempt]:
    """Headers that no sound program sends, from somebody who is signed in."""
    for odd in ODD_HEADERS:
        yield Attempt(f"everywhere {odd[:20]!r}", dict.fromkeys(ANY_HEADERS, odd))
        yield Attempt(f"Content-Type: {odd[:20]!r}", {"Content-Type": odd})
    for version in ('"0"', '"-1"', f'"{HUGE}"', 'W/"1"', '"1", "2"', '"1" ', "1", '"٣"'.encode().decode("latin-1")):
        yield Attempt(f"If-Match: {version[:20]}", {"If-Match": version})
    for host in ("", "evil.example", "evil.example:99999999", "[::1", "a" * 300, "xn--\xff", "localhost:0", "a b"):
        yield Attempt(f"Host: {host[:20]!r}", {"Host": host})
    for method in ("DELETE", "TRACE", "PATCH\x7f"):
        yield Attempt(f"X-HTTP-Method-Override: {method}", {"X-HTTP-Method-Override": method})
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", f"{JSON}; charset=utf-7"):
        yield Attempt(f"Content-Type: {kind}", {"Content-Type": kind}, b'{"a": 1}')
    yield Attempt("Content-Length: no number", {"Content-Length": "-1"})
    yield Attempt("Expect", {"Expect": "100-continue"})
    yield Attempt("Cookie: the token", {"Cookie": f"session={token}; visit={token}; __Host-visit={token}"})


def odd_bodies() -> Iterator[Attempt]:
    """Bodies of JSON that a sound program never sends."""
    for odd in ODD_WORDS:
        yield from _json(f"the text {odd[:8]!r}", odd, [odd], {odd: odd}, dict.fromkeys(FIELDS, odd))
    for number in (0, -1, 2**31, 2**63, -(2**63) - 1, 10**300, 1e308, -0.0, 1e-320):
        yield from _json(f"the number {number!r:.20}", number, dict.fromkeys(FIELDS, number))
    others: tuple[Any, ...] = (None, True, [], {}, [[]], [{}], [None] * 2_000)
    for value in others:
        yield from _json(f"{value!r:.12}", value, dict.fromkeys(FIELDS, value))
    nested = "[" * DEEP + "]" * DEEP
    objects = '{"content":' * DEEP + "1" + "}" * DEEP
    for name, text in {
        "nesting": nested,
        "nested objects": objects,
        "a nested field": f'{{"content": {nested}, "reason": {nested}, "activities": {nested}}}',
        "much deeper": "[" * 30_000,
        "a name twice": '{"given_name": "Amina", "given_name": "Dee", "reason": "x", "reason": "y"}',
        "a number of many digits": f'{{"daily_ceiling": {HUGE}{HUGE}}}',
        "an exponent": '{"daily_ceiling": 1e999999, "weekly_ceiling": -1e-999999}',
        "no number": '{"daily_ceiling": NaN, "weekly_ceiling": -Infinity}',
        "half of it": '{"given_name": "Ami',
        "two of it": "{} {}",
        "a byte order mark": "\ufeff{}",
    }.items():
        yield Attempt(name, {"Content-Type": JSON}, text.encode())
    for name, raw in {
        "nothing": b"",
        "no UTF-8": b'{"given_name": "\xff\xfe"}',
        "UTF-16": json.dumps({"given_name": "Amina"}).encode("utf-16"),
        "an overlong form": b'{"given_name": "\xc0\x80"}',
        "zeros": b"\x00" * 1_000,
        "too much": b"[" + b"1," * 60_000 + b"1]",
    }.items():
        yield Attempt(name, {"Content-Type": JSON}, raw)


def odd_queries() -> Iterator[Attempt]:
    """Query strings that a sound program never sends."""
    for odd in ODD_WORDS:
        said = quote(odd.encode("utf-8", "surrogatepass"))[:8_000]
        for name in ("page", "page_size", "status", "from_on"):
            yield Attempt(f"?{name}={odd[:8]!r}", query=f"?{name}={said}&to_on={said}")
    for raw in (
        "?page=1&page=2",
        "?page[]=1",
        "?&&&",
        "?%ff=%fe",
        "?page=%FF%FE",
        "?page=1e3",
        "?page=٣",
        "?a=b" * 500,
    ):
        yield Attempt(raw[:20], query=raw)


def _json(name: str, *values: Any) -> Iterator[Attempt]:
    for number, value in enumerate(values):
        yield Attempt(f"{name} ({number})", {"Content-Type": JSON}, json.dumps(value).encode())


# Names that bodies have somewhere, so that what is odd arrives where it is used.
FIELDS = (
    "given_name",
    "nhs_number",
    "mobile",
    "time_zone",
    "status",
    "how",
    "agreed_at",
    "body",
    "outcome",
    "reason",
    "content",
    "activities",
    "email",
    "password",
    "days",
    "days_of_week",
    "local_start",
    "daily_ceiling",
    "patient_id",
    "paused_until_at",
)


def wrong_tokens(token: str, others: dict[str, str]) -> dict[str, str]:
    """Authorization headers that let nobody in, by what is wrong with them. `others`: tokens of a wrong kind."""
    wrong = {
        "no scheme": token,
        "another scheme": f"Basic {token}",
        "a scheme and no token": "Bearer",
        "a scheme and spaces": "Bearer    ",
        "truncated": f"Bearer {token[:-1]}",
        "truncated at the front": f"Bearer {token[1:]}",
        "capitals": f"Bearer {token.swapcase()}",
        "one more": f"Bearer {token}A",
        "twice": f"Bearer {token}{token}",
        "two": f"Bearer {token} {token}",
        "two, with a comma": f"Bearer {token},{token}",
        "quoted": f'Bearer "{token}"',
        "a zero at its end": f"Bearer {token}\x00",
        "percent": f"Bearer {quote(token, safe='')[:-1]}%{ord(token[-1]):x}",
        "an id": f"Bearer {uuid4()}",
        "a JWT of nobody": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJiZW4ifQ.",
        "very long": f"Bearer {'A' * 6_000}",
        "no ASCII": "Bearer \xff\xfe\xe9",
        "a wildcard": "Bearer %",
        "null": "Bearer null",
    }
    return wrong | {name: f"Bearer {other}" for name, other in others.items()}
