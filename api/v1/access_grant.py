"""Access to one record: break the glass, ask a partner, see who was let in, end it."""

from typing import Any
from uuid import UUID

from api import current, house
from api.schemas.access_grant import (
    AccessGrantListSchema,
    AccessGrantPageSchema,
    AccessGrantSchema,
    EmergencySchema,
    InvitationSchema,
)
from api.schemas.page import PageQuery, offset, paged
from api.v1.document import Blueprint, problems
from companion.use_cases import access_grant
from companion.use_cases.access_grant import GrantView

blueprint = Blueprint(
    "access grants",
    __name__,
    description="Time-limited read access to one record: send the id as Access-Grant with every request that reads it.",
)


@blueprint.route("/access-grants/break-glass", methods=["POST"])
@blueprint.arguments(EmergencySchema)
@blueprint.response(201, AccessGrantSchema)
@problems(blueprint, 400, 401, 403, 404, 413, 415, 422)
def break_glass(body: dict[str, Any]) -> GrantView:
    """Open one record in an emergency

    For an hour, to read. The reason is kept, the patient can see it, and the whole pain service hears of it at once.
    """
    return access_grant.break_glass(
        current.actor(), body["patient_id"], body["nhs_number"], body["reason"], house.now()
    )


@blueprint.route("/patients/<uuid:patient_id>/partners", methods=["POST"])
@blueprint.arguments(InvitationSchema)
@blueprint.response(201, AccessGrantSchema)
@problems(blueprint, 400, 401, 403, 404, 413, 415, 422)
def invite_partner(body: dict[str, Any], patient_id: UUID) -> GrantView:
    """Let a clinician of another pain service read a patient's record, for a second opinion"""
    return access_grant.invite_partner(
        current.actor(), patient_id, body["email"], body["reason"], body["days"], house.now()
    )


@blueprint.route("/access-grants", methods=["GET"])
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, AccessGrantPageSchema)
@problems(blueprint, 401, 403, 422)
def listed(query: dict[str, int]) -> dict[str, Any]:
    """List who was let in to records of the pain service, newest first

    Whose record it is, and why, only clinicians see.
    """
    page = access_grant.listed(current.actor(), offset(query), query["page_size"], house.now())
    return paged(page.items, page.total, query)


@blueprint.route("/access-grants/mine", methods=["GET"])
@blueprint.response(200, AccessGrantListSchema)
@problems(blueprint, 401, 403)
def mine() -> dict[str, Any]:
    """List the accesses that you hold just now"""
    return {"items": access_grant.mine(current.actor(), house.now())}


@blueprint.route("/access-grants/<uuid:grant_id>/end", methods=["POST"])
@blueprint.response(200, AccessGrantSchema)
@problems(blueprint, 401, 403, 404, 409)
def end(grant_id: UUID) -> GrantView:
    """End an access before its time"""
    return access_grant.end(current.actor(), grant_id, house.now())
