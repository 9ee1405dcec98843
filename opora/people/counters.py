"""Hot small writes: sign-in and rate counters, and when somebody was last seen.

They stand apart from the project's durable database: a SQLite file at synchronous NORMAL, or an unlogged table beside
the directory on PostgreSQL. They survive a restart, a power cut may take the last seconds, and nothing else depends
on them. Names carry the project's key, so that projects never count together.
"""

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import connections
from django.db.backends.sqlite3 import base

DIRECTORY = "directory"
KEPT_SECONDS = 40 * 24 * 3600
SWEEP_EVERY = 500

TABLE = "CREATE TABLE IF NOT EXISTS {} (name TEXT PRIMARY KEY, {}) WITHOUT ROWID"
COUNT = """
INSERT INTO {counter} (name, hits, until) VALUES ({p}, {p}, {p})
ON CONFLICT (name) DO UPDATE SET
  hits = CASE WHEN {counter}.until <= {p} OR {counter}.until > {p} THEN excluded.hits
              ELSE {counter}.hits + excluded.hits END,
  until = CASE WHEN {counter}.until <= {p} OR {counter}.until > {p} THEN excluded.until ELSE {counter}.until END
RETURNING hits, until
"""
SEEN = """
INSERT INTO {sight} (name, at, address) VALUES ({p}, {p}, {p})
ON CONFLICT (name) DO UPDATE SET at = excluded.at, address = excluded.address
"""


@dataclass(frozen=True)
class Count:
    """How many were counted in the current window and how many seconds of it are left."""

    hits: int
    left: float


@dataclass(frozen=True)
class Sight:
    """When (seconds since the epoch) and from which address somebody was last seen."""

    at: float
    address: str


class Store(Protocol):
    """Where the statements run: `run` commits by itself and returns the rows."""

    mark: str
    counter: str
    sight: str

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run one statement and give its rows."""
        ...


class Counters:
    """Counting and seeing, over either store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = 0

    def count(self, name: str, window: float, hits: int = 1) -> Count:
        """Add to a counter and give the sum; a window that is over starts anew.

        A window that ends later than a whole one from now was made by a clock that ran ahead: it starts anew too.
        """
        now = time.time()
        self._sweep(now)
        until, late = now + window, now + window + 1
        values = (name, hits, until, now, late, now, late)
        found, end = self._run(COUNT, values)[0]
        return Count(max(0, found), max(0.0, end - now))

    def peek(self, name: str) -> Count:
        """The counter as it stands, unchanged."""
        now = time.time()
        rows = self._run("SELECT hits, until FROM {counter} WHERE name = {p} AND until > {p}", (name, now))
        return Count(max(0, rows[0][0]), rows[0][1] - now) if rows else Count(0, 0.0)

    def clear(self, name: str) -> None:
        """Forget a counter."""
        self._run("DELETE FROM {counter} WHERE name = {p}", (name,))

    def forget_all(self) -> None:
        """Start every counter anew, as after a loss of the store."""
        self._run("DELETE FROM {counter}", ())
        self._run("DELETE FROM {sight}", ())

    def see(self, name: str, address: str) -> None:
        """Note that somebody is here now."""
        self._run(SEEN, (name, time.time(), address))

    def seen(self, names: Iterable[str]) -> dict[str, Sight]:
        """When each was last seen; those never seen are left out."""
        wanted = list(names)
        if not wanted:
            return {}
        marks = ", ".join(["{p}"] * len(wanted))
        rows = self._run(f"SELECT name, at, address FROM {{sight}} WHERE name IN ({marks})", wanted)  # noqa: S608
        return {name: Sight(at, address) for name, at, address in rows}

    def _run(self, statement: str, values: Sequence[Any]) -> list[Any]:
        store = self._store
        return store.run(statement.format(p=store.mark, counter=store.counter, sight=store.sight), values)

    def _sweep(self, now: float) -> None:
        self._turn = (self._turn + 1) % SWEEP_EVERY
        if self._turn == 0:
            self._run("DELETE FROM {counter} WHERE until < {p}", (now,))
            self._run("DELETE FROM {sight} WHERE at < {p}", (now - KEPT_SECONDS,))


class SqliteStore:
    """A file of its own, one connection a thread."""

    mark, counter, sight = "?", "counter", "sight"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open = threading.local()

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run one statement and give its rows."""
        return list(self._connection().execute(statement, values))

    def _connection(self) -> Any:
        found = getattr(self._open, "connection", None)
        if found is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            found = self._open.connection = base.Database.connect(  # type: ignore[attr-defined]
                str(self._path), timeout=5, isolation_level=None
            )
            self._path.chmod(0o600)
            found.execute("PRAGMA journal_mode = WAL")
            found.execute("PRAGMA synchronous = NORMAL")
            found.execute(TABLE.format("counter", "hits INTEGER, until REAL"))
            found.execute(TABLE.format("sight", "at REAL, address TEXT"))
        return found


class PostgresStore:
    """Unlogged tables beside the directory: shared by all machines, empty after a crash of the server."""

    mark, counter, sight = "%s", "people_counter", "people_sight"

    def __init__(self) -> None:
        self._made = False

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run one statement and give its rows."""
        with connections[DIRECTORY].cursor() as cursor:
            if not self._made:
                self._make(cursor)
            cursor.execute(statement, values)
            return list(cursor.fetchall()) if cursor.description else []

    def _make(self, cursor: Any) -> None:
        text = "CREATE UNLOGGED TABLE IF NOT EXISTS {} (name text PRIMARY KEY, {})"
        cursor.execute(text.format(self.counter, "hits bigint, until double precision"))
        cursor.execute(text.format(self.sight, "at double precision, address text"))
        self._made = True


@cache
def counters() -> Counters:
    """The counters of this installation."""
    if connections[DIRECTORY].vendor == "postgresql":
        return Counters(PostgresStore())
    return Counters(SqliteStore(Path(settings.DATA) / "counters.sqlite"))
