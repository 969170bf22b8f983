"""The databases that a test runs on. PostgreSQL, unless its marker says otherwise.

`both` is for tests in which the database is the point: schema, bulk, claims, outbox, planner, inbound, receipts, sealed
columns, search, sorting, audit, migrations, and one journey of each use case.
"""

import pytest

from tests.support import postgres

SQLITE, POSTGRESQL = "sqlite", "postgresql"

both = pytest.mark.both
on_sqlite = pytest.mark.on_sqlite
on_postgresql = pytest.mark.on_postgresql


def wanted(item: pytest.Item) -> list[str]:
    """The kinds of database that a test runs on; SQLite in place of PostgreSQL where that cannot be had."""
    if item.get_closest_marker(on_sqlite.name):
        return [SQLITE]
    if item.get_closest_marker(on_postgresql.name):
        return [POSTGRESQL]
    if item.get_closest_marker(both.name):
        return [SQLITE, POSTGRESQL]
    return [POSTGRESQL] if postgres.why_not() is None else [SQLITE]
