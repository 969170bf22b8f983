"""Who is asking in this request?"""

from dataclasses import replace
from uuid import UUID

from flask import g, request

from companion.domain.access import Actor
from companion.domain.sign_in import SignedIn, SignInDoor
from companion.use_cases.device import PatientSignedIn


def set_signed_in(signed_in: SignedIn, door: SignInDoor) -> None:
    """Remember for the rest of the request which member of staff asks, and by which door they came."""
    g.signed_in, g.actor, g.door = signed_in, signed_in.actor, door


def set_patient(patient: PatientSignedIn, door: str) -> None:
    """Remember for the rest of the request which patient asks, and by which door they came: 'api' or 'page'."""
    g.patient, g.actor, g.door = patient, patient.actor, door


def signed_in() -> SignedIn:
    """Who asks, with the names a screen shows."""
    found: SignedIn = g.signed_in
    return found


def is_signed_in() -> bool:
    """Whether it is known who asks."""
    return "actor" in g


def actor() -> Actor:
    """Who asks, and from where, as use cases want to know it."""
    found: Actor = g.actor
    return replace(found, origin=f"{g.door} {request.remote_addr or 'unknown'}")


def sign_in_id() -> UUID:
    """The sign-in that the request was made with."""
    return signed_in().id


def patient() -> PatientSignedIn:
    """The patient who asks."""
    found: PatientSignedIn = g.patient
    return found


def patient_id() -> UUID:
    """The patient who asks, by their id."""
    found = patient().actor.id
    if found is None:
        raise RuntimeError("A patient has an id.")
    return found


def device_id() -> UUID:
    """The device with which they ask."""
    return patient().device_id
