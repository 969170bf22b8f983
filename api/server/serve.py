"""How does one command run the whole service? It prepares the database, starts web server and worker, stops both."""

import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import click

from api import house
from api.server import migration
from api.settings.config import DEFAULT_PORT, Config, Environment
from companion.lazy import lazy
from companion.use_cases import pain_service
from nudges.providers.gateway import Gateway

cast = lazy("api.demo.cast")
seed = lazy("api.demo.seed")

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
STARTED_WITHIN = 60.0
# Longer than any call of the provider that a beat may be waiting for.
STOPPED_WITHIN = 45.0
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# Waits for the end of its input, which comes however this process ends (by kill -9, even), and stops its whole group.
CLEANUP = "trap '' HUP INT TERM; read -r _; kill -TERM 0"

Children = Mapping[str, subprocess.Popen[bytes]]


def up(config: Config, gateway: Gateway) -> None:
    """Run web server and worker until Ctrl-C, SIGTERM or the end of the terminal.

    Raises:
        ClickException: the port is taken, the database cannot be used, or one of the two stopped by itself.
    """
    for number in STOPPING:
        # Under nohup the end of the terminal is to be survived.
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    try:
        listener = _listen(config.port)
        _prepare(config, gateway)
        with _children(listener) as children:
            listener.close()
            _wait_until_live(config.port, children)
            _tell(config)
            _watch(children)
    except KeyboardInterrupt:
        click.echo("Stopped.")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Once is enough: a second Ctrl-C must not break off the stopping."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _listen(port: int) -> socket.socket:
    """The web server's own socket, taken before anything else is done, so that a taken port costs nobody time."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        fault = {
            errno.EADDRINUSE: f"Port {port} is in use. Stop the program that uses it, or choose another",
            errno.EACCES: f"Port {port} needs root. Choose another",
        }.get(error.errno or 0, f"Port {port} cannot be opened ({error.strerror}). Choose another")
        other = port + 1 if 1024 <= port < 65535 else DEFAULT_PORT
        raise click.ClickException(f"{fault}: PORT={other} make run") from error


def _prepare(config: Config, gateway: Gateway) -> None:
    if config.database_url in ("sqlite://", "sqlite:///") or ":memory:" in config.database_url:
        raise click.ClickException(
            "DATABASE_URL: the web server and the worker cannot share an in-memory database; use a file, like sqlite:///var/x.db"
        )
    migration.bring_up_to_date()
    demonstrated = config.environment is Environment.DEVELOPMENT and config.simulated
    if demonstrated and not pain_service.every():
        _fill(gateway)


def _fill(gateway: Gateway) -> None:
    """Put the demonstration into a database that nobody has used yet; what is left half done is taken out again."""
    try:
        with click.progressbar(length=1, label="Creating the demonstration data (first start only)") as bar:

            def progress(done: int, total: int) -> None:
                bar.length = total
                bar.update(done - bar.pos)

            seed.fill(gateway, house.now(), progress)
    except BaseException:
        migration.empty()
        raise


@contextmanager
def _children(listener: socket.socket) -> Iterator[Children]:
    """Start web server and worker in their own process group: Ctrl-C reaches only us, and we stop them in order."""
    cleanup = subprocess.Popen(  # noqa: S603 (our own words)
        ["/bin/sh", "-c", CLEANUP], stdin=subprocess.PIPE, process_group=0
    )
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, words in _commands(listener.fileno()).items():
            children[name] = subprocess.Popen(  # noqa: S603 (likewise)
                [sys.executable, "-m", *words],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                pass_fds=[listener.fileno()] if name == "web server" else [],
                process_group=cleanup.pid,
            )
        yield children
    finally:
        _stop(cleanup, children)


def _commands(socket_number: int) -> dict[str, list[str]]:
    web = f"-c python:api.server.web_server wsgi:app --bind fd://{socket_number} --workers 1 --threads 16"
    return {
        "web server": ["gunicorn", *web.split()],
        "worker": ["flask", "--app", "wsgi", "worker"],
    }


def _stop(cleanup: subprocess.Popen[bytes], children: Children) -> None:
    for child in children.values():
        child.terminate()
    give_up = time.monotonic() + STOPPED_WITHIN
    for child in children.values():
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.0, give_up - time.monotonic()))
    # Kill what is left: a worker whose provider does not respond, or children of a dead web server.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(cleanup.pid, signal.SIGKILL)
    for process in (*children.values(), cleanup):
        process.wait()


def _wait_until_live(port: int, children: Children) -> None:
    give_up = time.monotonic() + STARTED_WITHIN
    while not _lives(port):
        _require_all(children)
        if time.monotonic() > give_up:
            raise click.ClickException(
                f"The web server did not answer within {STARTED_WITHIN:.0f} seconds, so everything was stopped: "
                "try again when the machine has less to do."
            )
        time.sleep(0.1)


def _lives(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _watch(children: Children) -> None:
    while True:
        _require_all(children)
        time.sleep(0.25)


def _require_all(children: Children) -> None:
    for name, child in children.items():
        code = child.poll()
        if code is not None:
            how = f"was stopped by signal {-code}" if code < 0 else f"exited with code {code}"
            raise click.ClickException(
                f"The {name} {how}, so everything was stopped. The lines above say why. Fix it and start again."
            )


def _tell(config: Config) -> None:
    address = f"http://{HOST}:{config.port}"
    lines = ["", "iHELP Companion is running.", ""]
    lines.append(f"  {address}/             begin here")
    if config.simulated:
        lines.append(f"  {address}/simulator    the patients' phones: watch texts arrive, and answer them")
    lines.append(f"  {address}/docs         the API, to read and to try")
    lines += ["", *(_how_to_sign_in() or _how_to_begin()), "", "Ctrl-C stops everything. The data is kept.", ""]
    click.echo("\n".join(lines))


def _how_to_sign_in() -> list[str]:
    people = cast.people()
    if not people:
        return []
    widest = max(len(person.email) for person in people)
    return [
        f"Sign in (POST /v1/sign-ins) with the password {cast.PASSWORD} as",
        *(f"  {person.email:<{widest}}  {person.name}, {person.role}" for person in people),
        "Patients answer in the phone simulator. They sign in at /own/sign-in; the code arrives there too.",
    ]


def _how_to_begin() -> list[str]:
    if pain_service.every():
        return ["Staff sign in with their own e-mail address and password (POST /v1/sign-ins)."]
    return [
        "There is no pain service here yet. Create one and add its first member of staff:",
        "  .venv/bin/python -m flask --app wsgi pain-services add --help",
        "  .venv/bin/python -m flask --app wsgi staff add --help",
    ]
