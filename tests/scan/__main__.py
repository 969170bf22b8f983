"""`make scan`: says what is wrong with what this is made of, and ends with 1 if anything is."""

import subprocess
import sys

from tests.scan import licence, lock, secret

CHECKS = {
    "locks": lock.faults,
    "what is installed": lock.faults_of_installed,
    "licences": licence.faults,
    "secrets in files": secret.in_files,
    "secrets in history": secret.in_history,
}


def main() -> int:
    """Run every check, also after one has failed."""
    bad = 0
    for name, check in CHECKS.items():
        try:
            found = list(check())
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            found = [f"could not be looked at: {error}"]
        bad += len(found)
        sys.stdout.write("\n  ".join([f"{name}: {'well' if not found else f'{len(found)} to mend'}", *found]) + "\n")
    return 1 if bad else 0


sys.exit(main())
