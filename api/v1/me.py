"""What can a patient see and do for themselves?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from api import current, house
from api.schemas.me import MeSchema, OwnPlanSchema
from api.schemas.page import PageQuery, offset, paged
from api.schemas.patient_sign_in import DevicesSchema
from api.schemas.record_access import RecordAccessPageSchema
from api.v1.document import Blueprint, problems
from companion.domain.device import DeviceKind
from companion.use_cases import audit, device, me

blueprint = Blueprint("me", __name__, description="What a patient sees and does for themselves, signed in by a code.")
blueprint.security = [{"patient": []}]


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One device, and whether it is the one that asks."""

    id: UUID
    kind: DeviceKind
    name: str | None
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    is_this_one: bool


@blueprint.route("/me", methods=["GET"])
@blueprint.response(200, MeSchema)
@problems(blueprint, 401)
def show() -> me.Me:
    """See who is signed in, and what is on"""
    return me.show(current.actor(), house.now())


@blueprint.route("/me/care-plan", methods=["GET"])
@blueprint.response(200, OwnPlanSchema)
@problems(blueprint, 401, 404)
def care_plan() -> object:
    """Read your plan, as you agreed to it"""
    return me.plan(current.actor(), house.now())


@blueprint.route("/me/record-access", methods=["GET"])
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, RecordAccessPageSchema)
@problems(blueprint, 401, 422)
def record_access(query: dict[str, int]) -> dict[str, Any]:
    """See who looked at your record, and who changed it"""
    actor = current.actor()
    page = audit.of_patient(actor, current.patient_id(), offset(query), query["page_size"], house.now())
    return paged(page.items, page.total, query)


@blueprint.route("/me/devices", methods=["GET"])
@blueprint.response(200, DevicesSchema)
@problems(blueprint, 401)
def devices() -> dict[str, list[DeviceView]]:
    """See where you are signed in"""
    this = current.device_id()
    found = device.listed(current.actor(), house.now())
    return {
        "items": [
            DeviceView(each.id, each.kind, each.name, each.created_at, each.seen_at, each.expires_at, each.id == this)
            for each in found
        ]
    }


@blueprint.route("/me/devices", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 401)
def end_all() -> None:
    """Sign out everywhere"""
    device.end_all(current.actor(), house.now())


@blueprint.route("/me/devices/<uuid:device_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 401, 404)
def end(device_id: UUID) -> None:
    """Sign out on one device"""
    device.end(current.actor(), device_id, house.now())


@blueprint.route("/me/sign-in", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 401)
def sign_out() -> None:
    """Sign out here: the tokens stop working at once"""
    device.end(current.actor(), current.device_id(), house.now())
