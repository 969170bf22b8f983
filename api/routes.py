"""Every blueprint, its prefix and its audience, one line each."""

from dataclasses import dataclass

from flask import Blueprint

from api.auth import Audience, guard
from api.fhir import view as fhir
from api.pages import home, nhs_login, organisation, own_code, own_page, passkey, simulator
from api.pages import invitation as invitation_page
from api.pages import password as password_page
from api.pages import second_factor as second_factor_page
from api.pages import sign_in as sign_in_page
from api.v1 import (
    access_grant,
    agreement,
    care_plan,
    engagement,
    erasure,
    invitation,
    me,
    message,
    own_choice,
    own_record,
    pathway,
    patient,
    patient_sign_in,
    plan_letter,
    plan_template,
    record_access,
    resource,
    rights,
    second_factor,
    second_opinion,
    sign_in,
    sign_in_link,
    staff,
    suggestion,
    task,
    wording,
)
from api.webhooks import notify, twilio

EVERYONE, STAFF, PATIENT, PROVIDER = Audience.EVERYONE, Audience.STAFF, Audience.PATIENT, Audience.PROVIDER
# Also for who has yet to set up the second factor that is required.
ENROLLING, STAFF_PAGE, ENROLLING_PAGE = Audience.ENROLLING, Audience.STAFF_PAGE, Audience.ENROLLING_PAGE


@dataclass(frozen=True, slots=True)
class Door:
    """A blueprint, its URL prefix and its audience."""

    blueprint: Blueprint
    prefix: str
    audience: Audience


V1 = (
    Door(sign_in.door, "/v1", EVERYONE),
    Door(sign_in.blueprint, "/v1", ENROLLING),
    Door(second_factor.blueprint, "/v1", ENROLLING),
    Door(staff.blueprint, "/v1", STAFF),
    Door(invitation.blueprint, "/v1", STAFF),
    Door(patient.blueprint, "/v1", STAFF),
    Door(pathway.blueprint, "/v1", STAFF),
    Door(care_plan.blueprint, "/v1", STAFF),
    Door(agreement.blueprint, "/v1", STAFF),
    Door(suggestion.blueprint, "/v1", STAFF),
    Door(second_opinion.blueprint, "/v1", STAFF),
    Door(plan_letter.blueprint, "/v1", STAFF),
    Door(plan_template.blueprint, "/v1", STAFF),
    Door(message.blueprint, "/v1", STAFF),
    Door(task.blueprint, "/v1", STAFF),
    Door(record_access.blueprint, "/v1", STAFF),
    Door(wording.blueprint, "/v1", STAFF),
    Door(engagement.blueprint, "/v1", STAFF),
    Door(access_grant.blueprint, "/v1", STAFF),
    Door(rights.blueprint, "/v1", STAFF),
    Door(resource.blueprint, "/v1", STAFF),
    Door(erasure.blueprint, "/v1", STAFF),
    Door(patient_sign_in.door, "/v1", EVERYONE),
    Door(sign_in_link.blueprint, "/v1", STAFF),
    Door(me.blueprint, "/v1", PATIENT),
    Door(own_record.blueprint, "/v1", PATIENT),
    Door(agreement.own, "/v1", PATIENT),
    Door(suggestion.own, "/v1", PATIENT),
    Door(second_opinion.own, "/v1", PATIENT),
    Door(own_choice.blueprint, "/v1", PATIENT),
)
OTHERS = (
    Door(fhir.door, "/fhir", EVERYONE),
    Door(fhir.blueprint, "/fhir", Audience.RECORD),
    Door(twilio.blueprint, "/webhooks", PROVIDER),
    Door(notify.blueprint, "/webhooks", PROVIDER),
    Door(home.blueprint, "", EVERYONE),
    Door(sign_in_page.door, "", EVERYONE),
    Door(sign_in_page.blueprint, "", ENROLLING_PAGE),
    Door(second_factor_page.blueprint, "", ENROLLING_PAGE),
    Door(passkey.door, "", EVERYONE),
    Door(passkey.blueprint, "", STAFF_PAGE),
    Door(password_page.blueprint, "", EVERYONE),
    Door(organisation.door, "", EVERYONE),
    Door(organisation.blueprint, "", STAFF_PAGE),
    Door(invitation_page.door, "", EVERYONE),
    Door(invitation_page.blueprint, "", STAFF_PAGE),
    Door(own_page.door, "", EVERYONE),
    Door(own_code.door, "", EVERYONE),
    Door(nhs_login.blueprint, "", EVERYONE),
    Door(own_page.blueprint, "", Audience.PATIENT_PAGE),
)
# Only where texts go to the simulator.
SIMULATOR = Door(simulator.blueprint, "/simulator", EVERYONE)

# Where no browser's cookie counts: a provider signs what it sends, and a program that signs in brings nothing yet.
WITHOUT_COOKIES = frozenset(
    door.blueprint.name
    for door in (*V1, *OTHERS)
    if door.audience is PROVIDER or (door in V1 and door.audience is EVERYONE)
)
# Where programs show a bearer token.
BY_BEARER = frozenset(door.blueprint.name for door in V1) - WITHOUT_COOKIES

for door in (*V1, *OTHERS, SIMULATOR):
    guard(door.blueprint, door.audience)
