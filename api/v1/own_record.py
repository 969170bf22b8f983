"""What may a patient ask of their own record? A copy of it, and that it is put right."""

from typing import Any

from flask import Response, json

from api import current, house
from api.fhir import bundle
from api.paper import letter as paper
from api.paper import record_copy
from api.schemas.rights import (
    CorrectionAskedSchema,
    CorrectionListSchema,
    CorrectionSchema,
    ExportSchema,
    exported,
)
from api.v1.document import Blueprint, problems
from api.v1.plan_letter import page
from api.v1.rights import download
from companion.use_cases import correction, export, plan_letter

blueprint = Blueprint("own record", __name__, description="What a patient asks of their own record.")
blueprint.security = [{"patient": []}]


@blueprint.route("/me/export", methods=["GET"])
@blueprint.response(200, ExportSchema)
@problems(blueprint, 401)
def export_json() -> dict[str, Any]:
    """Get everything that is held about you, for programs"""
    return exported(export.of_patient(current.actor(), current.patient_id(), house.now()))


@blueprint.route("/me/export.html", methods=["GET"])
@blueprint.response(200, content_type="text/html", description="A page to keep or print")
@problems(blueprint, 401)
def export_page() -> Response:
    """Get everything that is held about you, to read and print"""
    found = export.of_patient(current.actor(), current.patient_id(), house.now())
    return download(record_copy.page(found), "my-record")


@blueprint.route("/me/export.fhir", methods=["GET"])
@blueprint.response(200, content_type=bundle.MEDIA_TYPE, description="A FHIR R4 Bundle of type collection")
@problems(blueprint, 401)
def export_fhir() -> Response:
    """Get your record as FHIR R4"""
    found = export.of_patient(current.actor(), current.patient_id(), house.now())
    return Response(json.dumps(bundle.bundle(found)), mimetype=bundle.MEDIA_TYPE)


@blueprint.route("/me/care-plan/letter", methods=["GET"])
@blueprint.response(200, content_type="text/html", description="A page to keep or print")
@problems(blueprint, 401, 404)
def letter() -> Response:
    """Get your plan in large print, to keep or print"""
    return page(plan_letter.own(current.actor(), house.now()))


@blueprint.route("/me/care-plan/letter.pdf", methods=["GET"])
@blueprint.response(200, content_type=paper.PDF, description="A PDF that can be read aloud (PDF/UA-1)")
@problems(blueprint, 401, 404)
def letter_pdf() -> Response:
    """Get your plan in large print, as a PDF"""
    return paper.sent(plan_letter.own(current.actor(), house.now()))


@blueprint.route("/me/corrections", methods=["POST"])
@blueprint.arguments(CorrectionAskedSchema)
@blueprint.response(201, CorrectionSchema)
@problems(blueprint, 400, 401, 413, 415, 422)
def ask_for_correction(body: dict[str, Any]) -> object:
    """Say what is wrong in your record

    Your pain service puts it right, or says why not, within a month.
    """
    return correction.ask(current.actor(), current.patient_id(), body["words"], house.now())


@blueprint.route("/me/corrections", methods=["GET"])
@blueprint.response(200, CorrectionListSchema)
@problems(blueprint, 401)
def corrections() -> dict[str, Any]:
    """See what you asked to have put right, and the answers"""
    return {"items": correction.of_patient(current.actor(), current.patient_id(), house.now())}
