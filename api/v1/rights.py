"""What a person may ask of their record: a copy of it, a correction, that it rests, and to leave."""

from typing import Any
from uuid import UUID

from flask import Response, json

from api import current, house
from api.fhir import bundle
from api.paper import record_copy
from api.schemas.rights import (
    CorrectionAnswerSchema,
    CorrectionAskedSchema,
    CorrectionListSchema,
    CorrectionSchema,
    ExportSchema,
    FarewellSchema,
    RestrictionAskedSchema,
    RestrictionListSchema,
    RestrictionSchema,
    exported,
)
from api.v1.document import Blueprint, problems
from companion.domain.correction import CorrectionStatus
from companion.domain.restriction import RestrictionGround
from companion.use_cases import correction, export, leaving, restriction
from companion.use_cases.leaving import Farewell

blueprint = Blueprint("rights", __name__, description="A copy of the record, a correction, rest, and leaving.")


@blueprint.route("/patients/<uuid:patient_id>/export", methods=["GET"])
@blueprint.response(200, ExportSchema)
@problems(blueprint, 401, 403, 404)
def export_json(patient_id: UUID) -> dict[str, Any]:
    """Get everything that is held about a patient, for programs

    Every kind of record, whole; what is withheld is named as a category, with what to do about it.
    """
    return exported(export.of_patient(current.actor(), patient_id, house.now()))


@blueprint.route("/patients/<uuid:patient_id>/export.html", methods=["GET"])
@blueprint.response(200, content_type="text/html", description="A page to keep or print")
@problems(blueprint, 401, 403, 404)
def export_page(patient_id: UUID) -> Response:
    """Get everything that is held about a patient, to read and print"""
    found = export.of_patient(current.actor(), patient_id, house.now())
    return download(record_copy.page(found), "my-record")


@blueprint.route("/patients/<uuid:patient_id>/export.fhir", methods=["GET"])
@blueprint.response(200, content_type=bundle.MEDIA_TYPE, description="A FHIR R4 Bundle of type collection")
@problems(blueprint, 401, 403, 404)
def export_fhir(patient_id: UUID) -> Response:
    """Get a patient's record as FHIR R4

    Whatever FHIR has a resource for, as docs/fhir.md says; /fhir shows the same, to be read bit by bit.
    """
    found = export.of_patient(current.actor(), patient_id, house.now())
    return Response(json.dumps(bundle.bundle(found)), mimetype=bundle.MEDIA_TYPE)


@blueprint.route("/patients/<uuid:patient_id>/corrections", methods=["POST"])
@blueprint.arguments(CorrectionAskedSchema)
@blueprint.response(201, CorrectionSchema)
@problems(blueprint, 400, 401, 403, 404, 413, 415, 422)
def ask_for_correction(body: dict[str, Any], patient_id: UUID) -> object:
    """Write down what a patient says is wrong in their record

    It waits in the inbox, and has to be answered within a month.
    """
    return correction.ask(current.actor(), patient_id, body["words"], house.now())


@blueprint.route("/patients/<uuid:patient_id>/corrections", methods=["GET"])
@blueprint.response(200, CorrectionListSchema)
@problems(blueprint, 401, 403, 404)
def corrections(patient_id: UUID) -> dict[str, Any]:
    """Read what a patient asked to have put right, and the answers"""
    return {"items": correction.of_patient(current.actor(), patient_id, house.now())}


@blueprint.route("/corrections/<uuid:correction_id>/answer", methods=["POST"])
@blueprint.arguments(CorrectionAnswerSchema)
@blueprint.response(200, CorrectionSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def answer_correction(body: dict[str, Any], correction_id: UUID) -> object:
    """Say that a correction was made, or why not"""
    status = CorrectionStatus(body["status"])
    return correction.answer(current.actor(), correction_id, status, body["answer"], house.now())


@blueprint.route("/patients/<uuid:patient_id>/restrictions", methods=["POST"])
@blueprint.arguments(RestrictionAskedSchema)
@blueprint.response(201, RestrictionSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def restrict(body: dict[str, Any], patient_id: UUID) -> object:
    """Let a patient's record rest: kept, but not used

    No nudge is planned or sent, no figure counts it, and it is read for a stated reason only.
    """
    return restriction.impose(current.actor(), patient_id, RestrictionGround(body["ground"]), house.now())


@blueprint.route("/patients/<uuid:patient_id>/restrictions", methods=["GET"])
@blueprint.response(200, RestrictionListSchema)
@problems(blueprint, 401, 403, 404)
def restrictions(patient_id: UUID) -> dict[str, Any]:
    """Read when a patient's record rested, and why"""
    return {"items": restriction.of_patient(current.actor(), patient_id, house.now())}


@blueprint.route("/restrictions", methods=["GET"])
@blueprint.response(200, RestrictionListSchema)
@problems(blueprint, 401, 403)
def standing_restrictions() -> dict[str, Any]:
    """List the records that rest just now

    By their numbers: the list of patients does not show them.
    """
    return {"items": restriction.standing(current.actor(), house.now())}


@blueprint.route("/restrictions/<uuid:restriction_id>/lifting", methods=["POST"])
@blueprint.response(200, RestrictionSchema)
@problems(blueprint, 401, 403, 404, 409)
def lift(restriction_id: UUID) -> object:
    """End a restriction: the record is used again"""
    return restriction.lift(current.actor(), restriction_id, house.now())


@blueprint.route("/patients/<uuid:patient_id>/leaving", methods=["POST"])
@blueprint.response(200, FarewellSchema)
@problems(blueprint, 401, 403, 404, 409)
def leave(patient_id: UUID) -> Farewell:
    """End a patient's time in the programme, as they asked

    Texts stop and plans are closed; the record is kept. The answer says what to say to them.
    """
    return leaving.leave(current.actor(), patient_id, house.now())


def download(page: str, name: str) -> Response:
    """A page to keep: it stands by itself, with its style in it, so it is saved and not shown among ours."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.html"'}
    return Response(page, headers=headers, mimetype="text/html")
