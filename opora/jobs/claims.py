"""Who works on which job: claims by a conditional update under a lease, and the four ways a claim ends (R13.01).

Everything here runs inside the current project. A claim is named by `Job.locked_by`, new at every attempt, so
a worker whose lease ran out can't end a job that another has taken over.
"""

import random
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Min, Q, QuerySet

from opora.jobs.models import Job, Schedule, State
from opora.kit.dates import now

LEASE = timedelta(seconds=60)
AHEAD = timedelta(minutes=2)
"""How far the clocks of two machines may stand apart."""
LONGEST_PAUSE = timedelta(days=1)
KEPT = timedelta(days=1)
"""How long ended jobs stay readable; dead ones stay until a person retries or forgets them."""
ERROR_LENGTH = 2000


class LeaseLost(Exception):
    """The job was taken over by another worker, or cancelled: what was done in this transaction is undone."""


def claim(worker: str) -> Job | None:
    """Take the most urgent due job for a worker, or None when nothing is due."""
    while True:
        at = now()
        job = _due(at).order_by("-priority", "run_at", "id").first()
        if job is None:
            return None
        taken = {
            "state": State.RUNNING,
            "locked_by": f"{worker}:{secrets.token_hex(6)}",
            "locked_until": at + LEASE,
            "attempts": job.attempts + 1,
            "started_at": at,
        }
        if _due(at).filter(pk=job.pk).update(**taken):
            for name, value in taken.items():
                setattr(job, name, value)
            return job


def _due(at: datetime) -> QuerySet[Job]:
    """Jobs that may start: ready, due, and none of the same key running."""
    return _free().filter(run_at__lte=at)


def _free() -> QuerySet[Job]:
    """Jobs that wait for nothing but their time: whoever runs the other job of a key comes for the next one."""
    busy = Job.objects.filter(state=State.RUNNING).exclude(key="").values("key")
    return Job.objects.filter(Q(key="") | ~Q(key__in=busy), state=State.READY)


def keep(job: Job, **changes: Any) -> None:
    """Renew the lease of a running job and write `changes` to its row. Raises `LeaseLost`."""
    _change(job, locked_until=now() + LEASE, **changes)


def finish(job: Job, result: Any = None) -> None:
    """End a job well; belongs into the transaction of its effects. Raises `LeaseLost`."""
    _change(job, state=State.DONE, finished_at=now(), locked_until=None, result=result, error="")


def fail(job: Job, error: str, *, delay: float | None) -> None:
    """End an attempt badly: again after `delay` seconds, or dead when None or too often tried. Raises `LeaseLost`."""
    at, words = now(), error[:ERROR_LENGTH]
    if delay is None or job.attempts >= job.max_attempts:
        _change(job, state=State.DEAD, finished_at=at, locked_until=None, error=words)
    else:
        _wait_again(job, run_at=at + timedelta(seconds=delay), error=words)


def stop(job: Job) -> None:
    """End a running job that a person cancelled. Raises `LeaseLost`."""
    _change(job, state=State.CANCELLED, finished_at=now(), locked_until=None)


def put_back(job: Job) -> None:
    """Let a paused job go on at the next turn; the pause is no attempt. Raises `LeaseLost`."""
    _wait_again(job, run_at=now(), attempts=job.attempts - 1)


def _wait_again(job: Job, **changes: Any) -> None:
    try:
        with transaction.atomic():
            _change(job, state=State.READY, locked_until=None, **changes)
    except IntegrityError:
        # Another job of this key waits already and will do the same work.
        _change(job, state=State.DONE, finished_at=now(), locked_until=None)


def _change(job: Job, **changes: Any) -> None:
    held = Job.objects.filter(pk=job.pk, state=State.RUNNING, locked_by=job.locked_by)
    if not held.update(**changes):
        raise LeaseLost(job.pk)


def retry_delay(attempts: int, base: float, cap: float) -> float:
    """Seconds before the next attempt: `base * 2^n` up to `cap`, and up to a quarter more so that jobs spread."""
    delay = min(base * 2.0 ** min(attempts - 1, 30), cap)
    return delay * (1 + random.random() / 4)


def expire() -> int:
    """Give the jobs of dead workers to others; returns how many. An attempt that killed its worker counts.

    A lease that ends unbelievably late was written while the clock was wrong: it has expired too (R14.03).
    """
    at = now()
    lost = Job.objects.filter(state=State.RUNNING).filter(
        Q(locked_until__lte=at) | Q(locked_until__gt=at + 2 * LEASE)
    )
    freed = 0
    for job in lost:
        with suppress(LeaseLost):
            fail(job, "The worker stopped in the middle.", delay=0)
            freed += 1
    return freed


def next_due() -> datetime | None:
    """When a worker should look at the current project again: a job, a lease that may run out, a schedule."""
    moments = [
        _free().aggregate(at=Min("run_at"))["at"],
        Job.objects.filter(state=State.RUNNING).aggregate(at=Min("locked_until"))["at"],
        Schedule.objects.filter(is_paused=False).aggregate(at=Min("next_at"))["at"],
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def mend_clock() -> int:
    """Bring back jobs that a wrong clock threw into the future (R14.03); returns how many.

    Seen by a birth in the future, or by a retry later than any pause between attempts may be.
    """
    at, mended = now(), 0
    born_ahead, retried = Q(created_at__gt=at + AHEAD), Q(attempts__gt=0, run_at__gt=at + LONGEST_PAUSE)
    for job in Job.objects.filter(born_ahead | retried, state=State.READY):
        is_born_ahead = job.created_at > at + AHEAD
        wanted = at + max(job.run_at - job.created_at, timedelta(0)) if is_born_ahead else at
        same = Job.objects.filter(pk=job.pk, state=State.READY, run_at=job.run_at)
        mended += same.update(run_at=wanted, created_at=min(job.created_at, at))
    return mended


def forget_ended(limit: int = 1000) -> int:
    """Remove up to `limit` jobs that ended well longer ago than `KEPT`; returns how many."""
    old = Job.objects.filter(state__in=[State.DONE, State.CANCELLED], finished_at__lt=now() - KEPT)
    return Job.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]
