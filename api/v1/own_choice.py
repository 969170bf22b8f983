"""When, how often and whether does a patient want texts? They say so themselves, and ask nobody."""

from typing import Any

from api import current, house
from api.schemas.patient import (
    ConsentChangeSchema,
    ConsentEventSchema,
    PausablePreferenceSchema,
    PreferenceViewSchema,
    hours_and_ceilings,
)
from api.v1.document import Blueprint, conditional, problems
from api.web import etag
from companion.use_cases import consent, preference

Tagged = tuple[Any, dict[str, str]]
blueprint = Blueprint("own choice", __name__, description="When, how often and whether a patient wants texts.")
blueprint.security = [{"patient": []}]


@blueprint.route("/me/preferences", methods=["GET"])
@blueprint.response(200, PreferenceViewSchema, headers=etag.ETAG)
@problems(blueprint, 401)
@conditional(blueprint)
def preferences() -> Tagged:
    """See when and how often you get texts"""
    found = preference.read(current.actor(), current.patient_id(), house.now())
    return found, etag.tag(found.version)


@blueprint.route("/me/preferences", methods=["PUT"])
@blueprint.arguments(PausablePreferenceSchema)
@blueprint.response(200, PreferenceViewSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 412, 413, 415, 422, 428)
@blueprint.doc(parameters=[etag.IF_MATCH])
def replace_preferences(body: dict[str, Any]) -> Tagged:
    """Choose your hours and days, how many texts, and a pause

    It holds at once, also for what is planned already.
    """
    hours, ceilings = hours_and_ceilings(body)
    version, paused_until_at = etag.expected_version(), body["paused_until_at"]
    row = preference.replace(
        current.actor(), current.patient_id(), version, hours, ceilings, paused_until_at, house.now()
    )
    return row, etag.tag(row.version)


@blueprint.route("/me/consents", methods=["POST"])
@blueprint.arguments(ConsentChangeSchema)
@blueprint.response(201, ConsentEventSchema)
@problems(blueprint, 400, 401, 409, 413, 415, 422)
def change_consent(body: dict[str, Any]) -> object:
    """Turn texts off, or on again

    409 if you stopped them by a text: the phone network holds them back until you text START.
    """
    return consent.change(current.actor(), current.patient_id(), body["status"], house.now())
