"""Modules that are loaded when first used: the one exception to imports standing at the top of the file.

For packages that only some processes need. A start that loads all of them takes several times as long, and twice the
memory. The tests of the house count `name = lazy("package")` as an import of that package.
"""

from importlib import import_module
from types import ModuleType
from typing import Any


class _Lazy(ModuleType):
    """Stands for a module and loads it when one of its names is asked for, in whatever thread asks."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


def lazy(name: str) -> Any:
    """The module of that dotted name, loaded when one of its attributes is first read.

    A name that is not installed raises ImportError then, not here.
    """
    return _Lazy(name)
