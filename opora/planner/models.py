"""A task: something to be done by a day or a moment, about a card or about nothing (O12, N23)."""

from django.db import models
from django.db.models import Q

from opora.records.models import Record, record_indexes


class Task(Record):
    """Something to be done. `about_*` names the card it was set on, `root_*` the card at the top of that chain.

    `due_at` is a moment; `is_all_day` says that only its day in the project's zone was meant.
    """

    about_kind = models.CharField(max_length=40, blank=True)
    about_id = models.BigIntegerField(null=True, blank=True)
    root_kind = models.CharField(max_length=40, blank=True)
    root_id = models.BigIntegerField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    is_all_day = models.BooleanField(default=True)
    done_at = models.DateTimeField(null=True, blank=True)
    category = models.CharField(max_length=60, blank=True)
    description = models.TextField(blank=True)

    class Meta:
        indexes = [
            *record_indexes("task"),
            models.Index(
                fields=("responsible", "due_at", "id"), name="task_todo_of", condition=Q(done_at=None)
            ),
            models.Index(fields=("due_at", "id"), name="task_todo", condition=Q(done_at=None)),
            models.Index(fields=("about_kind", "about_id"), name="task_about"),
            models.Index(fields=("root_kind", "root_id"), name="task_root"),
        ]

    @property
    def is_done(self) -> bool:
        """Whether the task is closed."""
        return self.done_at is not None
