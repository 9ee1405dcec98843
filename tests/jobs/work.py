"""Jobs the tests ask for. Their effects are counted in paused schedule rows: one row a name, `every` counts."""

import os
import time
from typing import Any

from django.db.models import F
from django.utils import translation

from opora.jobs.models import Schedule
from opora.jobs.origin import current_origin
from opora.jobs.running import GiveUp, JobContext
from opora.jobs.tasks import task
from opora.kit.dates import now
from opora.kit.errors import Busy, NotFound


def count(name: str) -> None:
    """Add one to a count of the current project."""
    if not Schedule.objects.filter(name=name).update(every=F("every") + 1):
        Schedule.objects.create(name=name, task="-", every=1, next_at=now(), is_paused=True)


def counted() -> dict[str, int | None]:
    """All counts of the current project."""
    return dict(Schedule.objects.filter(is_paused=True).values_list("name", "every"))


@task()
def effect(name: str) -> str:
    count(name)
    return name


@task()
def told(name: str) -> list[Any]:
    return [name, current_origin().actor_id, current_origin().request, translation.get_language()]


@task(max_attempts=3, backoff=10)
def failing(name: str) -> None:
    count(name)
    raise RuntimeError("the roof leaks")


@task()
def hopeless() -> None:
    raise GiveUp("no such thing")


@task()
def refused() -> None:
    raise NotFound()


@task()
def busy() -> None:
    raise Busy()


@task(takes_context=True, atomic=False)
def load(context: JobContext, rows: int) -> int:
    """Counts `rows` rows, one a step."""
    while (row := context.pointer.get("row", 0)) < rows:
        with context.step(total=rows, message=f"row {row}") as step:
            count(f"row:{row}")
            context.pointer["row"] = step.done = row + 1
    return rows


@task(takes_context=True, atomic=False)
def slow_load(context: JobContext, rows: int) -> None:
    """The same, 20 ms a row, and dying once in the middle when told to."""
    while (row := context.pointer.get("row", 0)) < rows:
        with context.step(total=rows):
            count(f"row:{row}")
            context.pointer["row"] = row + 1
        time.sleep(0.02)


@task()
def deadly() -> None:
    os._exit(9)
