"""A care plan on paper."""

from typing import Any
from uuid import UUID

from flask import Response, render_template

from api import current, house
from api.schemas.plan_letter import LetterQuery
from api.v1.document import Blueprint, problems
from companion.use_cases import plan_letter

blueprint = Blueprint("letters", __name__, description="A care plan in large print, for the patient and for the GP.")


@blueprint.route("/care-plans/<uuid:plan_id>/letter", methods=["GET"])
@blueprint.arguments(LetterQuery, location="query")
@blueprint.response(200, content_type="text/html", description="A page to keep or print")
@problems(blueprint, 401, 403, 404, 422)
def show(query: dict[str, Any], plan_id: UUID) -> Response:
    """Get a care plan as a letter, to print

    Words that the patient has not agreed to are marked as a draft.
    """
    letter = plan_letter.of_plan(current.actor(), plan_id, query["reader"], house.now())
    headers = {"Content-Disposition": 'attachment; filename="care-plan.html"'}
    return Response(render_template("plan_letter.html", letter=letter), headers=headers, mimetype="text/html")
