"""Loading many records at once: set-wise, without events, with everything true that is derived from them.

For data that has no past here (a measurement, a copy from another system): what happened to a record before is not
told. All that actions keep beside a record (keys, search rows, sums, counters) is made by the same functions.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction

from opora.kit.dates import now
from opora.people.access import Access
from opora.records import definitions, steps
from opora.records.kinds import Kind
from opora.records.operations import Act
from opora.records.work import Saved, Work, next_stamp
from opora.tenancy import rowwriting
from opora.timeline.models import Operation

BATCH = 10_000
"""Records in one transaction: the sums of a batch are written cell by cell, so few large batches are quick."""


def load(kind: Kind, records: Iterable[Any], *, by: int | None = None, at: datetime | None = None) -> int:
    """Write new records of a kind, a transaction for each ten thousand; returns how many there were.

    `records` are unsaved instances whose fields were set through `Field.set`, so that their folded keys go with them;
    `by` is who made them, `at` when. The rules of fields are not asked: whoever loads has checked its data.
    """
    act = Act(Access.console(), via="import", at=at or now(), is_trusted=True)
    number = 0
    with definitions.looked_up_once():
        for batch in _batches(records):
            with transaction.atomic():
                _write(kind, batch, act, by)
            number += len(batch)
    return number


def _write(kind: Kind, batch: list[Any], act: Act, by: int | None) -> None:
    stamp = next_stamp(kind.model, act)
    for offset, record in enumerate(batch):
        record.refresh_title()
        record.stamp = stamp + offset
        record.created_at = record.updated_at = act.at
        record.created_by_id = record.updated_by_id = by
        if kind.has_stages and record.stage_id and record.stage_since is None:
            record.stage_since = act.at
    rowwriting.insert(batch)
    work = Work(act, Operation(action=f"{kind.name}.load", at=act.at))
    steps.run_derived(work, kind.name, [Saved(kind, record, None, {}) for record in batch])


def _batches(records: Iterable[Any]) -> Iterator[list[Any]]:
    waiting = iter(records)
    while batch := list(islice(waiting, BATCH)):
        yield batch
