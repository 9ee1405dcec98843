"""Jobs and schedules stand in the project, written in the transaction that causes them (R13.01); bells and rings
stand in the directory and are hints only: losing one costs time, never work.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from opora.kit.ids import new_id
from opora.tenancy.rows import DirectoryRow


class State(models.TextChoices):
    """Where a job stands. `dead` waits for a person: it is read and retried by hand."""

    READY = "ready", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    DEAD = "dead", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Job(models.Model):
    """One piece of work that follows a change.

    `key` makes a repeat harmless: while a job with that key waits, another is not added, and two of one key
    never run together. `pointer` is where a chunked job goes on after a pause or a crash. `locked_by` names
    the claim, so that a worker that lost its lease can't finish what another has taken over.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    task = models.CharField(max_length=200)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    priority = models.SmallIntegerField(default=0)
    key = models.CharField(max_length=160, blank=True, default="")

    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    run_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    max_attempts = models.SmallIntegerField(default=12)
    locked_until = models.DateTimeField(null=True)
    locked_by = models.CharField(max_length=64, blank=True, default="")

    actor_id = models.BigIntegerField(null=True)
    request = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(max_length=8, blank=True, default="")

    done = models.IntegerField(default=0)
    total = models.IntegerField(null=True)
    message = models.CharField(max_length=300, blank=True, default="")
    pointer = models.JSONField(default=dict)
    cancel_asked = models.BooleanField(default=False)

    result = models.JSONField(null=True)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["-priority", "run_at", "id"],
                name="job_next",
                condition=models.Q(state=State.READY.value),
            ),
            models.Index(fields=["run_at"], name="job_run_at", condition=models.Q(state=State.READY.value)),
            models.Index(
                fields=["locked_until"], name="job_lease", condition=models.Q(state=State.RUNNING.value)
            ),
            models.Index(
                fields=["state", "finished_at"],
                name="job_ended",
                condition=models.Q(finished_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                name="job_one_waiting",
                condition=models.Q(state=State.READY.value) & ~models.Q(key=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.state}"


class Schedule(models.Model):
    """A repeating job of this project: either `every` so many seconds or `daily` at a local time of `zone`."""

    name = models.CharField(max_length=120, primary_key=True)
    task = models.CharField(max_length=200)
    kwargs = models.JSONField(default=dict)
    every = models.PositiveIntegerField(null=True)
    daily = models.TimeField(null=True)
    zone = models.CharField(max_length=64, default="UTC")
    next_at = models.DateTimeField()
    is_paused = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="schedule_next")]


class Bell(DirectoryRow, models.Model):
    """When a project next has something for a worker to do; `due` is None while nothing is known to be due.

    Whoever changes `due` does it by comparing with the value seen, so a ring during a turn is never swallowed.
    """

    project = models.CharField(max_length=64, primary_key=True)
    due = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due"], name="bell_due", condition=models.Q(due__isnull=False)),
            models.Index(fields=["swept_at"], name="bell_swept"),
        ]


class Ring(DirectoryRow, models.Model):
    """That records of a kind changed, for the streams of other processes. Rows live for about a minute.

    `left` holds `[id, traces]` of records that may have left somebody's sight: how they could be reached before.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    ids = models.JSONField()
    left = models.JSONField(default=list, db_default=[])
    origin = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="ring_at")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.project}"

    def changed(self) -> dict[int, list[Any]]:
        """The ids of the changed records, each with its traces."""
        return {number: [] for number in self.ids} | dict(self.left)
