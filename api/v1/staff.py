"""Who works for the pain service."""

from typing import Any
from uuid import UUID

from api import current, house
from api.schemas.staff import MemberListSchema, RolesSchema
from api.v1.document import Blueprint, problems
from companion.use_cases import staff

blueprint = Blueprint("staff", __name__, description="Staff of the pain service; for its administrators.")


@blueprint.route("/staff", methods=["GET"])
@blueprint.response(200, MemberListSchema)
@problems(blueprint, 401, 403)
def listed() -> dict[str, Any]:
    """List everybody who works here, or did"""
    return {"items": staff.members(current.actor())}


@blueprint.route("/staff/<uuid:staff_id>/roles", methods=["PUT"])
@blueprint.arguments(RolesSchema)
@blueprint.response(204)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def change_roles(body: dict[str, Any], staff_id: UUID) -> None:
    """Give somebody these roles and no others; they have to sign in again"""
    staff.change_roles(current.actor(), staff_id, body["roles"], house.now())


@blueprint.route("/staff/<uuid:staff_id>/departure", methods=["POST"])
@blueprint.response(204)
@problems(blueprint, 401, 403, 404, 409)
def leave(staff_id: UUID) -> None:
    """Write down that somebody has left: nothing of theirs opens a door from now on"""
    staff.leave(current.actor(), staff_id, house.now())


@blueprint.route("/staff/<uuid:staff_id>/second-factor", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 401, 403, 404)
def take_second_factor(staff_id: UUID) -> None:
    """Take away somebody's second step, because phone and recovery codes are gone

    Be sure that it is them who ask.
    """
    staff.take_second_factor(current.actor(), staff_id, house.now())
