"""Which steps does a worker take, and what happens to it at one of them? Found by watching, not listed by hand.

A step is the moment before or after a database commit or a call of the provider, named by the product's function
that asked for it.
"""

import inspect
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

Reach = Callable[[str], None]
PRODUCT = ("nudges.", "companion.use_cases.", "companion.records.", "api.")


class Watched:
    """A gateway whose every call is two steps: before it, and after it."""

    def __init__(self, gateway: Any, reach: Reach) -> None:
        self._gateway = gateway
        self._reach = reach
        self._wrapped: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._gateway, name)
        if not callable(found):
            return found
        if name not in self._wrapped:
            self._wrapped[name] = _around(name, found, self._reach)
        return self._wrapped[name]


def watch_commits(engine: Engine, reach: Reach) -> None:
    """Make every commit of this engine two steps."""
    commit = engine.dialect.do_commit

    def watched(connection: Any) -> None:
        where = _asker()
        reach(f"before commit in {where}")
        commit(connection)
        reach(f"after commit in {where}")

    setattr(engine.dialect, "do_commit", watched)  # noqa: B010 (an attribute of this one object, not of the class)


class Path:
    """Counts the steps of one beat, and calls `obey` at the `nth` time that `step` is reached."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.step, self.nth = "", 0
        self.obey: Callable[[], None] = lambda: None

    def begin(self, step: str, nth: int, obey: Callable[[], None]) -> None:
        """A new beat, and what is to happen in it; an empty `step` for nothing."""
        self.seen.clear()
        self.step, self.nth, self.obey = step, nth, obey

    def reach(self, step: str) -> None:
        """The worker stands at this step."""
        self.seen[step] += 1
        if step == self.step and self.seen[step] == self.nth:
            self.obey()


def _around(name: str, call: Callable[..., Any], reach: Reach) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(call):

        async def later(*args: Any, **named: Any) -> Any:
            reach(f"before {name}")
            try:
                return await call(*args, **named)
            finally:
                reach(f"after {name}")

        return later

    def now(*args: Any, **named: Any) -> Any:
        reach(f"before {name}")
        try:
            return call(*args, **named)
        finally:
            reach(f"after {name}")

    return now


def _asker() -> str:
    """The product's function that this commit is for, such as `outbox._claim`."""
    frame = sys._getframe(2)
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith(PRODUCT):
            return f"{module.rpartition('.')[2]}.{frame.f_code.co_name}"
        if frame.f_back is None:
            break
        frame = frame.f_back
    return "somewhere else"
