"""What does a caseload file say, and which of its people can be enrolled? docs/caseload.md describes the file."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from marshmallow import ValidationError

from api.schemas.patient import EnrolmentSchema
from companion.domain.access import Actor
from companion.use_cases import patient
from companion.use_cases.patient import Enrolment

NEEDED = ("given_name", "family_name", "nhs_number", "mobile", "consent_to_texts")
PREFERENCES = ("local_start", "local_end", "days_of_week", "daily_ceiling", "weekly_ceiling")
COLUMNS = (*NEEDED, "birth_date", "time_zone", *PREFERENCES)
LARGEST_FILE = 32 * 1024 * 1024
EMPTY = "It is empty."
SCHEMA = EnrolmentSchema()


@dataclass(frozen=True, slots=True)
class Row:
    """One person's cells by column, without the empty ones, and the file's line on which they begin (from 1)."""

    line: int
    cells: Mapping[str, str]
    fault: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Bad:
    """Something wrong with a line. `words` never repeat what stands there: it is somebody's personal data."""

    line: int
    column: str
    words: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.words}" if self.column else f"line {self.line}: {self.words}"


@dataclass(slots=True)
class Caseload:
    """Who can be enrolled, by line; who is enrolled already, in lines; and everything that is wrong."""

    good: dict[int, Enrolment] = field(default_factory=dict)
    known: int = 0
    bad: list[Bad] = field(default_factory=list)

    def refuse(self, faults: Iterable[Bad]) -> None:
        """Take the lines of these faults out of what can be enrolled."""
        for fault in faults:
            self.good.pop(fault.line, None)
            self.bad.append(fault)
        self.bad.sort()


def read(file: Path) -> list[Row]:
    """The rows of the file, blank ones left out.

    Raises:
        ClickException: it cannot be read, is not UTF-8, is not CSV, or its header is not what it should be.
    """
    text = _text(file)
    # newline="": a quoted cell keeps its line breaks, and the reader counts them.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = _numbered(reader)
    _, header = next(rows, (0, []))
    columns = [name.strip().lower() for name in header]
    if faults := _header_faults(columns):
        raise click.ClickException("\n".join(faults))
    found = [_row(line, columns, cells) for line, cells in rows]
    if not found:
        raise click.ClickException("The file has a header but no people.")
    return found


def check(actor: Actor, rows: Iterable[Row]) -> Caseload:
    """Sort the people of the rows into those who can be enrolled, those who are already, and what is wrong."""
    caseload = Caseload()
    for row in rows:
        try:
            caseload.good[row.line] = _enrolment(row)
        except ValidationError as error:
            caseload.bad += [Bad(row.line, column, words) for column, words in _told(error.messages_dict)]
    known = patient.known_nhs_numbers(actor, [enrolment.nhs_number for enrolment in caseload.good.values()])
    new = {line: enrolment for line, enrolment in caseload.good.items() if enrolment.nhs_number not in known}
    caseload.known = len(caseload.good) - len(new)
    caseload.good = new
    caseload.refuse(_twice(new))
    lines = list(caseload.good)
    refused = patient.enrolment_faults(actor, list(caseload.good.values()))
    caseload.refuse(
        Bad(lines[index], fault.field.rpartition(".")[2], fault.words)
        for index, faults in refused.items()
        for fault in faults
    )
    return caseload


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise click.ClickException(f"The file cannot be read: {error.strerror or error}.") from error
    if len(content) > LARGEST_FILE:
        raise click.ClickException("The file is larger than 32 MB: split it into several, each with the header.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"Line {_line(content[: error.start])} is not UTF-8: save the file as 'CSV UTF-8' and import that."
        ) from error
    if "\0" in text:
        line = _line(content[: content.index(b"\0")])
        raise click.ClickException(
            f"Line {line} contains a NUL byte, so it is not a text file. Export it as CSV again."
        )
    return text


def _line(before: bytes) -> int:
    """The number of the line that follows on these bytes, whichever line ends the file has."""
    return len((before.replace(b"\r\n", b"\n").replace(b"\r", b"\n") + b".").split(b"\n"))


def _numbered(reader: Any) -> Iterator[tuple[int, Sequence[str]]]:
    """Each row that is not blank, with the line on which it begins."""
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            words = "a quotation mark is never closed, or is closed in the middle of a cell"
            fault = words if "limit" not in str(error) else "a cell is far too long: a quotation mark may not be closed"
            raise click.ClickException(f"Line {line} cannot be read: {fault}.") from error
        if any(cells):
            yield line, cells


def _header_faults(columns: Sequence[str]) -> list[str]:
    if not any(columns):
        return [f"The file is empty: its first line names the columns {', '.join(NEEDED)}."]
    if len(columns) == 1 and any(mark in columns[0] for mark in ";\t|"):
        return ["The columns are not separated with commas: save the file as CSV with commas and import that."]
    if not set(columns) & set(COLUMNS):
        # Perhaps a person's line: what stands in it is not repeated.
        return [f"The first line must name the columns. They can be: {', '.join(COLUMNS)}."]
    unknown = [name or "(no name)" for name in columns if name not in COLUMNS]
    twice = sorted({name for name in columns if name in COLUMNS and columns.count(name) > 1})
    missing = [name for name in NEEDED if name not in columns]
    if any(name in columns for name in PREFERENCES):
        missing += [name for name in PREFERENCES if name not in columns]
    named = {"Unknown columns": unknown, "Columns given twice": twice, "Missing columns": missing}
    faults = [f"{words}: {', '.join(names)}." for words, names in named.items() if names]
    return [*faults, f"The columns can be: {', '.join(COLUMNS)}."] if faults else []


def _row(line: int, columns: Sequence[str], cells: Sequence[str]) -> Row:
    if len(cells) != len(columns):
        words = f"It has {len(cells)} cells and the header {len(columns)}: a comma or a quotation mark is out of place."
        return Row(line, {}, words)
    return Row(line, {column: cell for column, cell in zip(columns, cells, strict=True) if cell})


def _enrolment(row: Row) -> Enrolment:
    """Raises ValidationError: the messages by column."""
    if row.fault:
        raise ValidationError({"": [row.fault]})
    faults = {column: [EMPTY] for column in NEEDED if column not in row.cells}
    chosen = [column for column in PREFERENCES if column in row.cells]
    if chosen and len(chosen) < len(PREFERENCES):
        words = "This is empty. Fill in all five preference columns, or none of them."
        faults |= {column: [words] for column in PREFERENCES if column not in row.cells}
    payload: dict[str, Any] = {name: cell for name, cell in row.cells.items() if name not in PREFERENCES}
    if chosen:
        payload["preferences"] = {name: _value(name, row.cells[name]) for name in chosen}
    if "consent_to_texts" in payload:
        said = payload.pop("consent_to_texts").lower()
        if said not in ("yes", "no"):
            faults["consent_to_texts"] = ["Say yes or no."]
        payload["consent_to_texts"] = said == "yes"
    try:
        enrolment: Enrolment = SCHEMA.load(payload)
    except ValidationError as error:
        raise ValidationError(dict(_flat(error.messages_dict)) | faults) from error
    if faults:
        raise ValidationError(dict(faults))
    return enrolment


def _value(column: str, cell: str) -> object:
    """The cell as the API would be given it."""
    if column == "days_of_week":
        return cell.lower().replace(",", " ").split()
    if column in ("local_start", "local_end"):
        return cell.zfill(len("09:00"))
    # Three digits are enough for any ceiling; anything else is left for the schema to refuse.
    return int(cell) if cell.isascii() and cell.isdecimal() and len(cell) < 4 else cell


def _flat(messages: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for name, found in messages.items():
        if isinstance(found, Mapping):
            yield from _flat(found)
        else:
            yield name, found


def _told(messages: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for column, found in messages.items():
        for words in found:
            yield column, words


def _twice(good: Mapping[int, Enrolment]) -> list[Bad]:
    """Lines that name the same person, or one phone for two: nobody but the sender knows which of them is meant."""
    lines: dict[tuple[str, str], list[int]] = defaultdict(list)
    for line, enrolment in good.items():
        lines["nhs_number", enrolment.nhs_number].append(line)
        lines["mobile", enrolment.mobile].append(line)
    return [
        Bad(line, column, f"This is the same as on line {', '.join(str(other) for other in found if other != line)}.")
        for (column, _), found in lines.items()
        if len(found) > 1
        for line in found
    ]
