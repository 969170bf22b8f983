"""Patients: enrol, read, put right; their preferences; their consent to texts."""

from typing import Any
from uuid import UUID

from api import current, house
from api.schemas.page import PageQuery, offset, paged
from api.schemas.patient import (
    AmendmentSchema,
    ConsentChangeSchema,
    ConsentEventSchema,
    ConsentHistorySchema,
    EnrolmentSchema,
    PatientPageSchema,
    PatientSchema,
    PausablePreferenceSchema,
    PreferenceViewSchema,
    hours_and_ceilings,
)
from api.v1.document import Blueprint, conditional, problems
from api.web import etag
from companion.use_cases import consent, patient, preference
from companion.use_cases.patient import Enrolment

blueprint = Blueprint("patients", __name__, description="Refer and enrol; know how each person is reached.")

Tagged = tuple[Any, dict[str, str]]


@blueprint.route("/patients", methods=["POST"])
@blueprint.arguments(EnrolmentSchema)
@blueprint.response(201, PatientSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 413, 415, 422)
def enrol(body: Enrolment) -> Tagged:
    """Enrol a patient

    With their preferences and, if they agreed, their consent to texts. An NHS number is enrolled once.
    """
    made = patient.enrol(current.actor(), body, house.now())
    return made, etag.tag(made.version)


@blueprint.route("/patients", methods=["GET"])
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, PatientPageSchema)
@problems(blueprint, 401, 403, 422)
def listed(query: dict[str, int]) -> dict[str, Any]:
    """List the pain service's patients, by family name"""
    page = patient.listed(current.actor(), offset(query), query["page_size"], house.now())
    return paged(page.items, page.total, query)


@blueprint.route("/patients/<uuid:patient_id>", methods=["GET"])
@blueprint.response(200, PatientSchema, headers=etag.ETAG)
@problems(blueprint, 401, 403, 404)
@conditional(blueprint)
def show(patient_id: UUID) -> Tagged:
    """Read a patient"""
    found = patient.read(current.actor(), patient_id, house.now())
    return found, etag.tag(found.version)


@blueprint.route("/patients/<uuid:patient_id>", methods=["PATCH"])
@blueprint.arguments(AmendmentSchema)
@blueprint.response(200, PatientSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 412, 413, 415, 422, 428)
@blueprint.doc(parameters=[etag.IF_MATCH])
def amend(body: dict[str, Any], patient_id: UUID) -> Tagged:
    """Put right what is known of a patient"""
    amended = patient.amend(current.actor(), patient_id, etag.expected_version(), body, house.now())
    return amended, etag.tag(amended.version)


@blueprint.route("/patients/<uuid:patient_id>/preferences", methods=["GET"])
@blueprint.response(200, PreferenceViewSchema, headers=etag.ETAG)
@problems(blueprint, 401, 403, 404)
@conditional(blueprint)
def preferences(patient_id: UUID) -> Tagged:
    """Read a patient's preferences"""
    found = preference.read(current.actor(), patient_id, house.now())
    return found, etag.tag(found.version)


@blueprint.route("/patients/<uuid:patient_id>/preferences", methods=["PUT"])
@blueprint.arguments(PausablePreferenceSchema)
@blueprint.response(200, PreferenceViewSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 412, 413, 415, 422, 428)
@blueprint.doc(parameters=[etag.IF_MATCH])
def replace_preferences(body: dict[str, Any], patient_id: UUID) -> Tagged:
    """Set a patient's hours, days, ceilings and pause

    They hold at once, also for nudges that are planned already.
    """
    hours, ceilings = hours_and_ceilings(body)
    row = preference.replace(
        current.actor(),
        patient_id,
        etag.expected_version(),
        hours,
        ceilings,
        body["paused_until_at"],
        house.now(),
    )
    return row, etag.tag(row.version)


@blueprint.route("/patients/<uuid:patient_id>/consents", methods=["POST"])
@blueprint.arguments(ConsentChangeSchema)
@blueprint.response(201, ConsentEventSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def change_consent(body: dict[str, Any], patient_id: UUID) -> object:
    """Record what a patient told you about texts

    409 if they stopped texts from their own phone: only their own START turns texts on again.
    """
    return consent.change(current.actor(), patient_id, body["status"], house.now())


@blueprint.route("/patients/<uuid:patient_id>/consents", methods=["GET"])
@blueprint.response(200, ConsentHistorySchema)
@problems(blueprint, 401, 403, 404)
def consents(patient_id: UUID) -> dict[str, Any]:
    """Read every change of a patient's consent"""
    return {"items": consent.history(current.actor(), patient_id, house.now())}
