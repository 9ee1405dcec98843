"""Workers: threads that answer bells, and sweep when there is nothing to answer."""

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, close_old_connections

from opora.jobs import doorbell, turns, wire
from opora.jobs.leases import LeaseKeeper
from opora.jobs.models import Ring
from opora.kit.dates import now
from opora.tenancy.notices import Notices

log = logging.getLogger("opora.jobs")

POLL = 0.25
"""Seconds between looks at the bells."""
POLL_WHEN_TOLD = 2.0
"""The same while the database tells of new ones by itself."""
SWEEP_EVERY = timedelta(minutes=5)
FIRST_SWEEP = timedelta(seconds=10)
"""At the start nearly everything is swept: a crash may have lost rings a moment ago."""
SWEEP_LOOK = 20.0
"""Seconds between looks whether some project is due for a sweep."""
RINGS_LIVE = timedelta(minutes=1)
STUMBLE = 1.0


class Worker:
    """One thread's worth of work; `Workers` runs several."""

    def __init__(self, stopping: threading.Event, keeper: LeaseKeeper, rest: Callable[[], None]) -> None:
        self.name = f"{socket.gethostname()[:20]}:{os.getpid()}:{secrets.token_hex(2)}"
        self._stopping = stopping
        self._rest = rest
        self._keeper = keeper

    def run(self) -> None:
        """Work until told to stop. Nothing that goes wrong in a project ends the loop."""
        while not self._stopping.is_set():
            try:
                if not self.answer():
                    close_old_connections()
                    self._rest()
            except Exception:
                log.exception("a worker stumbled")
                close_old_connections()
                self._stopping.wait(STUMBLE)

    def answer(self) -> bool:
        """Visit the project whose bell has been due longest; False when none is."""
        taken = doorbell.take()
        if taken is None:
            return False
        again = now() + timedelta(seconds=5)
        try:
            due = turns.visit(
                taken.project, self.name, is_stopping=self._stopping.is_set, hold=self._keeper.hold
            )
        except LookupError:
            doorbell.drop(taken.project)
            return True
        except Exception:
            doorbell.put_down(taken, again)
            raise
        doorbell.put_down(taken, due)
        return True


class Workers:
    """The workers of a process: `threads` of them, one that keeps leases, one that sweeps."""

    def __init__(self, threads: int, projects: Callable[[], list[str]]) -> None:
        self.stopping = threading.Event()
        self._projects = projects
        self._keeper = LeaseKeeper()
        self._bell = threading.Condition()
        self._is_rung = False
        self._notices = Notices(self._wake)
        self._threads = [
            threading.Thread(
                target=Worker(self.stopping, self._keeper, self._rest).run, name=f"opora-worker-{number}"
            )
            for number in range(threads)
        ]
        self._threads.append(threading.Thread(target=self._sweep, name="opora-sweep"))

    def start(self) -> None:
        """Begin working."""
        self._keeper.start()
        self._notices.start()
        for thread in self._threads:
            thread.start()

    def stop(self, within: float = 30.0) -> bool:
        """Let each worker finish its job or step; True when all did within so many seconds (R13.09)."""
        self.stopping.set()
        self._notices.stop()
        self._wake()
        end = time.monotonic() + within
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        self._keeper.stop()
        wire.flush()
        return not any(thread.is_alive() for thread in self._threads)

    def _rest(self) -> None:
        with self._bell:
            if not self._is_rung and not self.stopping.is_set():
                self._bell.wait(POLL_WHEN_TOLD if self._notices.is_heard else POLL)
            self._is_rung = False

    def _wake(self) -> None:
        with self._bell:
            self._is_rung = True
            self._bell.notify_all()

    def _sweep(self) -> None:
        older_than = FIRST_SWEEP
        while not self.stopping.is_set():
            try:
                sweep_all(self._projects(), self.stopping.is_set, older_than)
                older_than = SWEEP_EVERY
            except Exception:
                log.exception("the sweep stumbled")
            close_old_connections()
            self.stopping.wait(SWEEP_LOOK)


def sweep_all(
    projects: list[str],
    is_stopping: Callable[[], bool] = lambda: False,
    older_than: timedelta = SWEEP_EVERY,
) -> int:
    """Sweep the projects nobody has swept for a while; returns how many. A project that can't be swept waits."""
    swept = 0
    for key in doorbell.unswept(projects, older_than):
        if is_stopping():
            break
        try:
            turns.sweep(key)
            swept += 1
        except (DatabaseError, LookupError):
            log.warning("project %s could not be swept", key, exc_info=True)
    Ring.objects.filter(at__lt=now() - RINGS_LIVE).delete()
    return swept
