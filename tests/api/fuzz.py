"""What does a long fuzzing of the API find? `python -m tests.api.fuzz --max-examples 500`.

A pain service of its own, on PostgreSQL where that can be had, listens on this machine while Schemathesis asks it
through all its phases, also one request with what came back from another. More options: `schemathesis run --help`.
"""

import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from flask_migrate import upgrade
from werkzeug.serving import make_server

from api import house
from api.app import create_app
from api.settings.config import Config
from companion.domain.access import Actor, ActorKind, Role, system
from companion.use_cases import access_grant, staff
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.api.caller import signed_in
from tests.api.made_up import OFTEN, PROJECT, there
from tests.api.ward import fill
from tests.support import cast, postgres
from tests.support.postgres import Postgres
from tests.support.world import World


@contextmanager
def database() -> Iterator[str]:
    """The address of an empty database, for as long as it is needed."""
    why_not = postgres.why_not()
    if why_not is None:
        with Postgres() as running:
            running.create("fuzz")
            yield running.url("fuzz")
        return
    sys.stderr.write(f"On SQLite, not PostgreSQL: {why_not}\n")
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/fuzz.sqlite3"


def configuration(there: dict[str, list[str]]) -> str:
    """The project's own, with what is really there."""
    lines = []
    for name, values in there.items():
        word = name.partition(".")[2]
        lines.append(f"dictionaries.{word}.values = {values!r}")
        lines.append(f'parameters."{name}" = {{ dictionary = "{word}", probability = {OFTEN} }}')
    return "\n".join([*lines, PROJECT.read_text()])


def askers(app: Flask, world: World) -> dict[str, dict[str, str]]:
    """Everybody in whose name is asked, and what each sends along."""
    at = world.people.service_id
    found: dict[str, dict[str, str]] = {}
    every_role: list[tuple[Role, ...]] = [tuple(Role), *((role,) for role in Role)]
    for roles in every_role:
        name = " and ".join(roles)
        fay = staff.add(system(at), "Fay Nolan", f"{len(found)}@example.nhs.uk", cast.PASSWORD, roles, world.now)
        token = signed_in(app, Actor(ActorKind.STAFF, at, fay.id, frozenset(roles))).token
        found[name] = {"Authorization": f"Bearer {token}"}
    amina, eve, now = world.people.amina.id, world.people.eve, house.now()
    partner = access_grant.invite_partner(
        world.people.ben, amina, "eve@example.nhs.uk", "A second opinion on her sleep", 14, now
    )
    found["partner"] = {
        "Authorization": f"Bearer {signed_in(app, eve).token}",
        "Access-Grant": str(partner.grant.id),
    }
    return found | {"nobody": {}}


def main(arguments: list[str]) -> int:
    """Fuzz as everybody, one after the other. Returns the worst that Schemathesis ended with."""
    with database() as url, tempfile.NamedTemporaryFile("w", suffix=".toml") as settings:
        gateway = SimulatorGateway()
        app = create_app(Config(database_url=url), gateway)
        with app.app_context():
            upgrade()
            world = World(gateway, cast.assemble())
            settings.write(configuration(there(fill(world, drafts=4))))
            settings.flush()
            everybody = askers(app, world)
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        Thread(target=server.serve_forever, daemon=True).start()
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", settings.name, "run"]
        # Whoever signs out learns nothing more.
        command += [f"http://127.0.0.1:{server.port}/openapi.json", "--exclude-method", "DELETE", *arguments]
        try:
            return max(_asked(command, name, headers) for name, headers in everybody.items())
        finally:
            server.shutdown()


def _asked(command: list[str], name: str, headers: dict[str, str]) -> int:
    sys.stderr.write(f"As {name}\n")
    sent = [part for header, value in headers.items() for part in ("-H", f"{header}: {value}")]
    environment = os.environ | {"PYTHONPATH": "."}
    return subprocess.run([*command, *sent], cwd=PROJECT.parent, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
