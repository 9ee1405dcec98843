"""A named list that higher floors fill and lower floors read."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Things by name, in the order they were registered.

    A lower floor owns the registry and asks it; the apps above register when they are loaded.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._things: dict[str, T] = {}

    def register(self, name: str, thing: T) -> T:
        """Add a thing. Raises `ValueError` when the name is taken by another one."""
        if name in self._things and self._things[name] is not thing:
            raise ValueError(f"{self._what} {name!r} is registered twice")
        self._things[name] = thing
        return thing

    def add(self, name: str) -> Callable[[T], T]:
        """The decorator form of `register`."""
        return lambda thing: self.register(name, thing)

    def __getitem__(self, name: str) -> T:
        return self._things[name]

    def get(self, name: str) -> T | None:
        """The thing of that name, or None."""
        return self._things.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._things

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._things.values()))

    def items(self) -> list[tuple[str, T]]:
        """Names and things, in order."""
        return list(self._things.items())

    def __len__(self) -> int:
        return len(self._things)
