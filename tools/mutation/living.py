"""Putting a mutant into modules that are already loaded, so that a fork needs no start of its own.

Whoever imported a function keeps the same object: its code is replaced, not the object. A module variable is replaced
wherever it was imported under its name.
"""

import gc
import sys
from functools import _lru_cache_wrapper
from types import FunctionType, ModuleType
from typing import Any

from tools.mutation.mutants import Mutant


def put_in(mutant: Mutant) -> None:
    """Change the loaded module into the mutant. Raises whatever the mutant raises when it is imported."""
    module = sys.modules[mutant.module]
    fresh: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__}
    exec(mutant.code, fresh)  # noqa: S102 - our own source, changed at one place
    owner, _dot, name = mutant.place.rpartition(".")
    old = _held(vars(module), owner)[name]
    new = _held(fresh, owner)[name]
    if isinstance(old, type):
        _take_over(vars(old)["__init__"], vars(new)["__init__"])
    elif isinstance(_bare(old), FunctionType):
        _take_over(_bare(old), _bare(new))
    else:
        _replace(name, old, new)


def made_once() -> list[Any]:
    """The caches of the product's functions that are loaded now."""
    found = [one for one in gc.get_objects() if type(one) is _lru_cache_wrapper]
    return [one for one in found if str(one.__module__).startswith("opora.")]


def _held(names: dict[str, Any], owner: str) -> Any:
    return vars(names[owner]) if owner else names


def _bare(found: Any) -> Any:
    """The function under `property`, `classmethod` and `lru_cache`."""
    if isinstance(found, property):
        return found.fget
    found = getattr(found, "__func__", found)
    return getattr(found, "__wrapped__", found)


def _take_over(old: Any, new: Any) -> None:
    if old.__code__.co_freevars == new.__code__.co_freevars:
        old.__code__ = new.__code__
    old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__


def _replace(name: str, old: Any, new: Any) -> None:
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType) and vars(module).get(name) is old:
            setattr(module, name, new)
