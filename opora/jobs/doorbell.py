"""Bells: which projects have something due. Each change compares with the value seen, so no ring is swallowed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from opora.jobs.models import Bell
from opora.kit.dates import now

TURN = timedelta(seconds=75)
"""A taken bell rings again after this, longer than a lease: the jobs of a worker that died are found then."""


@dataclass(frozen=True)
class Taken:
    """A bell in the hands of one worker; `until` is when it rings again by itself."""

    project: str
    until: datetime


def ring(project: str, due: datetime) -> None:
    """Make a project's bell due no later than `due`."""
    later = Bell.objects.filter(project=project).filter(Q(due__isnull=True) | Q(due__gt=due))
    if later.update(due=due) or Bell.objects.filter(project=project).exists():
        return
    Bell.objects.bulk_create([Bell(project=project, due=due)], ignore_conflicts=True)
    later.update(due=due)  # when another process added the row in between, with a later moment


def take() -> Taken | None:
    """The bell that has been due longest, or None. Two workers never take one ring."""
    while True:
        at = now()
        bell = Bell.objects.filter(due__lte=at).order_by("due").first()
        if bell is None:
            return None
        until = at + TURN
        if Bell.objects.filter(project=bell.project, due=bell.due).update(due=until):
            return Taken(bell.project, until)


def put_down(taken: Taken, due: datetime | None) -> None:
    """End a turn: the bell is due again at `due`, or earlier when it was rung meanwhile."""
    changed = not Bell.objects.filter(project=taken.project, due=taken.until).update(due=due)
    if changed and due is not None:
        ring(taken.project, due)


def drop(project: str) -> None:
    """Forget a project that is gone."""
    Bell.objects.filter(project=project).delete()


def unswept(projects: list[str], older_than: timedelta) -> list[str]:
    """Of these projects, those no sweep has visited for so long, marked as being visited now.

    A visit from the future was written by a wrong clock and doesn't count.
    """
    at = now()
    fresh = Bell.objects.filter(swept_at__gt=at - older_than, swept_at__lte=at + older_than)
    have = set(fresh.values_list("project", flat=True))
    stale = [project for project in projects if project not in have]
    Bell.objects.bulk_create([Bell(project=project) for project in stale], ignore_conflicts=True)
    return [project for project in stale if _mark_swept(project, at - older_than, at)]


def _mark_swept(project: str, before: datetime, at: datetime) -> bool:
    old = Bell.objects.filter(project=project).filter(
        Q(swept_at__isnull=True) | Q(swept_at__lte=before) | Q(swept_at__gt=at + (at - before))
    )
    return bool(old.update(swept_at=at))


def probe() -> None:
    """Take a write lock of the directory and change nothing. Raises `DatabaseError` when that fails."""
    Bell.objects.filter(project="").update(due=None)
