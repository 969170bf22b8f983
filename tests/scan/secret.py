"""Does a secret stand in any file, or did one ever? detect-secrets knows what they look like."""

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.scan import scan_line
from detect_secrets.settings import transient_settings

from tests.scan.lock import ROOT

# Words that look like secrets and are none: the demonstration's and the tests' own, and the gaps of examples.
KNOWN = frozenset(
    {
        "a-demo-for-everyone",
        "a lamp, a river and some cheese",
        "not the password",
        "correct horse battery staple",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJiZW4ifQ.",
        "not-a-secret-for-development-only",
        "s3cret-s3cret-s3cret-s3cret-s3cret",
        "Amina 9990000018 +447700900101",
        "password",
        "PASSWORD",
        "between us two",
        # Verdicts on the column that keeps a second factor.
        "of staff",
        "kept for staff, not for patients",
        "another lamp, river and cheese",
        # Markers that the tests plant to see where words come out.
        "Zqbody",
        "Zqinvited",
        "Zqstaff",
        "ZQSECRETZQSECRETZQSECRETZQSECRET",
    }
)
# Pictures, other people's minified code, and locks, which are hashes all through.
NOT_READ = ("*.png", "api/static/swagger-ui/*", "*requirements*.txt")
# They take every longish word for a secret, or every version for an address.
TOO_EAGER = frozenset({"HexHighEntropyString", "Base64HighEntropyString", "IPPublicDetector"})
# In prose, what stands behind 'secret:' is a sentence.
PROSE, TOO_EAGER_IN_PROSE = ".md", frozenset({"KeywordDetector"})


# What providers call a token, detect-secrets takes for none: letters and digits, in quotes or in a settings file.
_TOKEN = re.compile(r"""(?i)token\w*["']?\s*[:=]\s*["']?(?=[a-z]*[0-9])(?=[0-9]*[a-z])([a-z0-9_-]{16,})["']?\s*$""")


def in_files(root: Path = ROOT) -> Iterator[str]:
    """What is found in the files as they are, whether committed or about to be."""
    listed = _git(root, "ls-files", "--cached", "--others", "--exclude-standard", *_read())
    for name in listed.splitlines():
        file = root / name
        if file.is_file():
            lines = file.read_text("utf-8", "replace").splitlines()
            yield from (f"{name}: {kind}" for kind in _found(lines, prose=name.endswith(PROSE)))


def in_history(root: Path = ROOT) -> Iterator[str]:
    """What is found in any line that ever was added up to here, though it may be gone since."""
    log = _git(root, "log", "--patch", "--unified=0", "--no-color", "--no-ext-diff", "--format=", "HEAD", *_read())
    added: dict[bool, set[str]] = {True: set(), False: set()}
    prose = False
    for line in log.splitlines():
        if line.startswith("+++ "):
            prose = line.endswith(PROSE)
        elif line.startswith("+"):
            added[prose].add(line[1:])
    for prose, lines in added.items():
        yield from (f"history: {kind}; git log -S finds where" for kind in _found(sorted(lines), prose=prose))


def _read() -> list[str]:
    return ["--", ".", *(f":(exclude){pattern}" for pattern in NOT_READ)]


def _found(lines: Iterable[str], *, prose: bool) -> Iterator[str]:
    """The kind of each secret, with its first letters alone: a report must not spread it further."""
    plugins: Mapping[str, Any] = get_mapping_from_secret_type_to_class()
    kinds: list[str] = [each.__name__ for each in plugins.values()]
    left_out = TOO_EAGER | (TOO_EAGER_IN_PROSE if prose else frozenset())
    with transient_settings({"plugins_used": [{"name": kind} for kind in kinds if kind not in left_out]}):
        for line in lines:
            found = {secret.secret_value or "": secret.type for secret in scan_line(line)}
            token: str
            for token in _TOKEN.findall(line):
                found.setdefault(token, "Token")
            yield from (f"{kind} ({value[:4]}…)" for value, kind in found.items() if value not in KNOWN)


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")
