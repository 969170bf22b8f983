"""`scripts/mutants`: plants every fault, or those named, and says which test found it. Ends with 1 if one survives."""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue

from tests.mutants import mutant
from tests.mutants.mutant import Mutant
from tests.mutants.trial import Copy, Fate, Verdict, copied


def main() -> int:
    """What was asked for on the command line."""
    asked = argparse.ArgumentParser(prog="scripts/mutants", description="Plant faults; each must be found by a test.")
    asked.add_argument("names", nargs="*", help="only those of this promise, or with these words in their name")
    asked.add_argument("--list", action="store_true", help="say what there is to plant, and plant nothing")
    asked.add_argument("--at-once", type=int, default=2, metavar="N", help="how many at a time (2)")
    asked.add_argument(
        "--postgresql", action="store_true", help="run their tests on PostgreSQL (slower), not on SQLite"
    )
    given = asked.parse_args()
    chosen = [each for each in mutant.every() if not given.names or any(_is_meant(each, name) for name in given.names)]
    if not chosen:
        asked.error("no fault is called that: --list says what there is")
    if given.list:
        for each in chosen:
            sys.stdout.write(f"{each.promise:<18}{each.name}  ({each.file})\n")
        return 0
    found = [fault for each in chosen for fault in mutant.faults(each)]
    if found:
        sys.stderr.write("\n".join(found) + "\n")
        return 1
    return _report(_tried(chosen, max(1, given.at_once), on_postgresql=given.postgresql))


def _is_meant(each: Mutant, asked: str) -> bool:
    return asked in each.name or asked in each.promise.split(", ")


def _tried(chosen: Sequence[Mutant], at_once: int, *, on_postgresql: bool) -> list[Verdict]:
    """Each fault in a copy that nobody else is spoiling just then; said as soon as it is known."""
    free: SimpleQueue[Copy] = SimpleQueue()

    def try_out(each: Mutant) -> Verdict:
        copy = free.get()
        try:
            verdict = copy.try_out(each)
        finally:
            free.put(copy)
        sys.stdout.write(f"{each.promise:<18}{each.name:<58}{verdict.fate:<10}{verdict.by}\n")
        sys.stdout.flush()
        return verdict

    with ExitStack() as open_things:
        for _ in range(at_once):
            free.put(open_things.enter_context(copied(on_postgresql=on_postgresql)))
        with ThreadPoolExecutor(at_once) as hands:
            return list(hands.map(try_out, chosen))


def _report(verdicts: Sequence[Verdict]) -> int:
    left = [verdict for verdict in verdicts if verdict.fate is not Fate.KILLED]
    sys.stdout.write(f"{len(verdicts) - len(left)} of {len(verdicts)} killed\n")
    for verdict in left:
        sys.stdout.write(f"  {verdict.fate}: {verdict.mutant.name} ({verdict.mutant.file})\n")
    return 1 if left else 0


sys.exit(main())
