"""Can every fault that `scripts/mutants` plants still be planted, and does it tell a fault that is found from one that
is not?"""

import dataclasses
from pathlib import Path

import pytest

from tests.mutants import mutant
from tests.mutants.mutant import Mutant
from tests.mutants.trial import Copy, Fate

EVERY = mutant.every()
PROMISES = [f"P{number}" for number in range(1, 15)]
BESIDES = ["scope", "role", "audit", "seal", "ETag", "rate limit", "signature", "consent", "hours", "ceilings"]
DOUBLES = Mutant("doubles no more", "P1", "rule.py", "2 *", "3 *", ("test_rule.py",))
SOUND = "def double(number):\n    return 2 * number\n"
TEST = "from rule import double\n\ndef test_it_doubles():\n    assert double(2) == 4\n"


@pytest.mark.parametrize("planted", EVERY, ids=lambda planted: planted.name)
def test_every_fault_still_fits_its_file_and_its_tests_are_there(planted: Mutant) -> None:
    assert list(mutant.faults(planted)) == []


@pytest.mark.parametrize(("about", "least"), [(name, 2) for name in PROMISES] + [(name, 1) for name in BESIDES])
def test_nothing_is_left_without_a_fault(about: str, least: int) -> None:
    assert len([each for each in EVERY if about in each.promise.split(", ")]) >= least


def test_each_has_a_name_of_its_own() -> None:
    assert len({each.name for each in EVERY}) == len(EVERY) >= 40


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project with one rule and its test."""
    (tmp_path / "rule.py").write_text(SOUND)
    (tmp_path / "test_rule.py").write_text(TEST)
    return tmp_path


def test_what_fits_no_more_is_said(tree: Path) -> None:
    assert list(mutant.faults(DOUBLES, tree)) == []
    for wrong, said in (
        ({"old": "4 *"}, "stands 0 times"),
        ({"old": "number"}, "stands 2 times"),
        ({"new": "2 * ("}, "cannot be read"),
        ({"tests": ("test_gone.py",)}, "no everyday test test_gone.py"),
        ({"tests": ("test_rule.py::test_gone",)}, "no everyday test test_rule.py::test_gone"),
        ({"file": "gone.py"}, "No such file"),
    ):
        [found] = mutant.faults(dataclasses.replace(DOUBLES, **wrong), tree)
        assert said in found


def test_a_deep_test_is_no_everyday_test(tree: Path) -> None:
    (tree / "test_deep.py").write_text("@deep\ndef test_long():\n    assert True\n")
    [found] = mutant.faults(dataclasses.replace(DOUBLES, tests=("test_deep.py",)), tree)
    assert "no everyday test" in found


@pytest.mark.parametrize(
    ("new", "fate", "said"),
    [
        ("3 *", Fate.KILLED, "test_rule.py::test_it_doubles"),
        ("1 * 2 *", Fate.SURVIVED, ""),
        ("2 * (", Fate.BROKEN, "error during collection"),
    ],
)
def test_what_becomes_of_it_is_told(tree: Path, new: str, fate: Fate, said: str) -> None:
    verdict = Copy(tree).try_out(dataclasses.replace(DOUBLES, new=new))
    assert verdict.fate is fate
    assert said in verdict.by
    assert (tree / "rule.py").read_text() == SOUND
