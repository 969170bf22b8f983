"""The manager's figures."""

from datetime import date

from api import current, house
from api.schemas.engagement import FiguresSchema, PeriodQuery
from api.v1.document import Blueprint, problems
from companion.domain.engagement import Figures
from companion.use_cases import engagement

blueprint = Blueprint("engagement", __name__, description="Do nudges reach people, and do people answer?")


@blueprint.route("/engagement", methods=["GET"])
@blueprint.arguments(PeriodQuery, location="query")
@blueprint.response(200, FiguresSchema)
@problems(blueprint, 401, 403, 422)
def show(query: dict[str, date]) -> Figures:
    """Count what became of the nudges of a period, by behaviour"""
    return engagement.by_behaviour(current.actor(), query["from_on"], query["to_on"], house.now())
