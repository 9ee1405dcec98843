"""Undo: a new, checked action by the one who acted, if nothing has changed since.

An act is called back within an hour, the chunks of a work on many records within a day (ui.md 6).
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opora.kit import ids
from opora.kit.dates import now
from opora.kit.errors import Conflict, Forbidden, NotFound
from opora.people import rights
from opora.records import definitions, rules, sharing, sight
from opora.records.actions import Outcome
from opora.records.fields import Field
from opora.records.kinds import Kind, kinds
from opora.records.operations import Act, closed, opened
from opora.records.work import Work
from opora.timeline.models import Event, Operation

WITHIN = timedelta(hours=1)
MANY_WITHIN = timedelta(days=1)


def undo(act: Act, operation_id: str | int) -> Outcome:
    """Put back what an operation of this person changed.

    Raises `NotFound` for an operation of somebody else, `Forbidden` when it can't be undone or an hour has passed,
    `Conflict` when a record has changed since. A repeat answers like the first time.
    """
    with transaction.atomic():
        done = _own(act, operation_id)
        if now() - done.at > WITHIN and not done.undone_by:
            raise Forbidden(code="too_late", message=_("An hour has passed: this can no longer be undone."))
        return _undone(act, done, None)


def undo_chunk(act: Act, operation_id: str | int) -> tuple[Outcome, list[Any]]:
    """Put back what a chunk of a work on many records changed, except what somebody has changed since.

    Gives the records that were left as they are too. Raises like `undo`, but a day is the limit and nothing clashes.
    """
    left: list[Any] = []
    with transaction.atomic():
        done = _own(act, operation_id)
        if now() - done.at > MANY_WITHIN and not done.undone_by:
            raise Forbidden(code="too_late", message=_("A day has passed: this can no longer be undone."))
        return _undone(act, done, left), left


def _undone(act: Act, done: Operation, left: list[Any] | None) -> Outcome:
    if done.undone_by:
        return Outcome(Operation.objects.get(pk=done.undone_by), is_replay=True)
    operation, __ = opened(act, "undo", {"operation": str(done.id)})
    work = Work(act, operation, event="undone")
    for kind, events in _by_kind(done).items():
        _put_back(work, kind, events, left)
    work.finish("undo")
    _close(operation, done, work)
    return Outcome(operation, work.saved)


def _own(act: Act, operation_id: str | int) -> Operation:
    found = (
        Operation.objects.select_for_update().filter(pk=ids.parse(operation_id), actor_id=act.user_id).first()
    )
    if found is None:
        raise NotFound()
    if not found.can_undo:
        raise Forbidden(code="no_undo", message=_("This can't be undone."))
    return found


def _by_kind(operation: Operation) -> dict[Kind, list[Event]]:
    found: dict[Kind, list[Event]] = {}
    for event in operation.events.order_by("id"):
        found.setdefault(kinds[event.subject_kind], []).append(event)
    return found


def _put_back(work: Work, kind: Kind, events: Sequence[Event], left: list[Any] | None) -> None:
    """Give the records of a kind their old values; what has changed since goes into `left`, or clashes without it."""
    by_id = {event.subject_id: event for event in events}
    records = _records(work, kind, by_id)
    for record in records:
        event = by_id[record.id]
        if record.version != event.subject_version and left is not None:
            left.append(record)
            continue
        if record.version != event.subject_version:
            raise Conflict(
                _("Someone has changed this record since: nothing was undone."), code="changed_since"
            )
        if event.name.endswith((".created", ".received")):
            record.trashed_at, record.trashed_by_id = work.act.at, work.act.user_id
        else:
            restore_values(kind, record, event)
            rules.check_put_back(work, kind, record, event.changes)
            if sharing.CHANGE in event.changes:
                sharing.put(work, kind, record, sharing.loaded(event.changes[sharing.CHANGE][0]))


def _records(work: Work, kind: Kind, by_id: dict[int, Event]) -> list[Any]:
    """The records as they are now; the right is asked after they are put back, since handing over gave it away."""
    records = list(
        kind.model._default_manager.filter(pk__in=by_id).order_by("pk").select_for_update(of=("self",))
    )
    mine = kind.seen_through or any(
        event.name.endswith((".handed_over", ".taken")) for event in by_id.values()
    )
    if not mine and {r.id for r in records} != sight.visible_ids(work.access, kind, by_id):
        raise NotFound()
    if not rights.may(work.access, kind.name, "edit") and not kind.seen_through:
        raise Forbidden("edit")
    return work.enlist(kind, records)


def restore_values(kind: Kind, record: Any, event: Event) -> None:
    """Give a record the old values of an event's changes; a one-time field keeps its value."""
    fields = definitions.current().fields(kind.name)
    columns = {f.attname: f for f in record._meta.concrete_fields}
    for name, (old, __) in event.changes.items():
        if name in columns:
            if not _is_final(fields, name):
                setattr(record, name, columns[name].to_python(old) if old is not None else old)
        elif (own := fields.get(name)) is not None and own.writable and not own.is_one_time:
            own.set(record, own.type.load(old))


def _is_final(fields: dict[str, Field], attname: str) -> bool:
    by_column = {f.column: f for f in fields.values() if f.column}
    field = by_column.get(attname) or by_column.get(attname.removesuffix("_id"))
    return bool(field and field.is_one_time)


def _close(operation: Operation, done: Operation, work: Work) -> None:
    closed(operation, result={"ids": [str(saved.record.id) for saved in work.saved], "undid": str(done.id)})
    done.undone_by = operation.id
    done.save(update_fields=["undone_by"])
