"""How is the whole matrix walked? Every line, as one asker, about everybody."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Map

from companion.db import Base, reading
from companion.domain.access import Actor, ActorKind, Role, system
from companion.domain.access_grant import AccessKind
from companion.models import AuditEntry
from companion.use_cases import staff
from tests.api.caller import Answer, Caller, patient_signed_in, signed_in
from tests.api.line import Line
from tests.api.person import MARKS
from tests.api.record import NOTE, Record, let_in
from tests.api.records import Records
from tests.api.rule import MINE, MY_DEVICE, MY_OPINION, YES, Asker, Site, Whose
from tests.support import cast
from tests.support.notify_account import CALLBACK_TOKEN
from tests.support.twilio_account import ACCOUNT_SID
from tests.support.twilio_webhook import sign

# Of several cells, the one that gives most.
GENEROUS = (YES, "409", "422", "404", "403", "401")
COLUMNS: dict[Role, Asker] = {
    Role.CLINICIAN: Asker.CLINICIAN,
    Role.SERVICE_MANAGER: Asker.MANAGER,
    Role.ADMINISTRATOR: Asker.ADMINISTRATOR,
}
# Rows that come and go with any request: who is signed in, and the trail.
OF_THE_REQUEST = frozenset(
    {"sign_in", "known_device", "device", "device_token", "limit_use", "audit_entry", "audit_head"}
)
ERRORS = ("application/problem+json", "application/fhir+json")
BASE = "https://pain.example.nhs.uk"


@dataclass(frozen=True)
class Who:
    """Somebody who asks: the columns that hold for them, whose words they may see, and the access they ask under."""

    columns: tuple[Asker, ...]
    sees: frozenset[Whose] = frozenset()
    roles: frozenset[Role] = frozenset()
    under: AccessKind | None = None

    def cell(self, line: Line, whose: Whose) -> str:
        """How they fare: as the most generous of their columns says."""
        return min((line.rule.cell(column, whose) for column in self.columns), key=GENEROUS.index)


class Nowhere:
    """A record that nobody has."""

    number = 999

    def value(self, name: str) -> UUID | int | str:
        """Made up just now."""
        counted: dict[str, int | str] = {"number": 1, "base": 1, "goal": 16 * "0"}
        return counted.get(name) or uuid4()


def staff_of(*roles: Role) -> Who:
    """A member of the first pain service's staff with these roles."""
    sees = {Whose.OWN, Whose.OTHER} if Role.CLINICIAN in roles else set()
    return Who(tuple(COLUMNS[role] for role in roles), frozenset(sees), frozenset(roles))


class Walk:
    """One asker's way through the table."""

    def __init__(self, sites: Mapping[Site, Flask], records: Records, who: Who) -> None:
        self.sites, self.records, self.who = sites, records, who
        self.actor = self._hired() if who.roles else None
        self.grant_id = self._let_in() if who.under is not None else None

    def _hired(self) -> Actor:
        at = self.records.world.people.service_id
        name = f"Fay {'-'.join(sorted(self.who.roles))}"
        made = staff.add(
            system(at), name, f"{uuid4().hex}@example.nhs.uk", cast.PASSWORD, self.who.roles, self.records.world.now
        )
        return Actor(ActorKind.STAFF, at, made.id, self.who.roles)

    def _let_in(self) -> UUID:
        if self.who.under is AccessKind.PARTNER:
            self.actor = self.records.world.people.eve
        assert self.actor is not None
        assert self.who.under is not None
        return let_in(self.records.standing[Whose.OWN], self.who.under, self.actor).grant.id

    def faults(self, table: Sequence[Line]) -> Iterator[str]:
        """Wherever it went otherwise than the table says. What is refused comes first: it must leave no row."""
        cells = [(line, whose) for line in table for whose in (Whose if line.is_about_somebody else [Whose.OWN])]
        refused = [each for each in cells if self.who.cell(*each) != YES]
        before = rows()
        for line, whose in refused:
            yield from self._compared(line, whose, self.records.standing[whose])
        if refused and rows() != before:
            yield "something that was refused left its trace in the rows"
        for line, whose in cells:
            if self.who.cell(line, whose) == YES:
                # Of what a patient has, there is only theirs.
                changes = line.method != "GET" and line.rule not in (MINE, MY_DEVICE, MY_OPINION)
                record = self.records.new(whose) if changes else self.records.standing[whose]
                yield from self._compared(line, whose, record)

    def _compared(self, line: Line, whose: Whose, record: Record) -> Iterator[str]:
        told = f"{line.address} as {'+'.join(self.who.columns)} about {whose}"
        entries = entries_about_patients()
        answer = self._ask(line, record)
        found = YES if answer.status < 400 else str(answer.status)
        if found != self.who.cell(line, whose):
            yield f"{told}: {answer.status}, not {self.who.cell(line, whose)} {answer.text[:300]}"
        if found == YES and line.rule.is_of_a_record and entries_about_patients() == entries:
            yield f"{told}: no entry in the audit trail says so"
        if found == "404" and answer.text != self._ask(line, Nowhere()).text:
            yield f"{told}: it can be told from what is not there at all"
        if found == "401" and (answer.headers["WWW-Authenticate"] != "Bearer" or answer.mimetype not in ERRORS):
            yield f"{told}: the refusal does not say how to sign in"
        if line.rule.tells_all:
            return
        hidden = [MARKS[each] for each in Whose if each not in self.who.sees]
        hidden += [] if Role.CLINICIAN in self.who.roles else [NOTE]
        for mark in hidden:
            if mark in answer.text:
                yield f"{told}: the answer holds {mark}"

    def _ask(self, line: Line, record: Record | Nowhere) -> Answer:
        app = self.sites[line.site]
        query = line.query(record) if callable(line.query) else line.query
        address = built(app.url_map, line, record) + query
        if line.site is Site.PROVIDED:
            return self._caller(app).send(line.method, address, **self._posted(line))
        caller = self._caller(app)
        sent = line.sends(record) if callable(line.sends) else line.sends
        if line.page is not None:
            return caller.submit(line.page, address, sent)
        under = {"Access-Grant": str(self.grant_id)} if self.grant_id else {}
        return caller.send(line.method, address, version=line.version, json=sent, headers=under)

    def _caller(self, app: Flask) -> Caller:
        if self.actor is not None:
            return signed_in(app, self.actor)
        if Asker.PATIENT in self.who.columns:
            return patient_signed_in(app, self.records.standing[Whose.OWN].patient)
        # What the provider holds opens no door but its own.
        return Caller(app.test_client(), CALLBACK_TOKEN if Asker.PROVIDER in self.who.columns else None)

    def _posted(self, line: Line) -> dict[str, Any]:
        """What a provider posts there; signed if it is the provider."""
        if line.path.startswith("/webhooks/notify"):
            told = {"id": str(uuid4()), "source_number": "447700900777", "destination_number": "447700900001"}
            return {"json": told | {"message": "Hello", "reference": None, "status": "delivered"}}
        form = {"AccountSid": ACCOUNT_SID, "MessageSid": f"SM{uuid4().hex}", "From": "+447700900777"}
        form |= {"Body": "Hello", "MessageStatus": "sent"}
        headers = sign(BASE + line.path, form).headers if Asker.PROVIDER in self.who.columns else {}
        return {"data": form, "headers": headers}


def built(url_map: Map, line: Line, record: Record | Nowhere) -> str:
    """The line's address, about this record."""
    rule = next(rule for rule in url_map.iter_rules() if rule.rule == line.path and line.method in (rule.methods or ()))
    values = {name: record.value(name) for name in rule.arguments}
    return url_map.bind("localhost").build(rule.endpoint, values, line.method)


def rows() -> dict[str, str]:
    """Everything in every table, but for what any request leaves."""
    with reading() as session:
        return {
            table.name: json.dumps(sorted(str(tuple(row)) for row in session.execute(select(table))))
            for table in Base.metadata.sorted_tables
            if table.name not in OF_THE_REQUEST
        }


def entries_about_patients() -> int:
    """How much the audit trail says about anybody's record."""
    with reading() as session:
        return session.scalar(select(func.count()).where(AuditEntry.patient_id.is_not(None))) or 0


def undeclared(sites: Mapping[Site, Flask], table: Sequence[Line]) -> list[str]:
    """The addresses that are in the product and not in the table, or the other way round."""
    served = {
        f"{method} {rule.rule}"
        for app in sites.values()
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    declared = {line.address for line in table}
    missing = [f"{address} stands in no line of tests/api/matrix.py" for address in served - declared]
    return sorted(missing + [f"{address} is declared, and not there" for address in declared - served])
