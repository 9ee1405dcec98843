"""Running one claimed job: its project is entered, its origin and language are those of whoever asked."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.module_loading import import_string
from django_tasks.base import TaskContext
from django_tasks.utils import normalize_json

from opora.jobs import claims
from opora.jobs.backend import result_of
from opora.jobs.models import Job
from opora.jobs.origin import acting
from opora.jobs.tasks import JobTask
from opora.kit import errors

log = logging.getLogger("opora.jobs")

PASSING = (errors.Busy, errors.RateLimited, errors.Maintenance, errors.StorageFull)
"""Refusals that a later attempt may not meet; every other refusal is final."""


class GiveUp(Exception):
    """Raised by a job that no retry can help: it is dead at once and waits for a person."""


class Pause(BaseException):
    """Ends a turn between two steps: not an error, so `except Exception` in a job can't swallow it."""


class Cancelled(BaseException):
    """Ends a job that a person cancelled, between two steps."""


@dataclass
class Step:
    """What a step tells of itself when its transaction commits."""

    done: int
    total: int | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext(TaskContext):
    """What a long job works with. `pointer` is its own memory, saved with each step: it goes on from there.

    @task(takes_context=True, atomic=False)
    def load(context, import_id):
        rows = read(import_id, start=context.pointer.get("row", 0))
        for chunk in rows:
            with context.step(total=len(rows)) as step:     # one transaction, 500 rows at most
                write(chunk)
                context.pointer["row"] = step.done = chunk.end
    """

    job: Job
    should_pause: Callable[[], bool]

    @property
    def pointer(self) -> dict[str, Any]:
        """Where the job stands; JSON values."""
        pointer: dict[str, Any] = self.job.pointer
        return pointer

    @contextmanager
    def step(self, *, total: int | None = None, message: str = "") -> Iterator[Step]:
        """One transaction of a long job: its effects, the pointer and the progress together (R13.03).

        After it the job may be paused or cancelled, and a lease that was lost undoes the step: the function
        is left then and started again later with the pointer as saved.
        """
        job = self.job
        step = Step(job.done, job.total if total is None else total, message or job.message)
        with transaction.atomic():
            yield step
            job.done, job.total, job.message = step.done, step.total, str(step.message)[:300]
            claims.keep(job, pointer=job.pointer, done=job.done, total=job.total, message=job.message)
        if Job.objects.filter(pk=job.pk, cancel_asked=True).exists():
            raise Cancelled()
        if self.should_pause():
            raise Pause()


def run(job: Job, should_pause: Callable[[], bool] = lambda: False) -> None:
    """Run a claimed job of the current project to its end, to a pause or to its next attempt."""
    with acting(job.actor_id, job.request), translation.override(job.language or None):
        try:
            _attempt(job, should_pause)
        except claims.LeaseLost:
            log.warning("job %s was taken over by another worker", job.pk)
        except Pause:
            _end(claims.put_back, job)
        except Cancelled:
            _end(claims.stop, job)
        except Exception as error:
            log.exception("job %s (%s), attempt %s failed", job.pk, job.task, job.attempts)
            _end(partial(claims.fail, error=_words(error), delay=_delay(job, error)), job)


def _attempt(job: Job, should_pause: Callable[[], bool]) -> None:
    task = _task_of(job)
    if not task.atomic:
        claims.finish(job, _call(task, job, should_pause))
        return
    with transaction.atomic():
        claims.finish(job, _call(task, job, should_pause))


def _task_of(job: Job) -> JobTask[Any, Any]:
    try:
        task = import_string(job.task)
    except ImportError as error:
        raise GiveUp(f"This version has no {job.task}") from error
    if not isinstance(task, JobTask):
        raise GiveUp(f"{job.task} is no job")
    return task


def _call(task: JobTask[Any, Any], job: Job, should_pause: Callable[[], bool]) -> Any:
    if not task.takes_context:
        return normalize_json(task.call(*job.args, **job.kwargs))
    context = JobContext(task_result=result_of(job), job=job, should_pause=should_pause)
    return normalize_json(task.call(context, *job.args, **job.kwargs))


def _end(ending: Callable[[Job], None], job: Job) -> None:
    with suppress(claims.LeaseLost):
        ending(job)


def _words(error: Exception) -> str:
    """What an administrator reads of a failure: no traceback, no values of variables (R1.05)."""
    words = str(error.message) if isinstance(error, errors.Refusal) else str(error)
    return f"{type(error).__name__}: {words}"


def _delay(job: Job, error: Exception) -> float | None:
    is_final = isinstance(error, GiveUp) or (
        isinstance(error, errors.Refusal) and not isinstance(error, PASSING)
    )
    if is_final:
        return None
    with suppress(GiveUp):
        task = _task_of(job)
        return claims.retry_delay(job.attempts, task.backoff, task.backoff_cap)
    return None
