"""Does a start load only what every process needs? No clock is asked: what is loaded is what takes the time."""

import json
import subprocess
import sys

from tests.house.source import ROOT

# What only some processes, or some requests, need: an import of one at the top of a file fails here.
NOT_AT_START = frozenset(
    {
        "alembic",
        "api.demo",
        "authlib",
        "flask_migrate",
        "holidays",
        "joserfc",
        "notifications_python_client",
        "phonenumbers",
        "procrastinate",
        "pygments",
        "segno",
        "typst",
        "webauthn",
        "zxcvbn",
    }
)
LOADED = "import json, sys, wsgi; print(json.dumps(sorted(sys.modules)))"


def test_a_start_loads_only_what_every_process_needs() -> None:
    ended = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, check=True, capture_output=True, text=True)
    loaded = set(json.loads(ended.stdout))
    assert {"wsgi", "api.app", "sqlalchemy"} <= loaded
    assert loaded & NOT_AT_START == set()
