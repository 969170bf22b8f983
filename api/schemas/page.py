"""Which part of a long list is asked for, and how is it given?"""

from collections.abc import Sequence
from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from api.schemas.field import Count


class PageQuery(Schema):
    """Pages count from 1. What else stands in the query string is left alone."""

    class Meta:
        unknown = EXCLUDE

    page = Count(1, 100_000, load_default=1)
    page_size = Count(1, 100, load_default=20)


def offset(query: dict[str, int]) -> int:
    """How many items stand before the page."""
    return (query["page"] - 1) * query["page_size"]


def paged(items: Sequence[object], total: int, query: dict[str, int]) -> dict[str, Any]:
    """A page as every list gives it."""
    return {"items": items, "total": total, "page": query["page"], "page_size": query["page_size"]}


class PageSchema(Schema):
    """What every list has around its items."""

    total = fields.Integer(required=True, metadata={"description": "Length of the whole list"})
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
