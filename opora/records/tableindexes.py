"""The indexes that every table of records has, whatever its kind."""

from django.db import models
from django.db.models import Q


def record_indexes(name: str, *, stages: bool = False) -> list[models.Index]:
    """The indexes every table of records has; `name` is a short prefix unique in the project.

    Newest first, by responsible, open to everyone, by title and next step; with `stages` also by stage and by
    stage and responsible, for the columns of a board (records/stacks.py). What rights
    test stands behind each order, so that a list finds its page in the index alone (records/walk.py).
    """
    newest = ("-stamp", "-id")
    tested = ("responsible", "access", "trashed_at")
    indexes = [
        models.Index(fields=(*newest, *tested), name=f"{name}_newest"),
        models.Index(fields=("responsible", *newest, "trashed_at"), name=f"{name}_of"),
        models.Index(fields=("access", *newest, "trashed_at"), name=f"{name}_open", condition=~Q(access="")),
        models.Index(fields=newest, name=f"{name}_trashed", condition=Q(trashed_at__isnull=False)),
        models.Index(fields=("title_key", "id", *tested), name=f"{name}_title"),
        models.Index(fields=("next_step_at", "id", *tested), name=f"{name}_next"),
        models.Index(fields=("created_at", "id", *tested), name=f"{name}_created"),
    ]
    if stages:
        indexes += [
            models.Index(fields=("stage", *newest, *tested), name=f"{name}_stage"),
            models.Index(fields=("stage", "responsible", *newest, "trashed_at"), name=f"{name}_stage_of"),
        ]
    return indexes
