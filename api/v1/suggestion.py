"""How does a patient suggest a change to their plan, and how do staff answer?"""

from typing import Any
from uuid import UUID

from api import current, house
from api.schemas.suggestion import (
    AcceptanceSchema,
    RefusalSchema,
    SuggestionListSchema,
    SuggestionMadeSchema,
    SuggestionSchema,
)
from api.v1.document import Blueprint, problems
from api.web import etag, problem
from companion.use_cases import suggestion

blueprint = Blueprint("suggestions", __name__, description="What patients suggest for their plans.")
own = Blueprint("own suggestions", __name__, description="What a patient suggests for their own plan.")
own.security = [{"patient": []}]


@own.route("/me/suggestions", methods=["GET"])
@own.response(200, SuggestionListSchema)
@problems(own, 401)
def mine() -> dict[str, Any]:
    """See what you suggested for your plan, and the answers"""
    return {"items": suggestion.of_patient(current.actor(), current.patient_id(), house.now())}


@own.route("/me/suggestions", methods=["POST"])
@own.arguments(SuggestionMadeSchema)
@own.response(201, SuggestionSchema)
@problems(own, 400, 401, 404, 409, 413, 415, 422)
def make(body: dict[str, Any]) -> object:
    """Suggest a change to a line of your plan, or something new

    A person at your pain service reads it, and takes it into the plan or tells you why not.
    """
    number, line = body["revision_number"], body["line"]
    return suggestion.make(current.actor(), body["care_plan_id"], number, line, body["words"], house.now())


@blueprint.route("/patients/<uuid:patient_id>/suggestions", methods=["GET"])
@blueprint.response(200, SuggestionListSchema)
@problems(blueprint, 401, 403, 404)
def of_patient(patient_id: UUID) -> dict[str, Any]:
    """List what a patient suggested for their plan, and the answers"""
    return {"items": suggestion.of_patient(current.actor(), patient_id, house.now())}


@blueprint.route("/suggestions/<uuid:suggestion_id>/acceptance", methods=["POST"])
@blueprint.arguments(AcceptanceSchema)
@blueprint.response(200, SuggestionSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 409, 412, 413, 415, 422, 428)
@blueprint.doc(parameters=[etag.IF_MATCH])
def accept(body: dict[str, Any], suggestion_id: UUID) -> tuple[object, dict[str, str]]:
    """Take a suggestion into the next revision of the plan

    If-Match names the plan's version, and ETag its next one. The revision and the answer are saved together or not at
    all; 409 if somebody answered before.
    """
    version, now = etag.expected_version(), house.now()
    with problem.within("content"):
        done = suggestion.accept(
            current.actor(), suggestion_id, version, body["content"], body["reason"], body["answer"], now
        )
    return done.suggestion, etag.tag(done.plan_version)


@blueprint.route("/suggestions/<uuid:suggestion_id>/refusal", methods=["POST"])
@blueprint.arguments(RefusalSchema)
@blueprint.response(200, SuggestionSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def decline(body: dict[str, Any], suggestion_id: UUID) -> object:
    """Say why a suggestion is not taken up"""
    return suggestion.decline(current.actor(), suggestion_id, body["answer"], house.now())
