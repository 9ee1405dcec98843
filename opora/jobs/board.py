"""What people do with jobs: see how one stands, cancel it, try it again."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from opora.jobs.backend import ring_at_commit
from opora.jobs.models import Job, State
from opora.jobs.origin import current_origin
from opora.jobs.tasks import JobTask
from opora.kit.dates import now
from opora.kit.errors import NotFound


@dataclass(frozen=True)
class Progress:
    """How far a job is. `total` is None while unknown; `message` is in the language of whoever asked for it."""

    state: State
    done: int
    total: int | None
    message: str
    error: str

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in (State.DONE, State.DEAD, State.CANCELLED)


def ask_once(task: JobTask[Any, Any], key: str, *args: Any, **kwargs: Any) -> Job:
    """The job that this person asked for under `key` before, also when it has ended, else a new one.

    For forms that may be sent twice. Without a key each call is a new job.
    """
    asked = Job.objects.filter(key=key, actor_id=current_origin().actor_id, task=task.module_path)
    found = asked.order_by("-id").first() if key else None
    if found is not None:
        return found
    return Job.objects.get(pk=task.using(key=key).enqueue(*args, **kwargs).id)


def asked_for(job_id: int, *tasks: JobTask[Any, Any]) -> Job:
    """A job of one of these tasks that the person who acts now asked for. Raises `NotFound` for any other."""
    names = [task.module_path for task in tasks]
    found = Job.objects.filter(pk=job_id, actor_id=current_origin().actor_id, task__in=names).first()
    if found is None:
        raise NotFound()
    return found


def progress(job_id: int) -> Progress:
    """How a job of the current project stands. Raises `NotFound`."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        raise NotFound()
    return Progress(State(job.state), job.done, job.total, job.message, job.error)


def cancel(job_id: int) -> bool:
    """Cancel a waiting job, or ask a running one to stop after its step. False when it is over already."""
    waiting = Job.objects.filter(pk=job_id, state=State.READY)
    if waiting.update(state=State.CANCELLED, finished_at=now()):
        return True
    return bool(Job.objects.filter(pk=job_id, state=State.RUNNING).update(cancel_asked=True))


def retry(job_id: int) -> bool:
    """Let a dead or cancelled job run again from where it stopped. False when it isn't one."""
    with transaction.atomic():
        job = Job.objects.filter(pk=job_id, state__in=[State.DEAD, State.CANCELLED]).first()
        if job is None:
            return False
        if job.key and Job.objects.filter(key=job.key, state=State.READY).exists():
            return True
        job.state, job.run_at, job.attempts = State.READY.value, now(), 0
        job.cancel_asked, job.finished_at, job.error = False, None, ""
        job.save()
        ring_at_commit(job)
        return True
