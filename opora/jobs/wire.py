"""Rings leave this process by one thread of its own, so that no request waits for the directory.

A crash before a ring is written loses a hint, never a job: the sweep finds jobs without a bell.
"""

import atexit
import logging
import os
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import DatabaseError, close_old_connections

from opora.jobs import doorbell
from opora.jobs.models import Ring
from opora.kit.dates import now
from opora.tenancy import notices

log = logging.getLogger("opora.jobs")

GATHER = 0.01
"""Seconds in which rings are gathered into one write."""
RETRY = 1.0


class Wire:
    """The rings that wait to be written, and the thread that writes them."""

    def __init__(self) -> None:
        self.origin = secrets.token_hex(8)
        self._bells: dict[str, datetime] = {}
        self._rings: list[Ring] = []
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._work = threading.Event()
        self._thread: threading.Thread | None = None

    def bell(self, project: str, due: datetime) -> None:
        """Ask for a worker's visit."""
        with self._lock:
            self._bells[project] = min(due, self._bells.get(project, due))
        self._wake()

    def live(self, project: str, kind: str, changed: Mapping[int, Sequence[Any]]) -> None:
        """Tell other processes what changed."""
        left = [[number, list(traces)] for number, traces in changed.items() if traces]
        ring = Ring(project=project, kind=kind, ids=list(changed), left=left, origin=self.origin, at=now())
        with self._lock:
            self._rings.append(ring)
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="opora-wire", daemon=True)
                self._thread.start()
        self._work.set()

    def _run(self) -> None:
        while self._work.wait():
            time.sleep(GATHER)
            self._work.clear()
            written = self.flush()
            close_old_connections()
            if not written:
                time.sleep(RETRY)
                self._work.set()

    def flush(self) -> bool:
        """Write what waits, now. False when the directory didn't take it: it is kept for the next time."""
        with self._writing:
            with self._lock:
                bells, self._bells = self._bells, {}
                rings, self._rings = self._rings, []
            if not bells and not rings:
                return True
            try:
                Ring.objects.bulk_create(rings)
                rings = []
                for project in list(bells):
                    doorbell.ring(project, bells[project])
                    del bells[project]
                notices.send()
                return True
            except DatabaseError:
                log.warning("rings wait: the directory is busy", exc_info=True)
                self._keep(bells, rings)
                return False

    def _keep(self, bells: dict[str, datetime], rings: list[Ring]) -> None:
        with self._lock:
            for project, due in bells.items():
                self._bells[project] = min(due, self._bells.get(project, due))
            self._rings = (rings + self._rings)[-1000:]


_wire = Wire()


def ring_bell(project: str, due: datetime) -> None:
    """Wake a worker for a project at `due`. Called after the commit."""
    _wire.bell(project, due)


def ring_live(project: str, kind: str, changed: Mapping[int, Sequence[Any]]) -> None:
    """Tell the streams of other processes. Called after the commit."""
    _wire.live(project, kind, changed)


def flush() -> bool:
    """Write the rings of this process now; False when the directory is busy."""
    return _wire.flush()


def origin() -> str:
    """The name under which this process rings."""
    return _wire.origin


def _start_anew() -> None:
    global _wire
    _wire = Wire()


os.register_at_fork(after_in_child=_start_anew)
atexit.register(flush)
