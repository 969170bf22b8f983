"""Where does somebody begin? The first page, the API's page, and whether the service is well."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, render_template

from api import house
from api.pages import health
from companion.lazy import lazy

cast = lazy("api.demo.cast")

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def show() -> str:
    """What this is, whether it is well, and how to sign in to the demonstration."""
    found = health.look(house.now())
    people = cast.people() if house.config().simulated and found.database else []
    return render_template("home.html", people=people, demo_password=cast.PASSWORD if people else None, health=found)


@blueprint.get("/docs")
def docs() -> str:
    """The API, to read and to try."""
    return render_template("docs.html")


@blueprint.get("/health/live")
def live() -> dict[str, str]:
    """Whether this process answers at all."""
    return {"status": "pass"}


@blueprint.get("/health/ready")
def ready() -> tuple[dict[str, Any], int]:
    """Whether the database answers, every beat of the worker has come round of late and no alarm is open."""
    found = health.look(house.now())
    return found.as_json(), HTTPStatus.OK if found.well else HTTPStatus.SERVICE_UNAVAILABLE
