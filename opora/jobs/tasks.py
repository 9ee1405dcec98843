"""Declaring a job: Django's Tasks interface, with what our rows can do besides.

@task()
def announce(deal_id: int) -> None: ...

announce.enqueue(deal.id)                      # a row in the transaction that is open
announce.using(key=f"announce:{deal.id}").enqueue(deal.id)
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ParamSpec, Self, TypeVar

from django_tasks.base import Task

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTask(Task[P, T]):
    """A function that can be asked for as a job.

    `atomic`: the function and the end of its row are one transaction, so its effects in the database happen
    exactly once. A function that speaks to the network or takes longer than a moment is not atomic: it takes
    the context and works in steps (R12.06). A failure is retried after `backoff * 2^n` seconds, at most
    `backoff_cap`, up to `max_attempts` times. `key`: see `Job.key`.
    """

    atomic: bool = True
    max_attempts: int = 12
    backoff: float = 5.0
    backoff_cap: float = 3600.0
    key: str = ""

    def using(
        self,
        *,
        priority: int | None = None,
        queue_name: str | None = None,
        run_after: datetime | None = None,
        backend: str | None = None,
        key: str | None = None,
    ) -> Self:
        """The same task with another priority (-100 to 100), start (`run_after`, aware) or key."""
        asked: dict[str, Any] = {
            "priority": priority,
            "queue_name": queue_name,
            "run_after": run_after,
            "backend": backend,
            "key": key,
        }
        return replace(self, **{name: value for name, value in asked.items() if value is not None})


def task(
    *,
    priority: int = 0,
    takes_context: bool = False,
    atomic: bool = True,
    max_attempts: int = 12,
    backoff: float = 5.0,
    backoff_cap: float = 3600.0,
) -> Callable[[Callable[..., T]], JobTask[Any, T]]:
    """Make a module-level function a job. With `takes_context` its first argument, named `context`, is a
    `opora.jobs.running.JobContext`. Raises `InvalidTaskError` for a function that can't be one.
    """

    def declare(function: Callable[..., T]) -> JobTask[Any, T]:
        return JobTask(
            func=function,
            priority=priority,
            takes_context=takes_context,
            atomic=atomic,
            max_attempts=max_attempts,
            backoff=backoff,
            backoff_cap=backoff_cap,
        )

    return declare
