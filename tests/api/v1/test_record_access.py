"""Does every look at a record through the API leave its trace, and can it be read?"""

import json
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from companion.db import reading
from companion.models import AuditEntry
from companion.use_cases import audit
from tests.api.caller import Caller
from tests.support.world import World


def entries(world: World) -> list[AuditEntry]:
    """Every entry of the first pain service, in order."""
    with reading() as session:
        wanted = select(AuditEntry).where(AuditEntry.pain_service_id == world.people.service_id)
        return list(session.scalars(wanted.order_by(AuditEntry.seq)))


def test_every_look_at_a_record_leaves_an_entry(world: World, ben: Caller) -> None:
    amina = world.people.amina.id
    plan = world.people.agree_plan().plan.id
    looks = {
        "/v1/patients": "patient.list",
        f"/v1/patients/{amina}": "patient.read",
        f"/v1/patients/{amina}/preferences": "preference.read",
        f"/v1/patients/{amina}/consents": "consent.read",
        f"/v1/patients/{amina}/care-plans": "care-plan.list",
        f"/v1/patients/{amina}/messages": "message.read",
        f"/v1/patients/{amina}/nudges": "nudge.read",
        f"/v1/patients/{amina}/record-access": "record-access.read",
        f"/v1/care-plans/{plan}": "care-plan.read",
        f"/v1/care-plans/{plan}/revisions": "care-plan.read",
        f"/v1/care-plans/{plan}/revisions/1": "care-plan.read",
    }
    for path, action in looks.items():
        before = len(entries(world))
        assert ben.get(path).status == 200
        new = entries(world)[before:]
        assert {(entry.action, entry.origin, entry.actor_id) for entry in new} == {
            (action, "api 127.0.0.1", world.people.ben.id)
        }
        assert amina in {entry.patient_id for entry in new}
    shown = ben.get(f"/v1/patients/{amina}/record-access?page_size=100").json
    assert shown["total"] == len(shown["items"])
    assert {"who": "Ben Okafor, clinician", "what": "read the care plan", "why": None}.items() <= shown["items"][
        1
    ].items()


def test_what_was_refused_leaves_an_entry_too(world: World, ben: Caller, eve: Caller, chandra: Caller) -> None:
    amina = world.people.amina.id
    for caller, status in ((eve, 404), (chandra, 403)):
        assert caller.get(f"/v1/patients/{amina}").status == status
    with reading() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.action == "refused").order_by(AuditEntry.id)).all()
    assert [(entry.actor_id, entry.patient_id, entry.entity_id, entry.fields) for entry in found] == [
        (world.people.eve.id, None, str(amina), ["404", "patients.show"]),
        (world.people.chandra.id, None, str(amina), ["403", "patients.show"]),
    ]


def test_the_command_says_whether_the_trail_holds(app: Flask, world: World, tmp_path: Path) -> None:
    runner, anchor = app.test_cli_runner(), tmp_path / "anchor.json"
    well = runner.invoke(args=["audit", "verify", "--anchor", str(anchor)])
    assert (well.exit_code, "The audit trail is intact" in well.output) == (0, True)
    assert set(json.loads(anchor.read_text())) == {str(each) for each in audit.verify({})[1]}
    kept = json.loads(anchor.read_text())
    anchor.write_text(json.dumps({each: [seq + 1, hash_] for each, (seq, hash_) in kept.items()}))
    broken = runner.invoke(args=["audit", "verify", "--anchor", str(anchor)])
    assert broken.exit_code == 1
    assert "is missing, and so is everything after it" in broken.output
    anchor.write_text("[]")
    assert (
        "is not what an earlier check recorded there"
        in runner.invoke(args=["audit", "verify", "--anchor", str(anchor)]).output
    )
