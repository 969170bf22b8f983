"""What do the demonstration's tests look at? One fortnight, played once."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from api.app import create_app
from api.settings.config import Config
from companion.db import db
from nudges.providers.simulator_gateway import SimulatorGateway
from tests.api.demo.played import Played, play
from tests.conftest import Template

Empty = Callable[[], AbstractContextManager[None]]


@pytest.fixture(scope="session")
def empty(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Empty:
    """Opens the context of an app on a new, empty SQLite database."""

    @contextmanager
    def opened() -> Iterator[None]:
        file = Path(tmp_path_factory.mktemp("demo")) / "demo.sqlite3"
        shutil.copy(sqlite_template.empty, file)
        app = create_app(Config(database_url=f"sqlite:///{file}"), SimulatorGateway())
        with app.app_context():
            yield
            db.engine.dispose()

    return opened


@pytest.fixture(scope="session")
def story(empty: Empty) -> Played:
    """The fortnight that `make demo` plays."""
    with empty():
        return play()
