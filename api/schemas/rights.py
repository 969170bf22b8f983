"""Shapes of what people may ask of their record: a copy, a correction, rest, leaving, erasure."""

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from marshmallow import fields

from api.schemas.field import Choice, Strict, Words
from companion.domain.access import ActorKind
from companion.domain.correction import CorrectionStatus
from companion.domain.erasure import ErasureGround, ErasureStatus
from companion.domain.export import WITHHELD
from companion.domain.restriction import RestrictionGround
from companion.use_cases.export import Export


class ExportSchema(Strict):
    """Everything held about one person. `records` has a list for each kind, with whatever stands in it."""

    made_at = fields.String(required=True)
    pain_service = fields.String(required=True)
    staff = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    withheld = fields.List(fields.Dict(keys=fields.String(), values=fields.String()), required=True)
    records = fields.Dict(keys=fields.String(), values=fields.List(fields.Dict()), required=True)


def exported(export: Export) -> dict[str, Any]:
    """The export in JSON's own kinds of values."""
    return {
        "made_at": export.made_at.isoformat(),
        "pain_service": export.service.name,
        "staff": {str(staff_id): name for staff_id, name in export.staff.items()},
        "withheld": [{"what": each.what, "why": each.why} for each in WITHHELD],
        "records": {
            table: [{name: said(value) for name, value in row.items()} for row in rows]
            for table, rows in export.plain().items()
        },
    }


def said(value: object) -> object:
    """One value as JSON has it: moments with their offset, sets in order."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, frozenset | set):
        return sorted(str(each) for each in value)
    if isinstance(value, Mapping):
        return {str(name): said(each) for name, each in value.items()}
    return value


class CorrectionAskedSchema(Strict):
    """What is wrong in the record, in the person's words."""

    words = Words(2_000, required=True, metadata={"example": "My daughter's name is Safiya, not Sofia."})


class CorrectionAnswer(StrEnum):
    """What staff can answer."""

    MADE = CorrectionStatus.MADE
    REFUSED = CorrectionStatus.REFUSED


class CorrectionAnswerSchema(Strict):
    """What came of the wish. The person reads the answer; without one nothing is refused."""

    status = Choice(CorrectionAnswer, required=True, metadata={"example": "made"})
    answer = Words(2_000, load_default=None, allow_none=True, metadata={"example": "Put right in the plan of today."})


class CorrectionSchema(Strict):
    """A wish for a correction, and its answer. The law wants one by `due_on`."""

    id = fields.UUID(required=True)
    words = fields.String(required=True)
    asked_by = Choice(ActorKind, required=True)
    asked_at = fields.AwareDateTime(required=True)
    due_on = fields.Date(required=True)
    status = Choice(CorrectionStatus, required=True)
    answer = fields.String(required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    answered_by = fields.UUID(required=True, allow_none=True)


class CorrectionListSchema(Strict):
    """Every wish, the newest first."""

    items = fields.List(fields.Nested(CorrectionSchema), required=True)


class Grounds(StrEnum):
    """What somebody can ask for; an erasure that is decided on is no ground of theirs."""

    ACCURACY_CONTESTED = RestrictionGround.ACCURACY_CONTESTED
    UNLAWFUL = RestrictionGround.UNLAWFUL
    NEEDED_FOR_A_CLAIM = RestrictionGround.NEEDED_FOR_A_CLAIM
    OBJECTION = RestrictionGround.OBJECTION
    THEIR_WISH = RestrictionGround.THEIR_WISH


class RestrictionAskedSchema(Strict):
    """Why the record shall rest (UK GDPR article 18, or simply because they wish it)."""

    ground = Choice(Grounds, required=True, metadata={"example": "objection"})


class RestrictionSchema(Strict):
    """A time in which the record was kept, but not used."""

    id = fields.UUID(required=True)
    patient_id = fields.UUID(required=True)
    ground = Choice(RestrictionGround, required=True)
    asked_by = Choice(ActorKind, required=True)
    began_at = fields.AwareDateTime(required=True)
    lifted_at = fields.AwareDateTime(required=True, allow_none=True)


class RestrictionListSchema(Strict):
    """Restrictions."""

    items = fields.List(fields.Nested(RestrictionSchema), required=True)


class FarewellSchema(Strict):
    """What to say to whoever leaves: no text can say it, as it would come after their stop."""

    words = fields.String(required=True)
    left_at = fields.AwareDateTime(required=True)


class ErasureApprovalSchema(Strict):
    """On which ground the law lets the record be erased."""

    ground = Choice(ErasureGround, required=True, metadata={"example": "wrongly-enrolled"})


class ErasureRefusalSchema(Strict):
    """Why the record is kept, in words for the person."""

    answer = Words(2_000, required=True, metadata={"example": "The law asks us to keep it until 23 November 2034."})


class ErasureSchema(Strict):
    """A request to erase a record, and how far it has come. Nothing is erased before `from_at`."""

    id = fields.UUID(required=True)
    patient_id = fields.UUID(required=True)
    status = Choice(ErasureStatus, required=True)
    asked_by = Choice(ActorKind, required=True)
    asked_at = fields.AwareDateTime(required=True)
    ground = Choice(ErasureGround, required=True, allow_none=True)
    answer = fields.String(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    decided_by = fields.UUID(required=True, allow_none=True)
    from_at = fields.AwareDateTime(required=True, allow_none=True)
    erased_at = fields.AwareDateTime(required=True, allow_none=True)
    completed_at = fields.AwareDateTime(required=True, allow_none=True)


class ErasureViewSchema(Strict):
    """A request, and how many texts the provider has still to forget."""

    erasure = fields.Nested(ErasureSchema, required=True)
    provider_still_has = fields.Integer(required=True)


class ErasureListSchema(Strict):
    """Requests, the newest first."""

    items = fields.List(fields.Nested(ErasureViewSchema), required=True)


class CertificateSchema(Strict):
    """The proof that a record was erased, as it was signed. It names staff, and nobody else."""

    certificate = fields.Dict(required=True)
    signature = fields.String(required=True, metadata={"description": "HMAC-SHA256, hexadecimal"})
