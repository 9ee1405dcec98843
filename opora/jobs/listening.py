"""Hearing what other processes rang: rows of the directory, read while somebody has a stream open here."""

import asyncio
import logging
from concurrent.futures import Executor
from contextlib import suppress

from django.db import DatabaseError, close_old_connections

from opora.jobs import wire
from opora.jobs.hub import Hub
from opora.jobs.models import Ring
from opora.tenancy.notices import Notices

log = logging.getLogger("opora.jobs")

POLL = 0.25
POLL_WHEN_TOLD = 2.0
"""Seconds between looks while the database tells of new rings by itself."""
ATTENTIVE_WITHIN = 3.0
"""Seconds a stream waits, when it opens, for the first look at the rings."""
LOOK_BACK = 500
"""Numbers are given before the commit, so a smaller one may appear later: that far back it is still found."""


class Ear:
    """Reads the rings of other processes, each once."""

    def __init__(self) -> None:
        self._highest: int | None = None
        self._heard: set[int] = set()

    def hear(self, projects: list[str]) -> list[Ring]:
        """The rings of these projects that came since the last time; what came before the first is old."""
        try:
            return [ring for ring in self._new() if ring.project in projects and ring.origin != wire.origin()]
        finally:
            close_old_connections()

    def _new(self) -> list[Ring]:
        if self._highest is None:
            self._heard = set(Ring.objects.order_by("-id").values_list("id", flat=True)[:LOOK_BACK])
            self._highest = max(self._heard, default=0)
            return []
        rows = Ring.objects.filter(id__gt=self._highest - LOOK_BACK).order_by("id")
        new = [ring for ring in rows if ring.id not in self._heard]
        self._highest = max([self._highest, *(ring.id for ring in new)])
        floor = self._highest - LOOK_BACK
        self._heard = {number for number in self._heard if number > floor} | {ring.id for ring in new}
        return new


class Listening:
    """Passes on what other processes ring, for as long as this one lives; asks nothing while no stream is open."""

    def __init__(self, hub: Hub, pool: Executor) -> None:
        self._hub = hub
        self._pool = pool
        self._tapped = asyncio.Event()
        self._listens = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._notices = Notices(self._tap)

    def _tap(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: the server stops
            self._loop.call_soon_threadsafe(self._tapped.set)

    async def attentive(self) -> None:
        """Return when nothing that is rung from now on will be missed, or when waiting longer is no use."""
        self._tapped.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._listens.wait(), ATTENTIVE_WITHIN)

    async def run(self) -> None:
        """Listen until cancelled."""
        ear = None
        self._notices.start()
        try:
            while True:
                self._tapped.clear()
                projects = self._hub.projects()
                if not projects:
                    ear = None
                    self._listens.clear()
                elif await self._hear(ear := ear or Ear(), projects):
                    self._listens.set()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._tapped.wait(), self._pause(ear))
        finally:
            self._notices.stop()

    def _pause(self, ear: Ear | None) -> float:
        return POLL_WHEN_TOLD if ear is None or self._notices.is_heard else POLL

    async def _hear(self, ear: Ear, projects: list[str]) -> bool:
        try:
            rings = await self._loop.run_in_executor(self._pool, ear.hear, projects)
        except DatabaseError:
            log.warning("the directory could not be read", exc_info=True)
            return False
        for ring in rings:
            self._hub.publish(ring.project, ring.kind, ring.changed())
        return True
