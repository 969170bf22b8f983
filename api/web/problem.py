"""How does every error read? As problem+json (RFC 9457) for programs, as a page for people, in FHIR as FHIR has it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Self

from flask import Flask, Response, json, render_template, request
from marshmallow import Schema, fields
from werkzeug.exceptions import BadHost, HTTPException, InternalServerError

from api.web import outcome
from companion.domain.plan_difference import Change
from companion.domain.refusal import (
    ConflictError,
    Fault,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    RefusalError,
    StaleError,
    TooManyError,
)
from companion.keys import DoesNotOpenError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
STATUS: dict[type[RefusalError], HTTPStatus] = {
    NotSignedInError: HTTPStatus.UNAUTHORIZED,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    NotFoundError: HTTPStatus.NOT_FOUND,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    ConflictError: HTTPStatus.CONFLICT,
    StaleError: HTTPStatus.PRECONDITION_FAILED,
    InvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
}
# Doors that people open with a browser; everything else answers to programs.
PAGES = ("/simulator", "/docs", "/staff", "/link/", "/own/")


class FaultSchema(Schema):
    """One thing wrong with what was sent."""

    field = fields.String(required=True, metadata={"description": "Dotted path of the field, e.g. goals.0.words"})
    detail = fields.String(required=True, metadata={"description": "What is wrong with it, in plain words"})


class FieldChangeSchema(Schema):
    """What one field said before and says after, in words; null where it said nothing."""

    name = fields.String(required=True)
    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)


class DifferenceSchema(Schema):
    """What became of one line of a plan. Of one that moved only its place is another."""

    part = fields.String(
        required=True, metadata={"description": "Part of the plan; 'plan' for anything that is not a line"}
    )
    line = fields.String(required=True, allow_none=True)
    change = fields.Enum(Change, by_value=True, required=True)
    fields_changed = fields.List(fields.Nested(FieldChangeSchema), required=True, attribute="fields", data_key="fields")


class ProblemSchema(Schema):
    """An error, as RFC 9457 has it."""

    def __deepcopy__(self, _memo: object) -> Self:
        """Itself: one stands in the documentation of every operation, and flask-smorest copies that many times."""
        return self

    type = fields.String(required=True, metadata={"description": "Always about:blank: the status is the type"})
    title = fields.String(required=True, metadata={"description": "The status in words"})
    status = fields.Integer(required=True, metadata={"description": "The HTTP status"})
    detail = fields.String(metadata={"description": "What happened and how to fix it; never personal data"})
    errors = fields.List(fields.Nested(FaultSchema), metadata={"description": "Every faulty field"})
    current_version = fields.Integer(metadata={"description": "With 412: the current version"})
    differences = fields.List(
        fields.Nested(DifferenceSchema),
        metadata={"description": "With 412 of a care plan: what others changed since the version that If-Match names"},
    )


def register(app: Flask) -> None:
    """Make the app answer every error in this way."""
    app.register_error_handler(RefusalError, from_refusal)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(DoesNotOpenError, from_unopened)


def problem(
    status: int,
    detail: str | None = None,
    *,
    faults: list[Fault] | None = None,
    headers: dict[str, str] | None = None,
    **more: object,
) -> Response:
    """The response for an error; a page where a person is looking, an OperationOutcome in the FHIR view."""
    title = HTTPStatus(status).phrase
    if _is_page():
        page = render_template("problem.html", title=title, detail=detail)
        return Response(page, status, headers, mimetype="text/html")
    if outcome.is_asked_for():
        said = outcome.outcome(status, detail, faults)
        return Response(json.dumps(said), status, headers, mimetype=outcome.MEDIA_TYPE)
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": int(status)}
    if detail:
        body["detail"] = detail
    if faults:
        body["errors"] = [{"field": fault.field, "detail": fault.words} for fault in faults]
    return Response(json.dumps(body | more), status, headers, mimetype=MEDIA_TYPE)


def _is_page() -> bool:
    """Whether a person is looking. Where the Host says nothing that an address can be made of, there is no page."""
    return (request.path == "/" or request.path.startswith(PAGES)) and not isinstance(
        request.routing_exception, BadHost
    )


@contextmanager
def within(field: str) -> Iterator[None]:
    """What a use case calls by its own names stands under `field` in the body: name faults by their whole path."""
    try:
        yield
    except InvalidError as error:
        raise InvalidError([Fault(f"{field}.{fault.field}", fault.words) for fault in error.faults]) from error


def from_refusal(refusal: RefusalError) -> Response:
    """The product said no."""
    status = STATUS[type(refusal)]
    if isinstance(refusal, InvalidError):
        return problem(status, refusal.words, faults=refusal.faults)
    if isinstance(refusal, StaleError):
        told = (
            {}
            if refusal.differences is None
            else {"differences": DifferenceSchema(many=True).dump(refusal.differences)}
        )
        return problem(status, refusal.words, current_version=refusal.current_version, **told)
    if isinstance(refusal, TooManyError):
        return problem(status, refusal.words, headers={"Retry-After": str(refusal.retry_after)})
    headers = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else None
    return problem(status, refusal.words, headers=headers)


def from_unopened(error: DoesNotOpenError) -> Response:
    """A value of the record does not open. The operator is told which, whoever asked that there is one."""
    log.error("%s", error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Part of this record cannot be read: it was changed outside this service, or its key is missing."
        " The log names the part. Nothing was changed.",
    )


def from_http(error: HTTPException) -> Response:
    """The framework said no: an unknown address, a body that is no JSON, a field that is not as it should be."""
    if error.response is not None:
        return error.response if isinstance(error.response, Response) else Response(status=500)
    data: dict[str, Any] = getattr(error, "data", None) or {}
    faults = list(_faults(data.get("messages") or {}))
    if isinstance(error, InternalServerError):
        detail: str | None = "Sorry, something went wrong on our side. It has been logged. Try again."
    else:
        detail = "Some values cannot be accepted." if faults else error.description
    # werkzeug puts Allow, Retry-After and the like here; its content headers are those of its own HTML.
    kept = {name: value for name, value in error.get_headers() if not name.lower().startswith("content-")}
    return problem(error.code or 500, detail, faults=faults, headers=kept)


def _faults(messages: object, path: tuple[str, ...] = ()) -> Iterator[Fault]:
    """marshmallow's nested messages as flat faults; the first step (json, query, headers …) is where, not what."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _faults(inner, (*path, str(key)))
    elif isinstance(messages, list):
        for words in messages:
            yield from _faults(words, path)
    else:
        names = [name for name in path[1:] if name != "_schema"]
        yield Fault(".".join(names) or "body", str(messages))
