"""Asking people to come and work for the pain service."""

from typing import Any
from uuid import UUID

from api import current, house
from api.outside import letters
from api.schemas.invitation import InvitedListSchema, InvitedSchema, InviteSchema
from api.v1.document import Blueprint, problems
from companion.use_cases import invitation
from companion.use_cases.invitation import Invited

blueprint = Blueprint("invitations", __name__, description="Invitations to staff; for administrators.")


@blueprint.route("/invitations", methods=["GET"])
@blueprint.response(200, InvitedListSchema)
@problems(blueprint, 401, 403)
def listed() -> dict[str, Any]:
    """List every invitation, the newest first"""
    return {"items": invitation.listed(current.actor(), house.now())}


@blueprint.route("/invitations", methods=["POST"])
@blueprint.arguments(InviteSchema)
@blueprint.response(201, InvitedSchema)
@problems(blueprint, 400, 401, 403, 409, 413, 415, 422)
def create(body: dict[str, Any]) -> Invited:
    """Invite someone, by an e-mail with a link that holds for three days

    `mail_status` says whether the e-mail went.
    """
    actor = current.actor()
    made = invitation.invite(actor, body["name"], body["email"], body["roles"], house.now())
    return letters.send_invitation(actor, made)


@blueprint.route("/invitations/<uuid:invitation_id>/renewal", methods=["POST"])
@blueprint.response(200, InvitedSchema)
@problems(blueprint, 401, 403, 404, 409)
def renew(invitation_id: UUID) -> Invited:
    """Send it again, with a new link; the old one opens nothing any more"""
    actor = current.actor()
    return letters.send_invitation(actor, invitation.renew(actor, invitation_id, house.now()))


@blueprint.route("/invitations/<uuid:invitation_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 401, 403, 404, 409)
def withdraw(invitation_id: UUID) -> None:
    """Take it back"""
    invitation.withdraw(current.actor(), invitation_id, house.now())
