"""Repeating jobs: a row of each project says when the next one is due, a turn turns it into a job."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils.module_loading import import_string

from opora.jobs.models import Schedule
from opora.jobs.tasks import JobTask
from opora.kit.dates import moment, now
from opora.kit.registry import Registry


@dataclass(frozen=True)
class Repeat:
    """What every project repeats: `task` either every so many seconds or daily at a local time."""

    task: JobTask[Any, Any]
    every: int | None = None
    daily: time | None = None
    zone: str = "UTC"
    kwargs: Mapping[str, Any] = field(default_factory=dict)


repeats: Registry[Repeat] = Registry("repeating job")
"""Filled by apps when they are loaded; the sweep gives each project its rows."""


def every(name: str, task: JobTask[Any, Any], seconds: int) -> None:
    """Let every project run `task` each `seconds`."""
    repeats.register(name, Repeat(task, every=seconds))


def daily(name: str, task: JobTask[Any, Any], at: time, zone: str = "UTC") -> None:
    """Let every project run `task` once a day at a local time of `zone`; a project may change its row."""
    repeats.register(name, Repeat(task, daily=at, zone=zone))


def give_rows() -> int:
    """Add to the current project the schedules it lacks; returns how many."""
    have = set(Schedule.objects.values_list("name", flat=True))
    missing = [_row(name, repeat) for name, repeat in repeats.items() if name not in have]
    Schedule.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def _row(name: str, repeat: Repeat) -> Schedule:
    row = Schedule(
        name=name,
        task=repeat.task.module_path,
        kwargs=dict(repeat.kwargs),
        every=repeat.every,
        daily=repeat.daily,
        zone=repeat.zone,
    )
    row.next_at = following(row, now())
    return row


def start_due() -> int:
    """Ask for the job of each schedule that is due; returns how many. One that was missed runs once, not often."""
    at, started = now(), 0
    for row in Schedule.objects.filter(is_paused=False, next_at__lte=at):
        with transaction.atomic():
            seen = Schedule.objects.filter(name=row.name, next_at=row.next_at)
            if seen.update(next_at=following(row, at)):
                task: JobTask[Any, Any] = import_string(row.task)
                task.using(key=f"schedule:{row.name}").enqueue(**row.kwargs)
                started += 1
    return started


def mend_clock() -> int:
    """Bring back schedules that a wrong clock threw into the far future (R14.03); returns how many."""
    at, mended = now(), 0
    for row in Schedule.objects.filter(next_at__gt=at + timedelta(days=2)):
        latest = following(row, at)
        if row.next_at > latest:
            mended += Schedule.objects.filter(name=row.name, next_at=row.next_at).update(next_at=latest)
    return mended


def following(row: Schedule, after: datetime) -> datetime:
    """The next moment of a schedule later than `after`, in UTC.

    A local time that the clock skips moves forward, a repeated one counts once (R14.02).
    """
    if row.daily is None:
        return after + timedelta(seconds=row.every or 3600)
    zone = _zone(row.zone)
    day = after.astimezone(zone).date()
    while (found := moment(day, row.daily, zone)) <= after:
        day += timedelta(days=1)
    return found.astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
