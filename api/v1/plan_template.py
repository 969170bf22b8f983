"""Plan templates: starting points of a pain service, written, approved and retired."""

from typing import Any
from uuid import UUID

from api import current, house
from api.schemas.page import offset, paged
from api.schemas.plan_start import MOST_VERSIONS
from api.schemas.plan_template import (
    TemplateComparisonSchema,
    TemplateMoveSchema,
    TemplatePageSchema,
    TemplateQuery,
    TemplateRevisionSchema,
    TemplateSchema,
    TemplateVersionsSchema,
    TemplateViewSchema,
)
from api.v1.document import Blueprint, conditional, problems
from api.web import etag, problem
from companion.domain.plan_template import Template
from companion.use_cases import plan_template
from companion.use_cases.plan_template import Comparison, TemplateView

blueprint = Blueprint(
    "plan templates", __name__, description="Starting points for plans: what to ask, and suggested lines."
)

_ONE = "/plan-templates/<uuid:template_id>"
_NUMBER = f"int(min=1, max={MOST_VERSIONS})"

Tagged = tuple[TemplateView, dict[str, str]]


def _tagged(view: TemplateView) -> Tagged:
    return view, etag.tag(view.template.version)


@blueprint.route("/plan-templates", methods=["GET"])
@blueprint.arguments(TemplateQuery, location="query")
@blueprint.response(200, TemplatePageSchema)
@problems(blueprint, 401, 403, 422)
def listed(query: dict[str, Any]) -> dict[str, Any]:
    """List the templates of the pain service by name, each with its newest version"""
    page = plan_template.listed(current.actor(), query["status"], offset(query), query["page_size"])
    return paged(page.items, page.total, query)


@blueprint.route("/plan-templates", methods=["POST"])
@blueprint.arguments(TemplateSchema)
@blueprint.response(201, TemplateViewSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 413, 415, 422)
def add(body: Template) -> Tagged:
    """Write a template

    It begins as a draft. What only a person can say it asks for: what matters to them and what they hope for always.
    """
    return _tagged(plan_template.add(current.actor(), body, house.now()))


@blueprint.route(_ONE, methods=["GET"])
@blueprint.response(200, TemplateViewSchema, headers=etag.ETAG)
@problems(blueprint, 401, 403, 404)
@conditional(blueprint)
def show(template_id: UUID) -> Tagged:
    """Read a template with its newest version"""
    return _tagged(plan_template.read(current.actor(), template_id))


@blueprint.route(_ONE, methods=["PATCH"])
@blueprint.arguments(TemplateMoveSchema)
@blueprint.response(200, TemplateViewSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 409, 412, 413, 415, 422, 428)
@blueprint.doc(parameters=[etag.IF_MATCH])
def move(body: dict[str, Any], template_id: UUID) -> Tagged:
    """Take a template into use, or retire it for good"""
    version = etag.expected_version()
    return _tagged(plan_template.move(current.actor(), template_id, version, body["status"], house.now()))


@blueprint.route(f"{_ONE}/versions", methods=["POST"])
@blueprint.arguments(TemplateRevisionSchema)
@blueprint.response(201, TemplateViewSchema, headers=etag.ETAG)
@problems(blueprint, 400, 401, 403, 404, 409, 412, 413, 415, 422, 428)
@blueprint.doc(parameters=[etag.IF_MATCH])
def revise(body: dict[str, Any], template_id: UUID) -> Tagged:
    """Write the next version of a template

    Plans begin with the version that was approved before, until another clinician has approved this one.
    """
    version, now = etag.expected_version(), house.now()
    with problem.within("content"):
        return _tagged(
            plan_template.revise(current.actor(), template_id, version, body["content"], body["reason"], now)
        )


@blueprint.route(f"{_ONE}/versions", methods=["GET"])
@blueprint.response(200, TemplateVersionsSchema)
@problems(blueprint, 401, 403, 404)
def versions(template_id: UUID) -> dict[str, Any]:
    """List every version of a template, the newest first"""
    return {"items": plan_template.versions(current.actor(), template_id)}


@blueprint.route(f"{_ONE}/versions/<{_NUMBER}:number>", methods=["GET"])
@blueprint.response(200, TemplateViewSchema)
@problems(blueprint, 401, 403, 404)
def version(template_id: UUID, number: int) -> TemplateView:
    """Read one version of a template, counted from 1"""
    return plan_template.read(current.actor(), template_id, number)


@blueprint.route(f"{_ONE}/versions/<{_NUMBER}:number>/differences-from/<{_NUMBER}:base>", methods=["GET"])
@blueprint.response(200, TemplateComparisonSchema)
@problems(blueprint, 401, 403, 404)
def compare(template_id: UUID, number: int, base: int) -> Comparison:
    """Compare any two versions of a template, line by line"""
    return plan_template.compare(current.actor(), template_id, base, number)


@blueprint.route(f"{_ONE}/versions/<{_NUMBER}:number>/approval", methods=["POST"])
@blueprint.response(200, TemplateViewSchema, headers=etag.ETAG)
@problems(blueprint, 401, 403, 404, 409)
def approve(template_id: UUID, number: int) -> Tagged:
    """Approve a version, as a named clinician who did not write it

    No plan begins with a version that nobody approved.
    """
    return _tagged(plan_template.approve(current.actor(), template_id, number, house.now()))
