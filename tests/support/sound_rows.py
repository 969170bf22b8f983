"""What does a sound row look like, written past every use case straight into the database?"""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Table

from companion.db import Base
from companion.domain.working_hours import WEEK

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=4)
DAYTIME = {"days": frozenset(WEEK[:5]), "start": time(9), "end": time(17)}

# Bytes as a seal begins with them, under the key with the id 1. The schema cannot tell more of it; nothing opens it.
SEALED = b"\x01" + bytes(28)

Values = dict[str, Any]
TABLES: dict[str, Table] = {table.name: table for table in Base.metadata.sorted_tables}


class SoundRows:
    """Two pain services, Amina of the first with an agreed plan, and a sound new row of whatever a subclass makes."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._count = count(2)
        self.has_head = False
        self.ours, self.theirs = (self.insert("pain_service")["id"] for _ in range(2))
        self.ben, self.eve = (self.insert("staff", pain_service_id=each)["id"] for each in (self.ours, self.theirs))
        self.amina = self.insert("patient")["id"]
        self.their_patient = self.insert("patient", pain_service_id=self.theirs)["id"]
        self.plan = self.insert("care_plan", patient_id=self.amina, status="active", agreed_revision=1)["id"]
        self.insert("care_plan_revision", number=1)
        self.insert("already_helps", line="lunch-walk")
        self.insert("goal", line="school")
        self.insert("activity", line="walk")
        self.insert("agreement", revision_number=1)
        self.heard = self.insert("message", **self.inbound())["id"]

    def insert(self, table: str, **changes: Any) -> Values:
        """Write a sound row with these changes; the values as they were given."""
        values = self.sound(table) | changes
        key = self.connection.execute(TABLES[table].insert().values(values)).inserted_primary_key
        return values | dict(zip(TABLES[table].primary_key.columns.keys(), key or (), strict=True))

    def sound(self, table: str) -> Values:
        """The values of a new row that the table would take, and that stands in no other row's way."""
        make: Callable[[], Values] = getattr(self, f"_{table}")
        return make()

    def inbound(self) -> Values:
        """What makes a message one that somebody texted to us."""
        return {"kind": "inbound", "status": "received", "nudge_id": None, "in_reply_to": None}

    def _next(self) -> int:
        return next(self._count)

    def _mine(self) -> Values:
        return {"pain_service_id": self.ours, "patient_id": self.amina}

    def _line(self, prefix: str) -> Values:
        number = self._next()
        return {"care_plan_id": self.plan, "revision_number": 1, "line": f"{prefix}-{number}", "position": number}


def another(value: Any) -> Any:
    """A value of the same kind that no row has."""
    if isinstance(value, bytes):
        return value[:1] + bytes(27) + b"\x01"
    return uuid4() if isinstance(value, UUID) else 999_999 if isinstance(value, int) else "no-such-line"
