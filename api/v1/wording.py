"""The words the product says, and their approval."""

from typing import Any
from uuid import UUID

from api import current, house
from api.schemas.wording import WordingListSchema, WordingSchema
from api.v1.document import Blueprint, problems
from companion.use_cases import wording

blueprint = Blueprint("wordings", __name__, description="Drafts until a named clinician approves them.")


@blueprint.route("/wordings", methods=["GET"])
@blueprint.response(200, WordingListSchema)
@problems(blueprint, 401, 403)
def listed() -> dict[str, Any]:
    """List every wording of the pain service"""
    return {"items": wording.listed(current.actor())}


@blueprint.route("/wordings/<uuid:wording_id>/approval", methods=["POST"])
@blueprint.response(200, WordingSchema)
@problems(blueprint, 401, 403, 404, 409)
def approve(wording_id: UUID) -> object:
    """Approve a wording, as a named clinician

    No nudge and no safety text goes out before its wording is approved.
    """
    return wording.approve(current.actor(), wording_id, house.now())
