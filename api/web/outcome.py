"""How does an error read to programs that speak FHIR? As an OperationOutcome."""

from http import HTTPStatus

from flask import request
from werkzeug.exceptions import NotFound

from companion.domain.export import Part
from companion.domain.refusal import Fault

MEDIA_TYPE = "application/fhir+json"
BASE = "/fhir"
# FHIR R4 issue-type.
CODES: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "login",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "not-supported",
    HTTPStatus.NOT_ACCEPTABLE: "not-supported",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.PRECONDITION_FAILED: "conflict",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too-long",
    HTTPStatus.TOO_MANY_REQUESTS: "throttled",
    HTTPStatus.SERVICE_UNAVAILABLE: "transient",
}
NOT_KEPT = "This resource type is not available. See /fhir/metadata."


def is_asked_for() -> bool:
    """Whether this request is for the FHIR view."""
    return request.path == BASE or request.path.startswith(f"{BASE}/")


def outcome(status: int, detail: str | None, faults: list[Fault] | None) -> dict[str, object]:
    """The resource for an error; each fault is an issue of its own that names the parameter."""
    code = CODES.get(status, "exception" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid")
    said = [f"{fault.field}: {fault.words}" for fault in faults or ()] or [detail or HTTPStatus(status).phrase]
    if status == HTTPStatus.NOT_FOUND and isinstance(request.routing_exception, NotFound) and not _names_a_part():
        code, said = "not-supported", [NOT_KEPT]
    issues = [{"severity": "error", "code": code, "diagnostics": words} for words in said]
    return {"resourceType": "OperationOutcome", "issue": issues}


def _names_a_part() -> bool:
    return request.path.removeprefix(f"{BASE}/").partition("/")[0] in set(Part)
