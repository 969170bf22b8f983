"""A care plan on paper."""

from typing import Any
from uuid import UUID

from flask import Response, render_template

from api import current, house
from api.paper import letter as paper
from api.schemas.plan_letter import LetterQuery
from api.v1.document import Blueprint, problems
from api.v1.rights import download
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
    return page(plan_letter.of_plan(current.actor(), plan_id, query["reader"], house.now()))


@blueprint.route("/care-plans/<uuid:plan_id>/letter.pdf", methods=["GET"])
@blueprint.arguments(LetterQuery, location="query")
@blueprint.response(200, content_type=paper.PDF, description="An accessible PDF (PDF/UA-1)")
@problems(blueprint, 401, 403, 404, 422)
def show_pdf(query: dict[str, Any], plan_id: UUID) -> Response:
    """Get a care plan as a letter, as a PDF

    The same words as on the page.
    """
    return paper.sent(plan_letter.of_plan(current.actor(), plan_id, query["reader"], house.now()))


def page(letter: plan_letter.PlanLetter) -> Response:
    """The letter as a page that is kept."""
    return download(render_template("plan_letter.html", sheet=paper.sheet(letter)), "care-plan")
