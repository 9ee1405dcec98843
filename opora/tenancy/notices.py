"""A tap on the shoulder between processes: something in the directory is new, look now instead of soon.

PostgreSQL carries it by NOTIFY; whoever waits holds one connection of its own, past the pool, since a pooler in
transaction mode loses LISTEN. With SQLite, or while that connection doesn't work, `is_heard` is false and whoever
waits has to look often.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections

from opora.tenancy import postgres
from opora.tenancy.aliases import DIRECTORY
from opora.tenancy.placement import is_sqlite

log = logging.getLogger("opora.tenancy")

CHANNEL = "opora"
AGAIN = 3.0
"""Seconds before a lost connection is tried again."""


def send() -> None:
    """Tap everybody who waits; nothing on SQLite."""
    if not is_sqlite(settings.DATABASE_ADDRESS):
        with connections[DIRECTORY].cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


class Notices:
    """Waits for taps in a thread and passes them on to `on_tap`, which must be quick."""

    def __init__(self, on_tap: Callable[[], object]) -> None:
        self.is_heard = False
        self._on_tap = on_tap
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to wait; nothing on SQLite."""
        if not is_sqlite(settings.DATABASE_ADDRESS):
            threading.Thread(target=self._run, name="opora-notices", daemon=True).start()

    def stop(self) -> None:
        """Wait no longer."""
        self._stopped.set()
        self.is_heard = False

    def _run(self) -> None:
        server = postgres.Server.parse(settings.DATABASE_ADDRESS)
        while not self._stopped.is_set():
            try:
                with server.admin() as connection:
                    self._listen(connection)
            except psycopg.Error as error:
                log.warning("no notices for now: %s", type(error).__name__)
            self.is_heard = False
            self._stopped.wait(AGAIN)

    def _listen(self, connection: "psycopg.Connection[Any]") -> None:
        connection.execute(f"LISTEN {CHANNEL}")
        # A pooler in transaction mode takes LISTEN and loses it: only a tap that arrives proves the line.
        connection.execute(f"NOTIFY {CHANNEL}")
        while not self._stopped.is_set():
            for _tap in connection.notifies(timeout=1.0, stop_after=1):
                self.is_heard = True
                self._on_tap()
