"""From referral to closed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from api import current, house
from api.schemas.pathway import (
    HospitalReferralWriteSchema,
    KnownQuery,
    NextSchema,
    PathwayCorrectionSchema,
    PathwayListSchema,
    PathwayViewSchema,
    ReferralSchema,
    WaitingListSchema,
)
from api.v1.document import Blueprint, problems
from api.web import etag
from companion.domain.pathway import MoveReason, Step
from companion.use_cases import pathway
from companion.use_cases.pathway import Next, PathwayView

blueprint = Blueprint(
    "pathways",
    __name__,
    description="Refer, assess, plan with the patient, review in time, stay open to contact, and close.",
)

Tagged = tuple[PathwayView, dict[str, str]]


def _tagged(view: PathwayView) -> Tagged:
    return view, etag.tag(view.pathway.version)


def _next(body: dict[str, Any], now: datetime) -> Next:
    return Next(**(body | {"effective_at": body["effective_at"] or now}))


@blueprint.route("/patients/<uuid:patient_id>/pathways", methods=["POST"])
@blueprint.arguments(ReferralSchema)
@blueprint.response(201, PathwayViewSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def refer(body: dict[str, Any], patient_id: UUID) -> Tagged:
    """Refer: begin a patient's pathway

    New from a GP, or with who is a patient already. Next come the assessment and a plan that the patient agrees to.
    """
    now, reason = house.now(), MoveReason(body["reason"])
    first = Next(Step.REFERRAL, reason, body["words"], body["effective_at"] or now)
    return _tagged(pathway.refer(current.actor(), patient_id, first, now))


@blueprint.route("/patients/<uuid:patient_id>/pathways", methods=["GET"])
@blueprint.arguments(KnownQuery, location="query")
@blueprint.response(200, PathwayListSchema)
@problems(blueprint, 401, 403, 404, 422)
def of_patient(query: dict[str, Any], patient_id: UUID) -> dict[str, Any]:
    """Read a patient's pathways, newest first

    With every move, those that were put right later among them; with known_at as it was known then.
    """
    return {"items": pathway.of_patient(current.actor(), patient_id, query["known_at"], house.now())}


@blueprint.route("/pathways/<uuid:pathway_id>/moves", methods=["POST"])
@blueprint.arguments(NextSchema)
@blueprint.response(201, PathwayViewSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 409, 412, 413, 415, 422, 428)
@blueprint.doc(parameters=[etag.IF_MATCH])
def move(body: dict[str, Any], pathway_id: UUID) -> Tagged:
    """Assess, plan, review, open contact, close: move a patient on

    To the active plan once they have agreed to one, with the day of its review: when that has come, the inbox asks
    for it. Closing stops nudges and puts the plan on hold; `contact` says what to tell the patient.
    """
    version, now = etag.expected_version(), house.now()
    return _tagged(pathway.move(current.actor(), pathway_id, version, _next(body, now), now))


@blueprint.route("/pathways/<uuid:pathway_id>/corrections", methods=["POST"])
@blueprint.arguments(PathwayCorrectionSchema)
@blueprint.response(201, PathwayViewSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 409, 412, 413, 415, 422, 428)
@blueprint.doc(parameters=[etag.IF_MATCH])
def correct(body: dict[str, Any], pathway_id: UUID) -> Tagged:
    """Put the last move right

    What was written stays to be read; the new row takes its place, or takes it back. A patient closed by mistake is
    cared for again, and their plan waits on hold until somebody takes it up.
    """
    version, now, right = etag.expected_version(), house.now(), body["right"]
    words, review_on = body["words"], body["review_on"]
    meant = None if right is None else _next(right | {"words": words, "review_on": review_on}, now)
    return _tagged(pathway.correct(current.actor(), pathway_id, version, meant, words, review_on, now))


@blueprint.route("/pathways/<uuid:pathway_id>/hospital-referrals", methods=["POST"])
@blueprint.arguments(HospitalReferralWriteSchema)
@blueprint.response(201, PathwayViewSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 409, 413, 415, 422)
def refer_to_hospital(body: dict[str, Any], pathway_id: UUID) -> Tagged:
    """Record a referral to a hospital, with the reason and what was tried first"""
    now = house.now()
    asked = (body["to"], body["reason"], body["tried_first"], body["referred_at"] or now)
    return _tagged(pathway.refer_to_hospital(current.actor(), pathway_id, *asked, now))


@blueprint.route("/pathway-figures", methods=["GET"])
@blueprint.response(200, WaitingListSchema)
@problems(blueprint, 401, 403)
def figures() -> dict[str, Any]:
    """Count the people at each step, and the days they have been there

    Figures alone: nobody is named, and whoever rests or is closed is not counted.
    """
    return {"items": pathway.figures(current.actor(), house.now())}
