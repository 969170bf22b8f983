"""How is the body of a request read? As JSON that means one thing only, or not at all."""

import json
from typing import Any, NoReturn

from flask import Request, abort, current_app, request
from webargs import core
from webargs.flaskparser import FlaskParser


def refuse_too_large() -> None:
    """Before a request: a body that comes in chunks, without its length, is not cut off at the limit in silence.

    werkzeug compares the length where it is given; where it is not, it reads up to the limit and leaves the rest.
    """
    if request.content_length is not None or "wsgi.input_terminated" not in request.environ:
        return
    if len(request.get_data()) == current_app.config["MAX_CONTENT_LENGTH"] and request.environ["wsgi.input"].read(1):
        abort(413)


class Parser(FlaskParser):
    """Reads strictly: a body that programs could understand in two ways is refused with 400, one of another type
    with 415."""

    def _raw_load_json(self, req: Request) -> Any:
        if not core.is_json(req.mimetype):
            abort(415, "Send the body as JSON, with Content-Type: application/json.")
        try:
            value = json.loads(req.get_data(cache=True).decode(), object_pairs_hook=_object, parse_constant=_no_number)
        except RecursionError:  # past a thousand
            abort(400, "The body is nested too deeply.")
        except ValueError:  # broken JSON, bytes that are no UTF-8, a number of five thousand digits
            abort(400, "The body is not JSON.")
        return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """RFC 8259 leaves it open which of two equal names counts, so neither does."""
    found = dict(pairs)
    if len(found) < len(pairs):
        abort(400, "A name stands twice in one object of the body.")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
