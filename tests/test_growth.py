"""No job costs more for one patient the more patients there are: none reads whole tables for each batch or record.

Nothing is timed: PostgreSQL says which rows it has read. Its statistics are as stale as they are after an import.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import Column, ForeignKeyConstraint, PrimaryKeyConstraint, Table, UniqueConstraint, func, select

from benchmarks import growth, people, planning
from benchmarks.database import read_whole
from companion.clock import now
from companion.db import Base, db, reading
from companion.records import belonging
from companion.use_cases import erasure
from nudges import planner
from nudges.settling import receipts
from tests.support.databases import on_postgresql

# Three batches of the planner and of the sender, two of the receipts.
PATIENTS = 1_100
# Of these the rows are gone within seconds, and each is written by a STOP that waits for nothing.
SHORT_LIVED = {"plan_change"}


def first_columns(table: Table) -> set[Column[object]]:
    """The columns by which rows of the table can be looked up."""
    keys = [key.columns for key in table.constraints if isinstance(key, UniqueConstraint | PrimaryKeyConstraint)]
    return {next(iter(columns)) for columns in (*keys, *(index.columns for index in table.indexes))}


def pointing_at_patients() -> Iterator[tuple[Table, ForeignKeyConstraint]]:
    """Every key that is looked up when a patient's row is erased."""
    of_patients = belonging.tables()
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            if key.referred_table in of_patients:
                yield table, key


@pytest.mark.parametrize("table", [table for table in belonging.tables() if "patient_id" in table.c], ids=str)
def test_one_patient_s_rows_are_found_by_an_index(table: Table) -> None:
    assert table.c.patient_id in first_columns(table) or table.name in SHORT_LIVED


def test_what_points_at_a_patient_s_row_is_found_by_an_index() -> None:
    missing = [
        f"{table.name}: {', '.join(key.column_keys)}"
        for table, key in pointing_at_patients()
        if not first_columns(table) & {column for column in key.columns if column.name != "pain_service_id"}
    ]
    assert not missing


@on_postgresql
def test_planning_reads_no_table_for_each_batch(app: Flask, database_url: str) -> None:
    planning.enrol(PATIENTS)
    reads_no_table_twice(database_url, planner.plan, planning.MONDAY)


@on_postgresql
def test_sending_receipts_and_records_read_no_table_for_each_batch(app: Flask, database_url: str) -> None:
    at = now()
    people.fill(PATIENTS, at)
    reads_no_table_twice(database_url, growth.send, at)
    growth.report_delivered(at)
    reads_no_table_twice(database_url, receipts.take_up, at)
    reads_no_table_twice(database_url, growth.give_out, at)
    growth.decide_to_erase(at)
    reads_no_table_twice(database_url, erasure.carry_out, at)


def reads_no_table_twice(url: str, job: Callable[[datetime], int], at: datetime) -> None:
    """Do the job. It may read the whole of a table once, as what waits is looked through, and not for each batch."""
    tables = {table.name: table for table in Base.metadata.sorted_tables if table.name not in SHORT_LIVED}
    db.engine.dispose()
    before = read_whole(url)
    assert job(at) > 0
    db.engine.dispose()
    after = read_whole(url)
    with reading() as session:
        sizes = {name: session.scalar(select(func.count()).select_from(table)) or 0 for name, table in tables.items()}
    read = {name: after[name] - before[name] for name in tables}
    more = {name: rows for name, rows in read.items() if rows > max(PATIENTS, sizes[name])}
    assert not more, f"{job.__module__}: so many rows were read of whole tables"
