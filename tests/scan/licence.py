"""Under which licences stands what we are made of, and may it?"""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from tests.scan import lock

# By SPDX's names, and by those that older packages use. Each of these lets us do what we do, and asks for its notice.
ALLOWED = re.compile(
    r"(MIT(-0| License)?|BSD(-[23]-Clause| License)?|Apache([- ]2\.0| Software License)|ISC|PSF-2\.0"
    r"|Python Software Foundation License|MPL-2\.0|Mozilla Public License 2\.0 \(MPL 2\.0\)|DFSG approved)"
)
# Under the LGPL 3, which we keep by leaving it a package of its own, unchanged, that anybody can replace.
USED_UNCHANGED = {"psycopg": "LGPL-3.0-only", "psycopg-binary": "LGPL-3.0-only", "psycopg-pool": "LGPL-3.0-only"}


def faults(root: Path = lock.ROOT) -> Iterator[str]:
    """Every installed package of the lock whose licence is not one of those, or that names none."""
    for name in lock.names(root / lock.HERE):
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        said = stated(found)
        if said and said == USED_UNCHANGED.get(name):
            continue
        if not may_be_used(said):
            yield f"{name}: its licence is '{said or 'not named'}'; see tests/scan/licence.py"


def stated(package: Distribution) -> str:
    """The licence as the package names it: an SPDX expression, or its classifiers, or its old free words."""
    said = package.metadata
    [expression] = said.get_all("License-Expression") or [""]
    named = [each.rpartition(" :: ")[2] for each in said.get_all("Classifier") or [] if each.startswith("License ::")]
    return expression or " AND ".join(named) or " ".join(said.get_all("License") or []).strip()


def may_be_used(said: str) -> bool:
    """Whether every part of an expression is allowed; of those joined by OR, one."""
    either = [part.split(" AND ") for part in said.split(" OR ")]
    return any(all(ALLOWED.fullmatch(each.strip()) for each in part) for part in either)
