"""How does a patient agree to their plan themselves, and how do staff ask them to by a text?"""

from typing import Any
from uuid import UUID

from api import current, house
from api.schemas.me import OwnPlanSchema
from api.schemas.patient_sign_in import AskedSchema
from api.schemas.suggestion import OwnAgreementSchema, OwnAgreementViewSchema
from api.v1.document import Blueprint, problems
from companion.domain.device import DeviceKind
from companion.domain.refusal import NotFoundError
from companion.use_cases import agreement

blueprint = Blueprint("agreement requests", __name__, description="Ask a patient by text to agree to their plan.")
own = Blueprint("own agreement", __name__, description="A patient agrees to their own plan.")
own.security = [{"patient": []}]

NOTHING = "Nothing is waiting for your agreement."


@blueprint.route("/care-plans/<uuid:plan_id>/agreement-request", methods=["POST"])
@blueprint.response(202, AskedSchema)
@problems(blueprint, 401, 403, 404, 409, 429)
def ask(plan_id: UUID) -> dict[str, str]:
    """Ask a patient by a text to agree to their plan

    A link is texted that works once, for half an hour, and asks for a second fact, like any link to sign in with. It
    leads to the current revision and a button. A new link ends the one before.
    """
    agreement.ask_by_text(current.actor(), plan_id, f"{house.config().public_base_url}/link", house.now())
    return {"detail": "We have sent a text with a link to the plan."}


@own.route("/me/care-plan/agreement", methods=["GET"])
@own.response(200, OwnPlanSchema)
@problems(own, 401, 404)
def waiting() -> object:
    """Read what waits for your yes

    404 if nothing does.
    """
    found = agreement.waiting(current.actor(), house.now())
    if found is None:
        raise NotFoundError(NOTHING)
    return found


@own.route("/me/care-plan/agreement", methods=["POST"])
@own.arguments(OwnAgreementSchema)
@own.response(201, OwnAgreementViewSchema)
@problems(own, 400, 401, 404, 409, 413, 415, 422)
def agree(body: dict[str, Any]) -> object:
    """Agree to your plan, as you were shown it

    409 if it has changed since: read it again, and say whether you agree to that.
    """
    return agreement.agree(current.actor(), body["care_plan_id"], body["number"], DeviceKind.APP, house.now())
