"""The erasure of a record: asked for, decided by a second person, carried out by the worker, certified."""

from typing import Any
from uuid import UUID

from flask import Response, render_template

from api import current, house
from api.paper.record_copy import clock_words
from api.schemas.rights import (
    CertificateSchema,
    ErasureApprovalSchema,
    ErasureListSchema,
    ErasureRefusalSchema,
    ErasureSchema,
    ErasureViewSchema,
)
from api.v1.document import Blueprint, problems
from api.v1.rights import download
from companion.domain.erasure import GROUND_WORDS, REMAINS
from companion.use_cases import erasure
from companion.use_cases.erasure import ErasureView

blueprint = Blueprint("erasures", __name__, description="Erase a record where the law allows, and prove it.")


@blueprint.route("/patients/<uuid:patient_id>/erasures", methods=["POST"])
@blueprint.response(201, ErasureSchema)
@problems(blueprint, 401, 403, 404, 409)
def ask(patient_id: UUID) -> object:
    """Write down that a patient asks to be erased"""
    return erasure.ask(current.actor(), patient_id, house.now())


@blueprint.route("/erasures", methods=["GET"])
@blueprint.response(200, ErasureListSchema)
@problems(blueprint, 401, 403)
def listed() -> dict[str, Any]:
    """List what was asked for and decided; it names nobody"""
    return {"items": erasure.listed(current.actor(), house.now())}


@blueprint.route("/erasures/<uuid:erasure_id>", methods=["GET"])
@blueprint.response(200, ErasureViewSchema)
@problems(blueprint, 401, 403, 404)
def show(erasure_id: UUID) -> ErasureView:
    """See how far an erasure has come"""
    return erasure.read(current.actor(), erasure_id, house.now())


@blueprint.route("/erasures/<uuid:erasure_id>/approval", methods=["POST"])
@blueprint.arguments(ErasureApprovalSchema)
@blueprint.response(200, ErasureSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def approve(body: dict[str, Any], erasure_id: UUID) -> object:
    """Decide that a record is erased, and on which ground

    422 says until when the law makes us keep it. Who was enrolled by mistake goes at once; anything else after a week,
    in which the person gets their letter and it can be withdrawn.
    """
    return erasure.approve(current.actor(), erasure_id, body["ground"], house.now())


@blueprint.route("/erasures/<uuid:erasure_id>/refusal", methods=["POST"])
@blueprint.arguments(ErasureRefusalSchema)
@blueprint.response(200, ErasureSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def refuse(body: dict[str, Any], erasure_id: UUID) -> object:
    """Decide that a record is kept, and say why"""
    return erasure.refuse(current.actor(), erasure_id, body["answer"], house.now())


@blueprint.route("/erasures/<uuid:erasure_id>/withdrawal", methods=["POST"])
@blueprint.response(200, ErasureSchema)
@problems(blueprint, 401, 403, 404, 409)
def withdraw(erasure_id: UUID) -> object:
    """Take a request or a decision back, while nothing is erased yet"""
    return erasure.withdraw(current.actor(), erasure_id, house.now())


@blueprint.route("/erasures/<uuid:erasure_id>/letter", methods=["GET"])
@blueprint.response(200, content_type="text/html", description="A letter to print")
@problems(blueprint, 401, 403, 404, 409)
def letter(erasure_id: UUID) -> Response:
    """Get the letter to the person: before anything is done, as nobody knows afterwards where to write to"""
    found = erasure.letter(current.actor(), erasure_id, house.now())
    day, at = clock_words(found.patient.time_zone)
    page = render_template("letter.html", letter=found, remains=REMAINS, grounds=GROUND_WORDS, day=day, at=at)
    return download(page, "letter")


@blueprint.route("/certificates/<uuid:certificate_id>", methods=["GET"])
@blueprint.response(200, CertificateSchema)
@problems(blueprint, 401, 403, 404, 409)
def certificate(certificate_id: UUID) -> object:
    """Get the certificate of a completed erasure, as it was signed"""
    return erasure.certified(current.actor(), certificate_id, house.now())


@blueprint.route("/certificates/<uuid:certificate_id>/page", methods=["GET"])
@blueprint.response(200, content_type="text/html", description="A certificate to print")
@problems(blueprint, 401, 403, 404, 409)
def certificate_page(certificate_id: UUID) -> Response:
    """Get the certificate of a completed erasure, to read and print"""
    found = erasure.certified(current.actor(), certificate_id, house.now())
    return download(render_template("certificate.html", certificate=found.certificate, erasure=found), "certificate")
