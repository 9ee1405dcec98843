"""Keeping the leases of running jobs alive while this process lives."""

import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import DatabaseError, close_old_connections

from opora.jobs import claims
from opora.jobs.models import Job
from opora.tenancy.context import project

log = logging.getLogger("opora.jobs")

EVERY = claims.LEASE.total_seconds() / 3
HUNG = 3600.0
"""Seconds without a sign of progress after which a job is believed to hang and is left to another worker."""


@dataclass
class Held:
    """A job in work: its project, and when it last showed progress."""

    key: str
    job: Job
    seen: str = ""
    since: float = field(default_factory=time.monotonic)

    def is_alive(self) -> bool:
        """Whether the job has gone on within `HUNG`."""
        sign = repr((self.job.done, self.job.message, self.job.pointer))
        if sign != self.seen:
            self.seen, self.since = sign, time.monotonic()
        return time.monotonic() - self.since < HUNG


class LeaseKeeper:
    """A thread that renews, three times a lease, what the workers of this process hold."""

    def __init__(self) -> None:
        self._held: dict[int, Held] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="opora-leases", daemon=True)

    def start(self) -> None:
        """Begin renewing."""
        self._thread.start()

    def stop(self) -> None:
        """Stop renewing; what is still held runs out by itself."""
        self._stopped.set()

    def hold(self, key: str, job: Job | None) -> None:
        """The worker of this thread now runs `job` of the project `key`; None when it ended."""
        with self._lock:
            if job is None:
                self._held.pop(threading.get_ident(), None)
            else:
                self._held[threading.get_ident()] = Held(key, job)

    def renew(self) -> None:
        """Renew every lease that is held. A busy database is tried again in time."""
        with self._lock:
            alive = [held for held in self._held.values() if held.is_alive()]
        for held in alive:
            with suppress(claims.LeaseLost, LookupError, DatabaseError), project(held.key):
                claims.keep(held.job)
        close_old_connections()

    def _run(self) -> None:
        while not self._stopped.wait(EVERY):
            self.renew()
