"""How do staff have a link texted to a patient?"""

from uuid import UUID

from api import current, house
from api.schemas.patient_sign_in import AskedSchema
from api.v1.document import Blueprint, problems
from companion.use_cases import sign_in_link

blueprint = Blueprint("sign-in links", __name__, description="Links that let a patient read their plan in a browser.")


@blueprint.route("/patients/<uuid:patient_id>/sign-in-links", methods=["POST"])
@blueprint.response(202, AskedSchema)
@problems(blueprint, 401, 403, 404, 409, 429)
def create(patient_id: UUID) -> dict[str, str]:
    """Text a patient a link to their plan

    It works once, for half an hour, and asks for the date of birth where it is known, else for the last four digits of
    the NHS number. A new one ends the one before.
    """
    sign_in_link.send(current.actor(), patient_id, f"{house.config().public_base_url}/link", house.now())
    return {"detail": "We have sent a text with a link."}
