"""What `opora doctor` and `/readyz` ask: checks that apps of any floor register (R13.11)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Min

from opora.jobs.models import Bell, Job, State
from opora.kit.dates import now
from opora.kit.registry import Registry

Level = Literal["fine", "warning", "wrong"]


@dataclass(frozen=True)
class Finding:
    """What a check found: `wrong` means that something does not work."""

    level: Level
    words: str


ProjectCheck = Callable[[], Iterator[Finding]]
checks: Registry[ProjectCheck] = Registry("project check")
"""Checks of one project, run inside it. An app adds its own: `health.checks.add("indexes")(function)`."""

LATE = timedelta(minutes=5)


def overdue_since() -> datetime | None:
    """Since when a bell has been waiting for a worker longer than it should; None when all are answered."""
    oldest: datetime | None = Bell.objects.filter(due__lte=now()).aggregate(at=Min("due"))["at"]
    return oldest if oldest is not None and oldest < now() - LATE else None


@checks.add("jobs")
def check_jobs() -> Iterator[Finding]:
    """Dead jobs, which wait for a person, and jobs that no worker takes."""
    dead = Job.objects.filter(state=State.DEAD)
    count = dead.count()
    if count:
        newest = dead.order_by("-finished_at").values_list("task", "error").first() or ("", "")
        yield Finding("warning", f"{count} failed jobs wait for a person; the last: {newest[0]}: {newest[1]}")
    late = Job.objects.filter(state=State.READY, run_at__lt=now() - LATE).count()
    if late:
        yield Finding("wrong", f"{late} jobs are overdue by more than five minutes: does a worker run?")
