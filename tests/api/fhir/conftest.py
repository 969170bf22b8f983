"""Which checkers are there?"""

from collections.abc import Callable, Iterator

import pytest

from tests.api.fhir.checkers import NOT_HERE, Resource, Second, by_models, second, second_is_here

Check = Callable[[Resource], list[str]]


@pytest.fixture(scope="module")
def node() -> Iterator[Second]:
    """The checker that needs Node."""
    if not second_is_here():
        pytest.skip(NOT_HERE)
    with second() as found:
        yield found


@pytest.fixture(params=["models", "node"])
def check(request: pytest.FixtureRequest) -> Check:
    """Each checker in its turn."""
    return by_models if request.param == "models" else request.getfixturevalue("node").faults
