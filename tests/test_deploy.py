"""Does what is shipped for three hosts name only what exists: commands, doors, settings, files?"""

import re
import shlex
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from click import Context, Group
from flask_migrate.cli import db as migrations
from gunicorn.config import Config as Gunicorn

from api.app import create_app
from api.settings.config import Config
from companion.domain.alarm import AlarmKind
from nudges.worker import EVERY

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OPERATING = (ROOT / "docs" / "operating.md").read_text()


def unit(file: Path) -> ConfigParser:
    found = ConfigParser(interpolation=None, strict=False)  # systemd lets a setting stand twice
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read(file)
    return found


def commands() -> list[list[str]]:
    """Every command line that is shipped, without the folder its program lies in."""
    [image] = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    found = [yaml.safe_load(image)]
    found += [service["command"] for service in SERVICES.values() if "command" in service]
    found += [shlex.split(unit(file)["Service"]["ExecStart"]) for file in UNITS]
    return [[Path(program).name, *words] for program, *words in found]


def exists(words: list[str]) -> bool:
    """Whether the program would take these words."""
    if words[0] == "gunicorn":
        known = vars(Gunicorn().parser().parse_args(words[1:]))
        return bool(known["args"] == ["wsgi:app"])
    program, app_option, app_name, *names = words
    command: Any = create_app(Config(database_url="sqlite:///:memory:")).cli
    for name in names:
        if not isinstance(command, Group):
            return False
        # `flask db` hands over to flask_migrate's own group when it is called.
        command = migrations if name == migrations.name else command.get_command(Context(command), name)
    return [program, app_option, app_name] == ["flask", "--app", "wsgi"] and command is not None


def test_every_command_exists() -> None:
    assert len(commands()) == 7
    for words in commands():
        assert exists(words), words
    assert not exists(["flask", "--app", "wsgi", "work"])
    assert not exists(["gunicorn", "app"])


def test_what_is_asked_whether_it_is_well_has_such_a_door() -> None:
    asked = re.findall(r"https?://[a-z0-9.-]+:\d+(/[a-z/]+)", (DEPLOY / "compose.yaml").read_text())
    assert set(asked) == {"/health/live", "/health/ready"}
    doors = {rule.rule for rule in create_app(Config(database_url="sqlite:///:memory:")).url_map.iter_rules()}
    assert set(asked) <= doors


def test_the_parts_wait_for_one_another_and_migrations_run_once() -> None:
    hosts = set(re.findall(r"http://(\w+-\d):", (DEPLOY / "compose.yaml").read_text()))
    assert hosts <= set(SERVICES)
    for name, service in SERVICES.items():
        for other, how in service.get("depends_on", {}).items():
            condition = how["condition"]
            assert condition != "service_healthy" or "healthcheck" in SERVICES[other], (name, other)
    assert [name for name, service in SERVICES.items() if "upgrade" in service.get("command", [])] == ["migrate"]
    assert SERVICES["migrate"]["restart"] == "no"
    waiting = {name for name, service in SERVICES.items() if "migrate" in service.get("depends_on", {})}
    assert waiting == {"web-1", "web-2", "worker-1", "worker-2"}
    assert all("healthcheck" in SERVICES[name] for name in ("database", *waiting))


@pytest.mark.parametrize("name", ["companion.env", "database.env"])
def test_the_settings_are_ours_and_no_secret_is_shipped(name: str) -> None:
    lines = (DEPLOY / f"{name}.example").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    known = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert set(given) <= known | {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
    assert not any(value for setting, value in given.items() if setting.endswith(("KEY", "TOKEN", "SID")))
    assert name in {service["env_file"] for service in SERVICES.values()}
    assert "deploy/*.env\n" in (ROOT / ".gitignore").read_text()


def test_the_image_has_what_the_product_is_made_of_and_no_host_is_named() -> None:
    copied = set(re.findall(r"^COPY (\S+)", DOCKERFILE, re.MULTILINE))
    assert all((ROOT / source).exists() for source in copied)
    assert copied >= {"requirements.txt", "wsgi.py", "companion/", "nudges/", "api/", "migrations/"}
    let_in = (ROOT / ".dockerignore").read_text().splitlines()
    assert all(f"!{source.rstrip('/')}" in let_in for source in copied)
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    images += [service["image"] for service in SERVICES.values() if "image" in service]
    assert images
    assert not any("." in image.partition("/")[0] and "/" in image for image in images)


def test_the_units_start_again_and_let_a_call_be_finished() -> None:
    assert [file.stem for file in UNITS] == ["companion-migrate", "companion-web", "companion-worker"]
    for file in UNITS:
        service = unit(file)["Service"]
        assert "\nEnvironmentFile=/etc/companion.env\n" in file.read_text()
        assert file.stem in OPERATING
        if "migrate" not in file.stem:
            assert service["Restart"] == "always"
            assert unit(file)["Install"]["WantedBy"] == "multi-user.target"


def test_whoever_operates_it_reads_of_every_alarm_and_every_beat() -> None:
    for name in (*AlarmKind, *EVERY):
        assert f"`{name}`" in OPERATING, name
    for beat, every in EVERY.items():
        seconds = int(every.total_seconds())
        said = f"{seconds} s" if seconds < 60 else f"{seconds // 60} min"
        assert f"| `{beat}` | {said} |" in OPERATING
