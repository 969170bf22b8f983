"""How is the body of a request read? As JSON that means one thing only, or not at all."""

import json
from typing import Any, NoReturn

from flask import Request, abort, current_app, request
from webargs import core
from webargs.flaskparser import FlaskParser

FORM = "application/x-www-form-urlencoded"
# Our forms and the providers' have a few dozen.
MOST_FIELDS = 200
# The deepest of ours is five.
DEEPEST = 20
# Longer than a whole number of a database, or a fraction to the last digit that a computer keeps.
LONGEST_NUMBER = 30


def refuse_too_large() -> None:
    """Before a request: a body that comes in chunks, without its length, is not silently cut off at the limit; and
    a form has a sane number of fields.

    werkzeug compares the length where it is given; where it is not, it reads up to the limit and leaves the rest. It
    counts the fields of a form of several parts (MAX_FORM_PARTS) and not those of a plain one.
    """
    if request.content_length is None and "wsgi.input_terminated" in request.environ:
        whole = len(request.get_data()) < current_app.config["MAX_CONTENT_LENGTH"]
        if not whole and request.environ["wsgi.input"].read(1):
            abort(413)
    if request.mimetype == FORM and request.get_data().count(b"&") >= MOST_FIELDS:
        abort(413, f"A form has at most {MOST_FIELDS} fields here.")


class Parser(FlaskParser):
    """Reads strictly: a body that programs could understand in two ways is refused with 400, one of another type
    with 415."""

    def _raw_load_json(self, req: Request) -> Any:
        if not core.is_json(req.mimetype):
            abort(415, "Send the body as JSON, with Content-Type: application/json.")
        return strict(req.get_data(cache=True))


def strict(body: bytes) -> Any:
    """The JSON of a body. Aborts with 400, and words that say what is wrong with it."""
    try:
        value = json.loads(
            body.decode(), object_pairs_hook=_object, parse_constant=_no_number, parse_int=_int, parse_float=_float
        )
    except RecursionError:  # past a thousand
        abort(400, "The body is nested too deeply.")
    except ValueError:  # broken JSON, bytes that are no UTF-8, a number that is none
        abort(400, "The body is not JSON.")
    if _depth(value) > DEEPEST:
        abort(400, "The body is nested too deeply.")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """RFC 8259 leaves it open which of two equal names counts, so neither does."""
    found = dict(pairs)
    if len(found) < len(pairs):
        abort(400, "An object in the body has the same name twice.")
    return found


def _int(digits: str) -> int:
    return int(_short(digits))


def _float(digits: str) -> float:
    return float(_short(digits))


def _short(digits: str) -> str:
    if len(digits) > LONGEST_NUMBER:
        abort(400, f"A number in the body is longer than {LONGEST_NUMBER} characters.")
    return digits


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _depth(value: object) -> int:
    """How many objects and lists lie in each other; level by level, for one that is too deep must not be climbed."""
    depth, level = 0, [value]
    while level := [
        inner
        for outer in level
        if isinstance(outer, dict | list)
        for inner in (outer.values() if isinstance(outer, dict) else outer)
    ]:
        depth += 1
    return depth
