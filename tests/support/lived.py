"""How does a world come about in which something stands in every sealed column of every table?"""

from dataclasses import replace
from datetime import timedelta

from companion.db import reading, transaction
from companion.domain import access
from companion.domain.access import Role
from companion.domain.care_plan import Contact, ContactKind, Medicine, Need, NeedKind
from companion.domain.correction import CorrectionStatus
from companion.domain.device import DeviceKind
from companion.domain.erasure import ErasureGround
from companion.domain.pathway import MoveReason, Step
from companion.models import Erasure, Patient
from companion.records import device
from companion.use_cases import (
    access_grant,
    care_plan,
    code,
    correction,
    erasure,
    invitation,
    message,
    pathway,
    patient,
    suggestion,
    task,
)
from nudges.settling import redaction
from tests.support import cast, passkey_device
from tests.support.opined import opine
from tests.support.world import World

REASON = "A second opinion on her sleep"


def live(world: World) -> None:
    """Through the use cases."""
    people, now = world.people, world.now
    agreed = people.agree_plan()
    changed = cast.plan_content(communicate_how="Texts", please_do="Ask what I think 🙂", please_dont="Ring")
    care_plan.revise(people.ben, agreed.plan.id, agreed.plan.version, changed, "She asked to", now)
    world.texts("I want to die\x00")
    world.texts("Hello?", number="+447700900555")
    message.write(people.ben, people.amina.id, "I will ring you today.", now)
    world.beat()
    waits = world.tasks(status="requested")[0]
    task.complete(people.ben, waits.id, "She is well.", now)
    patient.read(replace(people.ben, reason=REASON), people.amina.id, now)
    access_grant.invite_partner(people.ben, people.amina.id, "eve@example.nhs.uk", REASON, 7, now)
    wish = correction.ask(people.ben, people.amina.id, "It is spelt Aminah", now)
    correction.answer(people.ben, wish.id, CorrectionStatus.MADE, "Done.", now)
    first = pathway.Next(Step.REFERRAL, MoveReason.NEW_FROM_GP, "Back pain for three years", now)
    referred = pathway.refer(people.ben, people.amina.id, first, now).pathway
    pathway.refer_to_hospital(people.ben, referred.id, "ENT", "Dizzy for weeks", "Exercises", now, now)
    refused = erasure.ask(people.ben, people.amina.id, now)
    erasure.refuse(people.ada, refused.id, "We are still treating you.", now)
    _erase_dee(world)
    invitation.invite(people.ada, "Fay Lund", "fay@example.nhs.uk", [Role.CLINICIAN], now)
    passkey_device.kept(people.ada, "Ada's key", now)


def live_since(world: World) -> None:
    """What is younger than the seals: what a patient's signing in keeps, and the parts that plans have by now."""
    people, now = world.people, world.now
    words = ("important_people", "flare_early_signs", "flare_avoid", "flare_contact")
    whole = replace(
        cast.plan_content(**dict.fromkeys(words, "Safiya, my granddaughter")),
        needs=(Need(NeedKind.SOCIAL, "Sees few people", condition="Depression"),),
        medicines_to_review=(Medicine("Codeine", why="It makes her drowsy"),),
        contacts=(Contact(ContactKind.CARER, "Yusuf, her brother", phone="07700 900123"),),
        flare_first_steps="Rest for an hour",
        flare_urgent_help="If I cannot feel my legs: 999",
    )
    [plan] = care_plan.of_patient(people.ben, people.amina.id, now)
    care_plan.revise(people.ben, plan.id, plan.version, whole, "A flare-up plan", now)
    amina = access.patient(people.service_id, people.amina.id)
    suggested = suggestion.make(amina, plan.id, 1, None, "Could I swim?", now)
    suggestion.decline(people.ben, suggested.id, "The pool is closed.", now)
    opine(world, plan.id, "Is the walk too much?", "Walk half as far.")
    version = patient.read(people.ben, people.amina.id, now).version
    patient.amend(people.ben, people.amina.id, version, {"birth_date": "1968-04-17"}, now)
    code.ask("+447700900555", "192.0.2.7", now)
    with transaction() as session:
        device.begin(session, session.get_one(Patient, people.amina.id), DeviceKind.APP, "Amina's phone", now)


def _erase_dee(world: World) -> None:
    """To the certificate."""
    people, now = world.people, world.now
    asked = erasure.ask(people.ben, people.dee.id, now)
    erasure.approve(people.ada, asked.id, ErasureGround.WRONGLY_ENROLLED, now)
    assert erasure.carry_out(now) == 1
    redaction.redact(world.gateway, now + timedelta(days=9))
    assert erasure.complete(now) == 1
    with reading() as session:
        assert session.get_one(Erasure, asked.id).certificate is not None
