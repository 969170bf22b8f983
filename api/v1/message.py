"""Texts and nudges of one patient: what was said, and why or why not."""

from typing import Any
from uuid import UUID

from api import current, house
from api.schemas.message import MessagePageSchema, MessageSchema, MessageWriteSchema, NudgePageSchema
from api.schemas.page import PageQuery, offset, paged
from api.v1.document import Blueprint, problems
from companion.use_cases import message, nudge

blueprint = Blueprint("messages", __name__, description="Texts in both directions, and why they were sent.")


@blueprint.route("/patients/<uuid:patient_id>/messages", methods=["GET"])
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, MessagePageSchema)
@problems(blueprint, 401, 403, 404, 422)
def messages(query: dict[str, int], patient_id: UUID) -> dict[str, Any]:
    """List a patient's texts, newest first"""
    page = message.of_patient(current.actor(), patient_id, offset(query), query["page_size"], house.now())
    return paged(page.items, page.total, query)


@blueprint.route("/patients/<uuid:patient_id>/messages", methods=["POST"])
@blueprint.arguments(MessageWriteSchema)
@blueprint.response(202, MessageSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def write(body: dict[str, Any], patient_id: UUID) -> object:
    """Text a patient

    It goes out within seconds, ahead of nudges. 409 if the patient gets no texts: reach them another way.
    """
    return message.write(current.actor(), patient_id, body["body"], house.now())


@blueprint.route("/patients/<uuid:patient_id>/nudges", methods=["GET"])
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, NudgePageSchema)
@problems(blueprint, 401, 403, 404, 422)
def nudges(query: dict[str, int], patient_id: UUID) -> dict[str, Any]:
    """See why this person did, or didn't, get a text

    Planned nudges, those that went, and those held back with the reason; each with its plan line.
    """
    page = nudge.of_patient(current.actor(), patient_id, offset(query), query["page_size"], house.now())
    return paged(page.items, page.total, query)
