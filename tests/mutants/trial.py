"""What becomes of a planted fault? It stands in a copy of the tree, and the tests that should see it are run there."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path

from tests.mutants.mutant import ROOT, Mutant

# Far longer than any of them takes; a fault that makes a test wait for ever is found by this.
LONGEST_SECONDS = 300
ALL_PASSED, SOME_FAILED = 0, 1
_FAILED = re.compile(r"^FAILED (\S+)", re.MULTILINE)


class Fate(StrEnum):
    """killed: a test failed. survived: none did. broken: no test came to say anything."""

    KILLED = "killed"
    SURVIVED = "SURVIVED"
    BROKEN = "BROKEN"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one fault, and the test that saw it or, where none could, the last words of the run."""

    mutant: Mutant
    fate: Fate
    by: str = ""


class Copy:
    """A copy of the tree, to be spoilt.

    on_postgresql: its tests run as every day; else all of them on SQLite, which is there in a third of the time.
    """

    def __init__(self, folder: Path, *, on_postgresql: bool = False) -> None:
        self._folder = folder
        self._settings = {} if on_postgresql else {"TEST_PG_BIN": str(folder / "none")}
        self._times = count(1_000_000_000)

    def try_out(self, mutant: Mutant) -> Verdict:
        """Plant the fault, run its tests until one fails, and mend it again."""
        file = self._folder / mutant.file
        sound = file.read_text(encoding="utf-8")
        try:
            self._write(file, mutant.planted(sound))
        except ValueError as error:
            return Verdict(mutant, Fate.BROKEN, str(error))
        try:
            return self._run(mutant)
        finally:
            self._write(file, sound)

    def _write(self, file: Path, text: str) -> None:
        file.write_text(text, encoding="utf-8")
        # Python takes a compiled file for this one's if size and second are the same, and here they may be.
        moment = next(self._times)
        os.utime(file, (moment, moment))

    def _run(self, mutant: Mutant) -> Verdict:
        plain = ("-p", "no:randomly", "-p", "no:cacheprovider", "-n", "0")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=no", *plain, *mutant.tests]
        try:
            done = subprocess.run(
                command,
                cwd=self._folder,
                env=os.environ | self._settings,
                capture_output=True,
                text=True,
                timeout=LONGEST_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return Verdict(mutant, Fate.BROKEN, f"the tests did not end within {LONGEST_SECONDS} seconds")
        if done.returncode == ALL_PASSED:
            return Verdict(mutant, Fate.SURVIVED)
        failed = _FAILED.search(done.stdout)
        if done.returncode == SOME_FAILED and failed:
            return Verdict(mutant, Fate.KILLED, failed[1])
        return Verdict(mutant, Fate.BROKEN, " ".join((done.stdout + done.stderr).split())[-300:])


@contextmanager
def copied(root: Path = ROOT, *, on_postgresql: bool = False) -> Iterator[Copy]:
    """A copy of what git knows of the tree or would take up, as it stands in the working folder; removed at the end."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        for each in filter(None, names):
            if (root / each).is_file():
                (folder / each).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / each, folder / each)
        yield Copy(folder, on_postgresql=on_postgresql)
