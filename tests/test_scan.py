"""Does `make scan` find what it is there to find?"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.scan import licence, lock, secret

# In two halves, so that the scan of this very file finds none of them.
SECRETS = (
    "aws = AK" + "IAIOSFODNN7EXAMPLX",
    "-----BEGIN RSA PRIV" + "ATE KEY-----",
    "TWILIO_ACCOUNT_SID=AC" + "0123456789abcdef" * 2,
    "auth_token = 'q7Zx" + "9LmT2vKp8RwB4nYc'",
    "postgresql://companion:q7Zx" + "9LmT@db.internal/ihelp",
    "token = 'ghp" + "_" + "a1B2" * 9 + "'",
)


def test_what_this_is_made_of_is_in_order() -> None:
    assert list(lock.faults()) == []
    assert list(lock.faults_of_installed()) == []
    assert list(licence.faults()) == []


@pytest.fixture
def locks(tmp_path: Path) -> Path:
    """A copy of what is asked for and what is locked."""
    for name in (*lock.LOCKS, *lock.LOCKS.values()):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(lock.ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        (
            "requirements.in",
            "flask==3.1.3",
            "flask==3.1.4",
            "requirements.in asks for flask==3.1.4, and it holds 3.1.3",
        ),
        ("requirements.in", "flask==3.1.3", "flask==3.1.3\nnew", "asks for new, and it holds none; run make lock"),
        ("requirements.txt", r"^flask==3.1.3 \\\n( .*\n)+", "flask==3.1.3\n", "'flask==3.1.3' is not pinned with"),
        ("requirements.txt", "flask==3.1.3", "flask>=3.1.3", "is not pinned with its hashes"),
        ("requirements.txt", "^flask==", "--extra-index-url https://x.example\nflask==", "comes from no registry"),
        ("requirements.txt", "^flask==", "x @ https://x.example/x.whl\nflask==", "comes from no registry"),
        ("requirements-dev.txt", "^click==.*? ", "click==0.0.1 ", "requirements-dev.txt: click is 0.0.1, but"),
    ],
)
def test_a_loose_lock_is_found(locks: Path, file: str, old: str, new: str, complaint: str) -> None:
    text = (locks / file).read_text(encoding="utf-8")
    changed = re.sub(old, new.replace("\\", r"\\"), text, count=1, flags=re.MULTILINE)
    assert changed != text
    (locks / file).write_text(changed, encoding="utf-8")
    assert any(complaint in fault for fault in lock.faults(locks)), list(lock.faults(locks))


def test_what_is_installed_and_not_as_locked_is_found(locks: Path) -> None:
    file = locks / lock.HERE
    text = re.sub(r"^werkzeug==\S+", "werkzeug==0.1", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = text.replace("coverage[toml]==", "coverage==")
    file.write_text(text, encoding="utf-8")
    found = "\n".join(lock.faults_of_installed(locks))
    assert "is installed, and requirements-dev.txt holds 0.1" in found
    assert "flask needs werkzeug" in found
    assert re.search(r"pytest-cov needs coverage.*without its extra", found)


@pytest.mark.parametrize(
    ("said", "may"),
    [
        ("MIT", True),
        ("Apache-2.0 AND MIT", True),
        ("GPL-3.0-only OR BSD-3-Clause", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-2.0-or-later", False),
        ("GNU Affero General Public License v3", False),
        ("LGPL-3.0-only", False),
        ("BUSL-1.1", False),
        ("SSPL-1.0", False),
        ("", False),
        ("UNKNOWN", False),
        ("Other/Proprietary License", False),
    ],
)
def test_a_licence_is_allowed_by_name_alone(said: str, may: bool) -> None:
    assert licence.may_be_used(said) is may


def git(folder: Path, *words: str) -> None:
    """In a repository of the test's own."""
    named = ["-c", "user.name=Ben", "-c", "user.email=ben@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *named, *words], check=True, capture_output=True)


@pytest.mark.parametrize("planted", SECRETS)
def test_a_planted_secret_is_found_also_when_it_is_gone_again(tmp_path: Path, planted: str) -> None:
    git(tmp_path, "init", "-q")
    file = tmp_path / "settings.py"
    file.write_text(f"# Settings\n{planted}\n", encoding="utf-8")
    [found] = secret.in_files(tmp_path)  # not committed yet
    assert found.startswith("settings.py: ")
    value = max(re.findall(r"[\w-]+", planted), key=len)
    assert value not in found, "the report itself gives it away"
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "Settings")
    file.write_text("# Settings\n", encoding="utf-8")
    git(tmp_path, "commit", "-qam", "Without")
    assert list(secret.in_files(tmp_path)) == []
    assert len(list(secret.in_history(tmp_path))) == 1


def test_prose_may_speak_of_secrets_and_hold_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    file = tmp_path / "README.md"
    file.write_text("Hashes, licences, sec" + "rets: `make scan` looks for them\n", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "Prose")
    assert [*secret.in_files(tmp_path), *secret.in_history(tmp_path)] == []
    file.write_text(f"{SECRETS[0]}\n", encoding="utf-8")
    git(tmp_path, "commit", "-qam", "A key")
    assert len([*secret.in_files(tmp_path), *secret.in_history(tmp_path)]) == 2


def test_no_secret_stands_in_a_file() -> None:
    """The history is for `make scan`: it takes a while."""
    assert list(secret.in_files()) == []
