"""Where does somebody begin? The first page, the API's page, and whether the service is well."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, render_template

from api import house
from api.demo import cast
from companion.use_cases import heartbeat
from nudges.worker import DEAD_AFTER, EVERY

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def show() -> str:
    """What this is, and how to sign in to the demonstration."""
    config = house.config()
    people = cast.people() if config.simulated else []
    return render_template("home.html", people=people, demo_password=cast.PASSWORD if people else None)


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
    """Whether the database answers and every beat of the worker has come round of late."""
    now = house.now()
    beaten = heartbeat.beats()
    beats = {
        name: {
            "status": "pass" if name in beaten and now - beaten[name] < DEAD_AFTER + every else "fail",
            "beaten_at": beaten[name].isoformat() if name in beaten else None,
        }
        for name, every in EVERY.items()
    }
    well = all(beat["status"] == "pass" for beat in beats.values())
    status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
    return {"status": "pass" if well else "fail", "beats": beats}, status
