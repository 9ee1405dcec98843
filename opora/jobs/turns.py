"""A worker's visit to one project, short enough that the others needn't wait (R17.03)."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from opora.jobs import claims, doorbell, running, schedules
from opora.jobs.models import Job
from opora.jobs.origin import acting
from opora.kit.dates import now
from opora.tenancy.context import find_project, project
from opora.tenancy.directory import ACTIVE

TURN_JOBS = 50
TURN_SECONDS = 2.0
CLOSED = timedelta(seconds=5)
"""After this a project in maintenance is looked at again."""


def visit(
    key: str,
    worker: str,
    *,
    is_stopping: Callable[[], bool] = lambda: False,
    hold: Callable[[str, Job | None], None] = lambda key, job: None,
    jobs: int = TURN_JOBS,
    seconds: float = TURN_SECONDS,
) -> datetime | None:
    """Do the due work of a project, at most `jobs` of them or `seconds` long.

    `hold` is told which job runs, so that its lease is renewed. Returns when to come again (now when work is
    left), None for never. Raises `LookupError` for an unknown project.
    """
    end = time.monotonic() + seconds

    def is_over() -> bool:
        return is_stopping() or time.monotonic() >= end or not is_open(key)

    with project(key), acting(None):
        if not is_open(key):
            return now() + CLOSED
        claims.expire()
        schedules.start_due()
        for _ in range(jobs):
            if is_over() or not _do_one(key, worker, is_over, hold):
                break
        return claims.next_due()


def is_open(key: str) -> bool:
    """Whether a project may be worked in: not while it is migrated or restored."""
    found = find_project(key=key)
    return found is not None and found.status == ACTIVE


def _do_one(
    key: str, worker: str, is_over: Callable[[], bool], hold: Callable[[str, Job | None], None]
) -> bool:
    job = claims.claim(worker)
    if job is None:
        return False
    hold(key, job)
    try:
        running.run(job, is_over)
    finally:
        hold(key, None)
    return True


def sweep(key: str) -> None:
    """Find what has no bell: leases of dead workers, jobs whose ring was lost, schedules; tidy what has ended."""
    with project(key):
        if not is_open(key):
            return
        schedules.give_rows()
        schedules.mend_clock()
        claims.mend_clock()
        claims.expire()
        while claims.forget_ended():
            pass
        due = claims.next_due()
    if due is not None:
        doorbell.ring(key, due)


def drain(key: str) -> int:
    """Do everything that is due in a project now, in this thread; returns how many jobs. For commands and tests."""
    done = 0
    with project(key), acting(None):
        while (job := claims.claim("drain")) is not None:
            running.run(job)
            done += 1
    return done
