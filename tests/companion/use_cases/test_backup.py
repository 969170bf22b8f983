"""Does somebody stay erased when a backup brings them back?"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Table, delete, insert, select

from companion.db import Base, reading, transaction
from companion.domain.erasure import ErasureGround, ErasureStatus
from companion.domain.refusal import ForbiddenError, InvalidError, NotFoundError
from companion.models import Erasure, Patient, Redaction
from companion.use_cases import backup, erasure, message
from companion.use_cases.backup import Proof
from nudges import planner
from nudges.settling import redaction
from tests.support.erasing import DAY, decided
from tests.support.world import World

Rows = list[tuple[Table, Sequence[Any]]]


@pytest.fixture
def proof(app: Flask, world: World) -> Proof:
    """Amina was erased and it was certified; then a backup from the day before brought her back."""
    world.people.agree_plan()
    world.pass_time(DAY, timedelta(hours=1))
    kept = dumped()
    decided(world)
    world.now += 8 * DAY
    assert erasure.carry_out(world.now) == 1
    redaction.redact(world.gateway, world.now)
    assert erasure.complete(world.now) == 1
    [found] = backup.proofs(world.people.ada)
    bring_back(kept)
    with reading() as session:
        assert session.scalars(select(Erasure)).all() == []
        assert session.get(Patient, world.people.amina.id) is not None
    return found


def dumped() -> Rows:
    """A backup: everything in every table."""
    with reading() as session:
        return [(table, session.execute(select(table)).mappings().all()) for table in Base.metadata.sorted_tables]


def bring_back(kept: Rows) -> None:
    """Whatever is gone comes back, and of the erasure there was nothing yet."""
    with transaction() as session:
        session.execute(delete(Redaction))
        session.execute(delete(Erasure))
        for table, rows in kept:
            there = {tuple(row) for row in session.execute(select(*table.primary_key))}
            lost = [dict(row) for row in rows if tuple(row[column] for column in table.primary_key) not in there]
            if lost:
                session.execute(insert(table), lost)


def test_who_is_back_rests_at_once_and_goes_again(world: World, proof: Proof) -> None:
    people = world.people
    assert backup.erase_again(people.ada, proof, world.now)
    assert world.amina().restricted_at == world.now
    planner.plan(world.now)
    assert [
        nudge for nudge in world.nudges() if nudge.patient_id == people.amina.id and nudge.status == "planned"
    ] == []
    assert erasure.carry_out(world.now) == 1
    redaction.redact(world.gateway, world.now)
    assert erasure.complete(world.now) == 1
    with reading() as session:
        assert session.get(Patient, people.amina.id) is None
        assert session.get(Patient, people.dee.id) is not None
        [row] = session.scalars(select(Erasure))
    assert row.status is ErasureStatus.COMPLETED
    assert str(row.id) == proof.certificate["certificate"]
    assert row.ground is ErasureGround.SERVICE_DECIDED
    assert not backup.erase_again(world.people.ada, proof, world.now + DAY)
    with pytest.raises(NotFoundError):
        message.of_patient(people.ben, people.amina.id, 0, 9, world.now)


def test_a_request_that_came_back_too_is_carried_on(world: World, proof: Proof) -> None:
    asked = erasure.ask(world.people.ben, world.people.amina.id, world.now)
    assert backup.erase_again(world.people.ada, proof, world.now)
    planner.plan(world.now)
    assert erasure.carry_out(world.now) == 1
    assert erasure.read(world.people.ben, asked.id, world.now).erasure.status is ErasureStatus.ERASED


def test_only_what_we_signed_counts_and_only_who_may_decide(world: World, proof: Proof) -> None:
    dee = Proof(proof.certificate | {"record": str(world.people.dee.id)}, proof.signature)
    with pytest.raises(InvalidError):
        backup.erase_again(world.people.ada, dee, world.now)
    with pytest.raises(ForbiddenError):
        backup.erase_again(world.people.chandra, proof, world.now)
    assert not backup.erase_again(world.people.eve, proof, world.now)
    assert world.amina().restricted_at is None


def test_certificates_are_kept_as_files_and_used_again_by_the_command_line(
    app: Flask, world: World, tmp_path: Path
) -> None:
    world.people.agree_plan()
    kept = dumped()
    decided(world)
    planner.plan(world.now)
    assert erasure.carry_out(world.now + 8 * DAY) == 1
    redaction.redact(world.gateway, world.now + 8 * DAY)
    assert erasure.complete(world.now + 8 * DAY) == 1
    runner = app.test_cli_runner()
    assert "1 certificates" in runner.invoke(args=["erasures", "keep", str(tmp_path)]).output
    bring_back(kept)
    (tmp_path / "other.json").write_text("[]")
    command = ["erasures", "again", str(tmp_path), "--by"]
    found = runner.invoke(args=[*command, "ada@example.nhs.uk"])
    assert (found.exit_code, "1 people were restored" in found.output) == (1, True), found.output
    assert "other.json" in found.output
    (tmp_path / "other.json").unlink()
    assert runner.invoke(args=[*command, "Ada@example.nhs.uk"]).exit_code == 0
    assert "No member of staff" in runner.invoke(args=[*command, "nobody@example.nhs.uk"]).output
    assert world.amina().restricted_at is not None
