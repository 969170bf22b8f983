"""Shapes of the directory of resources, and of what came of one for somebody."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from api.schemas.field import Choice, Line, Strict, Words, line_name
from api.schemas.page import PageQuery, PageSchema
from companion.domain.resource import (
    AREA,
    OUTWARD,
    WEB,
    CheckFound,
    Cost,
    Evidence,
    Facts,
    Need,
    ResourceEventKind,
    ResourceKind,
    ResourceStatus,
)
from companion.use_cases.resource import Wanted
from companion.use_cases.resource_event import PointsAt

MOST_AREAS = 124  # as many as there are in the United Kingdom
EMPTY: dict[str, Any] = {"load_default": None, "allow_none": True}


class Shaped(Line):
    """One line of a certain shape; capitals, where the shape has them."""

    def __init__(self, longest: int, shape: re.Pattern[str], otherwise: str, **kwargs: Any) -> None:
        super().__init__(longest, metadata={"pattern": f"^{shape.pattern}$", **kwargs.pop("metadata", {})}, **kwargs)
        self._shape, self._otherwise = shape, otherwise

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not self._shape.fullmatch(text):
            raise ValidationError(self._otherwise)
        return text


def outward(**kwargs: Any) -> Shaped:
    """The first half of a postcode, or the letters that it begins with."""
    return Shaped(4, OUTWARD, "Enter the first half of a postcode in capitals, like PR8 or PR.", **kwargs)


class FactsSchema(Strict):
    """What an entry says. A listed one says how to get in touch; what NICE recommends, where NICE says so."""

    name = Line(200, required=True, metadata={"example": "Slow walkers of Southport"})
    kind = Choice(ResourceKind, required=True)
    description = Words(2_000, required=True, metadata={"example": "A slow walk along the sea, with benches"})
    status = Choice(ResourceStatus, load_default=ResourceStatus.DRAFT)
    cost = Choice(Cost, required=True)
    cost_words = Line(200, **EMPTY)
    needs = fields.List(Choice(Need), load_default=list, validate=validate.Length(max=len(Need)))
    access_needs = Words(1_000, **EMPTY, metadata={"example": "Step-free; a loop for hearing aids"})
    place = Line(300, **EMPTY)
    outward = outward(**EMPTY, metadata={"example": "PR8"})
    reach = fields.List(
        Shaped(2, AREA, "Enter the letters postcodes start with in capitals, like PR."),
        load_default=list,
        validate=validate.Length(max=MOST_AREAS),
        metadata={"description": "Postcode areas it takes people from; anywhere if empty", "example": ["PR", "L"]},
    )
    phone = Line(30, **EMPTY, metadata={"example": "01632 960123"})
    email = Line(254, **EMPTY)
    web = Shaped(500, WEB, "Enter an address that starts with http:// or https://.", **EMPTY)
    evidence = Choice(Evidence, required=True)
    evidence_source = Line(500, **EMPTY, metadata={"example": "NICE NG193, recommendation 1.2.1"})

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> Facts:
        return Facts(**data | {name: frozenset(data[name]) for name in ("needs", "reach")})


class ResourceSchema(Strict):
    """An entry. is_stale: nobody has checked it for six months, so it may be wrong."""

    id = fields.UUID(required=True, attribute="resource.id")
    name = fields.String(required=True, attribute="resource.name")
    kind = Choice(ResourceKind, required=True, attribute="resource.kind")
    description = fields.String(required=True, attribute="resource.description")
    status = Choice(ResourceStatus, required=True, attribute="resource.status")
    cost = Choice(Cost, required=True, attribute="resource.cost")
    cost_words = fields.String(required=True, allow_none=True, attribute="resource.cost_words")
    needs = fields.List(fields.String(), required=True)
    access_needs = fields.String(required=True, allow_none=True, attribute="resource.access_needs")
    place = fields.String(required=True, allow_none=True, attribute="resource.place")
    outward = fields.String(required=True, allow_none=True, attribute="resource.outward")
    reach = fields.List(fields.String(), required=True)
    phone = fields.String(required=True, allow_none=True, attribute="resource.phone")
    email = fields.String(required=True, allow_none=True, attribute="resource.email")
    web = fields.String(required=True, allow_none=True, attribute="resource.web")
    evidence = Choice(Evidence, required=True, attribute="resource.evidence")
    evidence_source = fields.String(required=True, allow_none=True, attribute="resource.evidence_source")
    version = fields.Integer(required=True, attribute="resource.version")
    checked_at = fields.AwareDateTime(required=True, allow_none=True, attribute="resource.checked_at")
    is_stale = fields.Boolean(required=True)


class ResourcePageSchema(PageSchema):
    """A page of the directory."""

    items = fields.List(fields.Nested(ResourceSchema), required=True)


class SearchQuery(PageQuery):
    """What is looked for. What is left out asks for nothing; of the statuses, listed is meant."""

    words = Words(
        200, load_default=None, metadata={"description": "Must match all words, in any order, with or without accents"}
    )
    near = outward(load_default=None, metadata={"description": "The first half of a postcode, never a whole one"})
    need = Choice(Need, load_default=None)
    cost = Choice(Cost, load_default=None)
    kind = Choice(ResourceKind, load_default=None)
    status = Choice(ResourceStatus, load_default=ResourceStatus.LISTED)


def wanted(query: Mapping[str, Any]) -> Wanted:
    """The search that a query asks for."""
    return Wanted(**{name: query[name] for name in ("words", "near", "need", "cost", "kind", "status")})


class CheckMadeSchema(Strict):
    """What somebody found who looked whether an entry is still true."""

    found = Choice(CheckFound, required=True)


class CheckSchema(CheckMadeSchema):
    """One look, by whom and when."""

    id = fields.UUID(required=True)
    checked_by = fields.UUID(required=True)
    checked_at = fields.AwareDateTime(required=True)


class CheckListSchema(Strict):
    """Every look, the newest first."""

    items = fields.List(fields.Nested(CheckSchema), required=True)


class EventMadeSchema(Strict):
    """That a resource was offered to somebody, or what came of it; with the plan's line, or the text, it belongs to."""

    resource_id = fields.UUID(required=True)
    kind = Choice(ResourceEventKind, required=True)
    care_plan_id = fields.UUID(**EMPTY)
    line = line_name()
    message_id = fields.UUID(**EMPTY)


def points_at(body: Mapping[str, Any]) -> PointsAt:
    """Where in the record it belongs."""
    return PointsAt(body["care_plan_id"], body["line"], body["message_id"])


class EventSchema(Strict):
    """One thing that came of a resource for somebody."""

    id = fields.UUID(required=True)
    resource_id = fields.UUID(required=True)
    kind = Choice(ResourceEventKind, required=True)
    care_plan_id = fields.UUID(required=True, allow_none=True)
    line = fields.String(required=True, allow_none=True)
    message_id = fields.UUID(required=True, allow_none=True)
    recorded_by = fields.UUID(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True)


class EventListSchema(Strict):
    """All of them, the newest first."""

    items = fields.List(fields.Nested(EventSchema), required=True)


class CountSchema(Strict):
    """How many people each thing came of. null: some, and fewer than five."""

    resource_id = fields.UUID(required=True, attribute="resource.id")
    name = fields.String(required=True, attribute="resource.name")
    people = fields.Dict(keys=fields.String(), values=fields.Integer(allow_none=True), required=True)


class CountListSchema(Strict):
    """One for each resource that was ever offered."""

    items = fields.List(fields.Nested(CountSchema), required=True)
