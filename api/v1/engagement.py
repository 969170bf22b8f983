"""The manager's figures."""

from datetime import date

from flask_smorest import Blueprint

from api import current
from api.schemas.engagement import FiguresSchema, PeriodQuery
from api.v1.document import problems
from companion import clock
from companion.domain.engagement import Figures
from companion.use_cases import engagement

blueprint = Blueprint("engagement", __name__, description="Do nudges reach people, and do people answer?")


@blueprint.route("/engagement", methods=["GET"])
@blueprint.arguments(PeriodQuery, location="query")
@blueprint.response(200, FiguresSchema)
@problems(blueprint, 401, 403, 422)
def show(query: dict[str, date]) -> Figures:
    """Count what became of the nudges of a period, by behaviour"""
    return engagement.by_behaviour(current.actor(), query["from_on"], query["to_on"], clock.now())
