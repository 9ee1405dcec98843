"""The backend behind Django's Tasks interface: a job is a row in the transaction that is open."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.utils import normalize_json

from opora.jobs import wire
from opora.jobs.models import Job, State
from opora.jobs.origin import current_origin
from opora.jobs.tasks import JobTask
from opora.kit import ids
from opora.kit.dates import now
from opora.kit.errors import NotFound
from opora.tenancy.context import require_project

STATUS = {
    State.READY: TaskResultStatus.READY,
    State.RUNNING: TaskResultStatus.RUNNING,
    State.DONE: TaskResultStatus.SUCCESSFUL,
    State.DEAD: TaskResultStatus.FAILED,
    State.CANCELLED: TaskResultStatus.FAILED,
}


class JobBackend(BaseTaskBackend):
    """`TASKS = {"default": {"BACKEND": "opora.jobs.backend.JobBackend"}}`."""

    task_class = JobTask
    supports_defer = True
    supports_get_result = True
    supports_priority = True

    def enqueue(
        self, task: Task[Any, Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> TaskResult[Any]:
        """Write the job's row and ring when the transaction commits. Raises `OutsideProject`."""
        self.validate_task(task)
        return result_of(write_job(task, normalize_json(args), normalize_json(kwargs)))

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """How a job of the current project stands. Raises `TaskResultDoesNotExist`."""
        try:
            return result_of(Job.objects.get(pk=ids.parse(result_id)))
        except (Job.DoesNotExist, NotFound) as error:
            raise TaskResultDoesNotExist(result_id) from error


def write_job(task: Task[Any, Any], args: list[Any], kwargs: dict[str, Any]) -> Job:
    """The row of a task; the one that already waits when its key has one, brought forward if asked earlier."""
    job = _new_job(task, args, kwargs)
    with transaction.atomic():
        waiting = _waiting(job.key) or _insert(job)
        if waiting is not None and waiting.run_at > job.run_at:
            Job.objects.filter(pk=waiting.pk).update(run_at=job.run_at)
            waiting.run_at = job.run_at
        ring_at_commit(waiting or job)
    return waiting or job


def ring_at_commit(job: Job) -> None:
    """Wake a worker for a job once the open transaction has committed."""
    transaction.on_commit(partial(wire.ring_bell, require_project().key, job.run_at))


def _new_job(task: Task[Any, Any], args: list[Any], kwargs: dict[str, Any]) -> Job:
    origin, at = current_origin(), now()
    return Job(
        task=task.module_path,
        args=args,
        kwargs=kwargs,
        priority=task.priority,
        key=getattr(task, "key", ""),
        run_at=task.run_after or at,
        max_attempts=getattr(task, "max_attempts", 12),
        actor_id=origin.actor_id,
        request=origin.request,
        language=translation.get_language() or "",
        created_at=at,
    )


def _waiting(key: str) -> Job | None:
    """The job that waits under a key, locked: a worker can't start it before what we are writing is visible."""
    return Job.objects.select_for_update().filter(key=key, state=State.READY).first() if key else None


def _insert(job: Job) -> Job | None:
    """Add the row; None when done, else the job of the same key that another transaction added meanwhile."""
    while True:
        try:
            with transaction.atomic():
                job.save(force_insert=True)
            return None
        except IntegrityError:
            waiting = _waiting(job.key)
            if waiting is not None:
                return waiting
            # It was claimed between the two statements: now there is room for ours.


def result_of(job: Job) -> TaskResult[Any]:
    """A job's row in the words of Django's Tasks interface."""
    result: TaskResult[Any] = TaskResult(
        task=import_string(job.task),
        id=str(job.pk),
        status=STATUS[State(job.state)],
        enqueued_at=job.created_at,
        started_at=job.started_at,
        last_attempted_at=job.started_at,
        finished_at=job.finished_at,
        args=job.args,
        kwargs=job.kwargs,
        backend="default",
        errors=[TaskError(exception_class_path="builtins.Exception", traceback=job.error)]
        if job.error
        else [],
        worker_ids=[job.locked_by] * job.attempts,
    )
    object.__setattr__(result, "_return_value", job.result)
    return result
