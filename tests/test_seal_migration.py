"""Does the migration that seals keep every word, and does the way back give each of them back?"""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, select, text
from sqlalchemy.engine import make_url

from api.server.migration import FOLDER
from companion.db import db, reading
from companion.models import AccessGrant
from companion.use_cases import audit
from tests.support import opened, personal
from tests.support.databases import both, on_sqlite
from tests.support.lived import REASON, live
from tests.support.world import World

pytestmark = both

BEFORE = ScriptDirectory(str(FOLDER)).get_revision("0016").down_revision
# Tables that came after, and go with their own migrations.
LATER = ("pathway_move.", "hospital_referral.")
WORDS = "Notice how my sleep changes"
IN_CLEAR = (
    ("access_grant", "reason", REASON),
    ("correction", "answer", "Done."),
    ("erasure", "answer", "still treating"),
    ("erasure", "certificate", "Ada Lind"),
    ("invitation", "email", "fay@example.nhs.uk"),
    ("passkey", "name", "Ada's key"),
)
# Columns that a later migration made, sealed from the first: before it there is nothing of them.
FLARE = ("early_signs", "first_steps", "avoid", "contact", "urgent_help")
SINCE = {
    "patient.birth_date_sealed",
    "device.name_sealed",
    "code_request.mobile_sealed",
    "suggestion.words_sealed",
    "suggestion.answer_sealed",
    "second_opinion.question_sealed",
    "second_opinion.words_sealed",
    "need.words_sealed",
    "need.condition_sealed",
    "medicine_to_review.words_sealed",
    "medicine_to_review.why_sealed",
    "plan_contact.words_sealed",
    "plan_contact.phone_sealed",
    "care_plan_revision.important_people_sealed",
    *(f"care_plan_revision.flare_{name}_sealed" for name in FLARE),
}


@pytest.fixture
def lived(world: World) -> World:
    """A world in which something stands in every sealed column."""
    live(world)
    return world


def test_every_word_is_sealed_and_given_back(lived: World) -> None:
    before = opened.words()
    stood = {place: words for place, words in before.items() if not place.startswith(LATER)}
    assert {place.partition(" ")[0] + personal.SEALED for place, words in before.items() if words is not None} == (
        personal.sealed() - SINCE
    )
    db.engine.dispose()
    downgrade(revision=str(BEFORE))
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM patient WHERE mobile = '+447700900101'")) == 1
        assert connection.scalar(text("SELECT count(*) FROM staff WHERE email = 'ben@example.nhs.uk'")) == 1
        clear = connection.execute(text("SELECT words FROM activity")).scalars().all()
        assert clear.count(WORDS) == 2
        for table, column, words in IN_CLEAR:
            found = connection.execute(text(f"SELECT {column} FROM {table}"))  # noqa: S608
            assert words in str(found.scalars().all()), table
    db.engine.dispose()
    upgrade()
    assert opened.words() == stood
    assert audit.verify({})[0] == []
    lived.texts("STOP")
    assert lived.amina().text_consent == "withdrawn"


def test_many_short_reasons_are_sealed_whatever_their_bytes_come_to_be(lived: World) -> None:
    """Sealed words are random bytes, and noughts among them must not look like the end of a reason."""
    db.engine.dispose()
    downgrade(revision=str(BEFORE))
    access = MetaData()
    access.reflect(db.engine, only=["access_grant"], resolve_fks=False)
    table = access.tables["access_grant"]
    with db.engine.begin() as connection:
        row = dict(connection.execute(table.select().limit(1)).mappings().one())
        again = [row | {"id": uuid4() if isinstance(row["id"], UUID) else uuid4().hex} for _ in range(200)]
        connection.execute(table.insert(), again)
    db.engine.dispose()
    upgrade()
    with reading() as session:
        reasons = [grant.reason for grant in session.scalars(select(AccessGrant))]
    assert reasons.count(row["reason"]) > len(again)


@on_sqlite
def test_no_word_is_left_in_the_freed_space_of_the_file(lived: World, database_url: str) -> None:
    downgrade(revision=str(BEFORE))
    db.engine.dispose()
    file = Path(str(make_url(database_url).database))
    assert WORDS.encode() in file.read_bytes()
    upgrade()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.engine.dispose()
    kept = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    assert WORDS.encode() not in kept
    assert b"7700900101" not in kept
