"""Database connections by alias: `p:<key>` and `direct:<key>` made when asked for, `default` the current one.

`django.db.connections` is one object which hundreds of modules have imported by name, so it is its class that
changes: there is no second object that third-party code could miss. Projects are never listed in DATABASES:
Django walks that mapping several times a request (10,000 projects: 70 ms a walk, `storage.md` 1.1); here a walk
sees only what this thread has opened.
"""

import os
from collections.abc import Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import ConnectionHandler, load_backend

from opora.tenancy.aliases import is_project_alias
from opora.tenancy.context import current_alias
from opora.tenancy.placement import database_of

WRAPPERS_KEPT = 256
"""Wrappers (not connections) a thread keeps before it drops the idle ones."""


class ProjectConnections(ConnectionHandler):
    """The connections of this thread, projects included."""

    def _opened(self) -> dict[str, Any]:
        # One dictionary inside Django's thread-critical local: unlike attributes of it, it can be walked.
        try:
            opened: dict[str, Any] = self._connections.opened
        except AttributeError:
            opened = self._connections.opened = {}
        return opened

    def _resolve(self, alias: str) -> str:
        return (current_alias() or alias) if alias == DEFAULT_DB_ALIAS else alias

    def __getitem__(self, alias: str) -> Any:
        alias = self._resolve(alias)
        opened = self._opened()
        if alias not in opened:
            if not is_project_alias(alias) and alias not in self.settings:
                raise self.exception_class(f"The connection '{alias}' doesn't exist.")
            self._drop_idle(opened)
            opened[alias] = self.create_connection(alias)
        return opened[alias]

    def _drop_idle(self, opened: dict[str, Any]) -> None:
        if len(opened) < WRAPPERS_KEPT:
            return
        for alias in [alias for alias, wrapper in opened.items() if wrapper.connection is None]:
            if not opened[alias].in_atomic_block:
                del opened[alias]

    def __setitem__(self, alias: str, connection: Any) -> None:
        self._opened()[self._resolve(alias)] = connection

    def __delitem__(self, alias: str) -> None:
        self._opened().pop(self._resolve(alias), None)

    def __iter__(self) -> Iterator[str]:
        yield from self.settings
        yield from [alias for alias in self._opened() if alias not in self.settings]

    def all(self, initialized_only: bool = False) -> list[Any]:
        """The connections of this thread; without `initialized_only` the static ones are made too."""
        if not initialized_only:
            for alias in self.settings:
                if alias not in self._opened():
                    self._opened()[alias] = self.create_connection(alias)
        return list(self._opened().values())

    def create_connection(self, alias: str) -> Any:
        """A wrapper for an alias; it connects at its first statement."""
        database = self.settings.get(alias) or database_of(alias)
        return load_backend(database["ENGINE"]).DatabaseWrapper(database, alias)

    def release(self, alias: str) -> None:
        """Give back what this thread holds for an alias, unless a transaction is open on it."""
        wrapper = self._opened().get(alias)
        if wrapper is not None and not wrapper.in_atomic_block:
            wrapper.release()


def resolve_projects() -> None:
    """Teach `django.db.connections` about projects; harmless when repeated."""
    if not isinstance(connections, ProjectConnections):
        connections.__class__ = ProjectConnections
        os.register_at_fork(after_in_child=_start_anew)


def _start_anew() -> None:
    # A forked child opens its own connections. The parent's are kept, unused: closing them here would say
    # goodbye to the parent's server.
    _inherited.append(dict(connections._opened()))
    connections._opened().clear()


_inherited: list[object] = []
