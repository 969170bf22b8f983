"""Shapes of a patient, their preferences and their consent."""

from enum import StrEnum
from typing import Any

from marshmallow import fields, post_load

from api.schemas.field import (
    BirthDate,
    Choice,
    Days,
    Identifier,
    Instant,
    Line,
    Strict,
    StrictBoolean,
    WallTime,
    Whole,
    ZoneName,
)
from api.schemas.page import PageSchema
from companion.domain.consent import ConsentSource, ConsentStatus
from companion.domain.patient import PatientStatus
from companion.domain.preference import Ceilings
from companion.domain.working_hours import Hours
from companion.use_cases.patient import Enrolment

MOBILE = {"description": "A UK mobile number in any usual form; returned in E.164", "example": "07700 900101"}
BIRTH_DATE = {"description": "Asked for at sign-in if it is known", "example": "1968-04-17"}
NHS_NUMBER = {"description": "Ten digits with a valid check digit", "example": "999 000 0018"}


class PreferenceSchema(Strict):
    """When and how often the patient wants to be nudged, on their own wall clock.

    Hours and ceilings lie within what the pain service allows. local_end 00:00 means midnight.
    """

    local_start = WallTime(required=True, metadata={"example": "09:00"})
    local_end = WallTime(required=True, metadata={"example": "17:00"})
    days_of_week = Days(required=True, metadata={"example": ["mon", "wed", "fri"]})
    on_bank_holidays = StrictBoolean(load_default=False)
    daily_ceiling = Whole(0, 10, required=True, metadata={"example": 1})
    weekly_ceiling = Whole(0, 50, required=True, metadata={"example": 3})


class PausablePreferenceSchema(PreferenceSchema):
    """Preferences with a pause: no nudge leaves before paused_until_at."""

    paused_until_at = Instant(load_default=None, allow_none=True)


def hours_and_ceilings(preferences: dict[str, Any]) -> tuple[Hours, Ceilings]:
    """The values of a loaded preference, as the rules want them."""
    hours = Hours(
        preferences["local_start"],
        preferences["local_end"],
        preferences["days_of_week"],
        preferences["on_bank_holidays"],
    )
    return hours, Ceilings(preferences["daily_ceiling"], preferences["weekly_ceiling"])


class EnrolmentSchema(Strict):
    """What is asked of a person who joins the pain service."""

    given_name = Line(60, required=True, metadata={"example": "Amina"})
    family_name = Line(60, required=True, metadata={"example": "Yusuf"})
    nhs_number = Identifier("nhs_number", required=True, metadata=NHS_NUMBER)
    mobile = Identifier("mobile", required=True, metadata=MOBILE)
    birth_date = BirthDate(load_default=None, allow_none=True, metadata=BIRTH_DATE)
    time_zone = ZoneName(load_default="Europe/London", metadata={"example": "Europe/London"})
    consent_to_texts = StrictBoolean(required=True, metadata={"description": "Has the person agreed to texts?"})
    preferences = fields.Nested(PreferenceSchema, load_default=None, allow_none=True)

    @post_load
    def _enrolment(self, data: dict[str, Any], **_kwargs: Any) -> Enrolment:
        preferences = data.pop("preferences")
        hours, ceilings = hours_and_ceilings(preferences) if preferences else (None, None)
        return Enrolment(**data, hours=hours, ceilings=ceilings)


class AmendmentSchema(Strict):
    """What is to be put right; what is left out stays."""

    given_name = Line(60)
    family_name = Line(60)
    mobile = Identifier("mobile", metadata=MOBILE)
    birth_date = BirthDate(allow_none=True, metadata=BIRTH_DATE)
    time_zone = ZoneName()
    status = Choice(PatientStatus)


class PatientSchema(Strict):
    """A patient. `version` is also the ETag."""

    id = fields.UUID(required=True)
    given_name = fields.String(required=True)
    family_name = fields.String(required=True)
    nhs_number = fields.String(required=True)
    mobile = fields.String(required=True)
    birth_date = BirthDate(required=True, allow_none=True)
    time_zone = fields.String(required=True)
    status = Choice(PatientStatus, required=True)
    text_consent = Choice(ConsentStatus, required=True)
    enrolled_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class PatientPageSchema(PageSchema):
    """A page of patients."""

    items = fields.List(fields.Nested(PatientSchema), required=True)


class PreferenceViewSchema(PausablePreferenceSchema):
    """Preferences as they stand. `version` is also the ETag."""

    version = fields.Integer(required=True)


class ConsentChange(StrEnum):
    """What a patient can tell staff: nobody goes back to not having been asked."""

    GIVEN = ConsentStatus.GIVEN
    WITHDRAWN = ConsentStatus.WITHDRAWN


class ConsentChangeSchema(Strict):
    """What the patient told staff about texts."""

    status = Choice(ConsentChange, required=True)

    @post_load
    def _value(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, ConsentStatus]:
        return {"status": ConsentStatus(data["status"])}


class ConsentEventSchema(Strict):
    """One change of consent, and where it came from."""

    status = Choice(ConsentStatus, required=True)
    source = Choice(ConsentSource, required=True)
    staff_id = fields.UUID(required=True, allow_none=True)
    message_id = fields.UUID(required=True, allow_none=True)
    effective_at = fields.AwareDateTime(required=True)
    recorded_at = fields.AwareDateTime(required=True)


class ConsentHistorySchema(Strict):
    """Every change of consent, oldest first."""

    items = fields.List(fields.Nested(ConsentEventSchema), required=True)
