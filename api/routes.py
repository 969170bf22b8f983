"""Which doors are there, where, and for whom? One line each; the whole house at a glance."""

from dataclasses import dataclass

from flask import Blueprint

from api.auth import Audience, guard
from api.pages import home, own_page, simulator
from api.v1 import (
    access_grant,
    care_plan,
    engagement,
    me,
    message,
    patient,
    patient_sign_in,
    record_access,
    sign_in,
    sign_in_link,
    task,
    wording,
)
from api.webhooks import notify, twilio

EVERYONE, STAFF, PATIENT, PROVIDER = Audience.EVERYONE, Audience.STAFF, Audience.PATIENT, Audience.PROVIDER


@dataclass(frozen=True, slots=True)
class Door:
    """A blueprint, where it hangs, and who may knock."""

    blueprint: Blueprint
    prefix: str
    audience: Audience


V1 = (
    Door(sign_in.door, "/v1", EVERYONE),
    Door(sign_in.blueprint, "/v1", STAFF),
    Door(patient.blueprint, "/v1", STAFF),
    Door(care_plan.blueprint, "/v1", STAFF),
    Door(message.blueprint, "/v1", STAFF),
    Door(task.blueprint, "/v1", STAFF),
    Door(record_access.blueprint, "/v1", STAFF),
    Door(wording.blueprint, "/v1", STAFF),
    Door(engagement.blueprint, "/v1", STAFF),
    Door(access_grant.blueprint, "/v1", STAFF),
    Door(patient_sign_in.door, "/v1", EVERYONE),
    Door(sign_in_link.blueprint, "/v1", STAFF),
    Door(me.blueprint, "/v1", PATIENT),
)
OTHERS = (
    Door(twilio.blueprint, "/webhooks", PROVIDER),
    Door(notify.blueprint, "/webhooks", PROVIDER),
    Door(home.blueprint, "", EVERYONE),
    Door(own_page.door, "", EVERYONE),
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
