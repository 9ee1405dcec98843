"""Taking records out of every list and bringing them back: by a verb of the kind, and by a stage (N20)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from opora.records import definitions, places, steps
from opora.records.kinds import kind_of
from opora.records.work import Work

MILLISECOND = 1000
"""Microseconds: events keep moments no finer, and undo takes them from there."""


def put_aside(record: Any, at: datetime, by: int | None) -> None:
    """Take a record out of every list; one that is aside already stays as it is."""
    if not record.is_aside:
        record.aside_at = at.replace(microsecond=at.microsecond // MILLISECOND * MILLISECOND)
        record.trashed_at, record.trashed_by_id = record.aside_at, by


def bring_back(record: Any) -> None:
    """Let a record that was aside stand in the lists again."""
    if record.is_aside:
        record.trashed_at = record.trashed_by_id = None
    record.aside_at = None


def keep_apart(record: Any) -> None:
    """Tell the trash from being aside when both happened in the same moment."""
    if record.is_aside:
        record.trashed_at += timedelta(microseconds=MILLISECOND)


@steps.entering_stage
def by_stage(work: Work, records: Sequence[Any]) -> None:
    """A stage may take records out of the lists; entering any other brings them back, on every road (N20)."""
    stages = definitions.current().stages
    for record in records:
        if not places.can_leave(kind_of(record)) or record.is_trashed:
            continue
        stage = stages.get(record.stage_id or 0)
        if stage is not None and stage.takes_out:
            put_aside(record, work.act.at, work.act.user_id)
        else:
            bring_back(record)
