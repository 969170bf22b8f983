"""Shapes of the way from referral to closed."""

from enum import StrEnum

from marshmallow import EXCLUDE, Schema, fields

from api.schemas.field import Choice, Day, Instant, Strict, Words
from companion.domain.pathway import EpisodeStatus, MoveReason, Step

AT = {"description": "When it happened; now if left out. Must not be before the previous move."}
REVIEW = {"description": "The day on which the plan is to be reviewed.", "example": "2027-02-22"}


class KnownQuery(Schema):
    """As it was known when? What else stands in the query string is left alone."""

    class Meta:
        unknown = EXCLUDE

    known_at = Instant(load_default=None, metadata={"description": "Leave out what was recorded later."})


class ReferralReason(StrEnum):
    """How somebody comes to the pain service."""

    NEW_FROM_GP = MoveReason.NEW_FROM_GP
    EXISTING_PATIENT = MoveReason.EXISTING_PATIENT


class ReferralSchema(Strict):
    """New from a GP, or a patient already."""

    reason = Choice(ReferralReason, required=True, metadata={"example": "new-from-gp"})
    words = Words(2_000, load_default=None, allow_none=True, metadata={"example": "Back pain for three years."})
    effective_at = Instant(load_default=None, allow_none=True, metadata=AT)


class NextSchema(Strict):
    """Where to, and why. An active plan needs the day of its review."""

    to_step = Choice(Step, required=True, metadata={"example": "assessment"})
    reason = Choice(MoveReason, required=True, metadata={"example": "accepted"})
    words = Words(2_000, load_default=None, allow_none=True)
    effective_at = Instant(load_default=None, allow_none=True, metadata=AT)
    review_on = Day(load_default=None, allow_none=True, metadata=REVIEW)


class RightSchema(Strict):
    """What the move should have been."""

    to_step = Choice(Step, required=True, metadata={"example": "open-contact"})
    reason = Choice(MoveReason, required=True, metadata={"example": "manages-well"})
    effective_at = Instant(load_default=None, allow_none=True, metadata={"description": "When it happened."})


class PathwayCorrectionSchema(Strict):
    """What the last move should have been, or null if it never happened; and why it was wrong.

    `review_on` is the review at the step that they are at then.
    """

    right = fields.Nested(RightSchema, required=True, allow_none=True)
    words = Words(2_000, required=True, metadata={"example": "Written into the wrong record."})
    review_on = Day(load_default=None, allow_none=True, metadata=REVIEW)


class HospitalReferralWriteSchema(Strict):
    """Where to, why, and what was tried first: none of them can be left out."""

    to = Words(200, required=True, metadata={"example": "Rheumatology"})
    reason = Words(2_000, required=True, metadata={"example": "Swollen joints in both hands"})
    tried_first = Words(2_000, required=True, metadata={"example": "Hand therapy, for three months"})
    referred_at = Instant(
        load_default=None, allow_none=True, metadata={"description": "When it happened; now if left out."}
    )


class HospitalReferralSchema(Strict):
    """A referral to a hospital (FHIR: ServiceRequest)."""

    id = fields.UUID(required=True)
    to = fields.String(required=True)
    reason = fields.String(required=True)
    tried_first = fields.String(required=True)
    referred_at = fields.AwareDateTime(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    recorded_by = fields.UUID(required=True, allow_none=True)


class MoveReadSchema(Strict):
    """One move as it was written down: when it happened, and when we learned of it.

    A move that `corrects` another takes its place; one that ends where it began takes it back.
    """

    number = fields.Integer(required=True)
    from_step = Choice(Step, required=True, allow_none=True)
    to_step = Choice(Step, required=True)
    reason = Choice(MoveReason, required=True)
    words = fields.String(required=True, allow_none=True)
    corrects = fields.Integer(required=True, allow_none=True)
    effective_at = fields.AwareDateTime(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    recorded_by = fields.UUID(required=True, allow_none=True)


class PathwaySchema(Strict):
    """Where somebody is just now, and since when."""

    id = fields.UUID(required=True)
    patient_id = fields.UUID(required=True)
    step = Choice(Step, required=True)
    since_at = fields.AwareDateTime(required=True)
    review_on = fields.Date(required=True, allow_none=True)
    version = fields.Integer(required=True)


class PathwayViewSchema(Strict):
    """A pathway with every move there was. `standing` are the numbers of those that no later one put right.

    `status` is FHIR's, of an EpisodeOfCare. `contact` is what closing means for contact, in words to say.
    """

    pathway = fields.Nested(PathwaySchema, required=True)
    status = Choice(EpisodeStatus, required=True)
    moves = fields.List(fields.Nested(MoveReadSchema), required=True)
    standing = fields.List(fields.Integer(), required=True)
    hospital_referrals = fields.List(fields.Nested(HospitalReferralSchema), required=True)
    contact = fields.String(required=True, allow_none=True)


class PathwayListSchema(Strict):
    """Pathways, the newest first."""

    items = fields.List(fields.Nested(PathwayViewSchema), required=True)


class WaitingSchema(Strict):
    """How many people are at a step, and for how many whole days; null where there is nobody."""

    step = Choice(Step, required=True)
    people = fields.Integer(required=True)
    median_days = fields.Float(required=True, allow_none=True)
    longest_days = fields.Integer(required=True, allow_none=True)


class WaitingListSchema(Strict):
    """The figures of each step, in the order of the pathway."""

    items = fields.List(fields.Nested(WaitingSchema), required=True)
