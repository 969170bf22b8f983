"""How are the tests dealt out to processes? One by one, the longest first, and those that look at one thing together.

pytest-xdist's own `xdist_group` is not used: it writes into a private field of pytest's that pytest 9.2 reads no more,
so that it groups nothing, without a word.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

# Tests that look at what takes long to make. One process makes it, once.
TOGETHER = {
    "tests/api/demo/test_command.py": "a fortnight",
    "tests/api/demo/test_fortnight.py": "a fortnight",
    "tests/api/demo/test_recount.py": "a fortnight",
    "tests/benchmarks/test_year.py": "a year",
}


class Dealer(LoadScopeScheduling):
    """Each process gets the next test, or the next that stay together, when it has done what it had."""

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER.get(_file(nodeid), nodeid)


def long(item: pytest.Item) -> bool:
    """Whether this test begins before the others: it is given more time than is usual, or has company."""
    patience = item.get_closest_marker("timeout")
    usual = float(item.config.getini("timeout"))
    return _file(item.nodeid) in TOGETHER or (patience is not None and patience.args[0] > usual)


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]
