"""Own fields that are deleted or whose type changed: their values stay for 90 days and can be brought back (R5.09).

A change of type puts a new field into the place of the old one; the old one keeps its values untouched beside it, and
those that can be read as the new type are copied. A daily job forgets what is older than 90 days.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from opora.jobs import schedules
from opora.jobs.running import JobContext
from opora.jobs.tasks import task
from opora.kit.dates import now
from opora.kit.errors import Invalid, NotFound
from opora.people.access import Access
from opora.records import definitions, indexes, keys
from opora.records.fields import Field
from opora.records.fields.field import OwnValue
from opora.records.fieldsettings import MOST_FIELDS, drafted, own_field
from opora.records.kinds import Kind, kinds
from opora.records.models import FieldKey, OwnField, SavedView
from opora.records.settings_log import note
from opora.timeline.events import Ref

KEPT_FOR = timedelta(days=90)
AT_ONCE = 2000
"""So many values are converted while one waits; more of them by a job."""
BATCH = 500
SAMPLES = 5


@dataclass(frozen=True)
class Census:
    """How many values a field holds, how many of them can't be read as another type, and a few of those."""

    total: int
    failing: int
    samples: tuple[str, ...]


def delete_field(access: Access, field_id: int) -> OwnField:
    """Take a field out of cards, filters and columns; its values stay for 90 days. Raises `NotFound`."""
    with transaction.atomic():
        field = own_field(field_id, locked=True)
        _take_away(field, None)
        note(access, "field.deleted", Ref("field", field.id), {"label": [field.label, None]})
        indexes.reconcile_later.enqueue()
    return field


def _take_away(field: OwnField, successor: OwnField | None) -> None:
    field.deleted_at = now()
    field.replaced_by = successor.id if successor else None
    field.save(update_fields=["deleted_at", "replaced_by"])


def kept_of(kind: Kind) -> list[OwnField]:
    """The fields of a kind that can be brought back, the latest first."""
    rows = OwnField.objects.filter(kind=kind.name, deleted_at__gt=now() - KEPT_FOR)
    return list(rows.order_by("-deleted_at"))


def until(field: OwnField) -> datetime:
    """When the values of a deleted field are forgotten."""
    return (field.deleted_at or now()) + KEPT_FOR


def bring_back(access: Access, field_id: int) -> OwnField:
    """Put a deleted field back with all its values; one that took its place steps aside and is kept in turn.

    Raises `NotFound` when it is not kept, `Invalid` when there is no room for it.
    """
    with transaction.atomic():
        rows = OwnField.objects.select_for_update().filter(deleted_at__gt=now() - KEPT_FOR)
        field = rows.filter(pk=field_id).first()
        if field is None:
            raise NotFound()
        successor = OwnField.objects.filter(pk=field.replaced_by or 0, deleted_at=None).first()
        if successor is not None:
            field.section_id, field.position = successor.section_id, successor.position
            _take_away(successor, field)
            _rename_in_views(field.kind, successor.name, field.name)
        elif OwnField.objects.filter(kind=field.kind, deleted_at=None).count() >= MOST_FIELDS:
            raise Invalid({"label": _("A kind has at most 200 own fields.")})
        field.deleted_at, field.replaced_by = None, None
        field.save()
        note(access, "field.restored", Ref("field", field.id), {"label": [None, field.label]})
        indexes.reconcile_later.enqueue()
    return field


def census(field: OwnField, successor: OwnField) -> Census:
    """What becomes of a field's values as those of another type; equal values are read once."""
    kind, as_field = kinds[field.kind], definitions.current().as_field
    old, new = as_field(field, kind), as_field(successor, kind)
    total, failing, samples = 0, 0, []
    for stored, number in _distinct(kind, old.name):
        total += number
        value = old.type.load(stored)
        if value is not None and converted(old, new, value) is None:
            failing += number
            samples.append(as_words(old, value))
    return Census(total, failing, tuple(samples[:SAMPLES]))


def _distinct(kind: Kind, name: str) -> Iterator[tuple[Any, int]]:
    """The different values that stand in a field, as stored, and how many records hold each."""
    rows = _holding(kind, name).annotate(stored=OwnValue(name)).values("stored").order_by("stored")
    for row in rows.annotate(number=Count("pk")).iterator(chunk_size=2000):
        yield json.loads(row["stored"]), row["number"]


def _holding(kind: Kind, name: str) -> Any:
    return kind.model._default_manager.filter(IsNull(OwnValue(name), False))


def as_words(field: Field, value: Any) -> str:
    """A value as text that other types can read: names for people and options, plain digits for numbers."""
    if field.type.name in ("selector", "multi_selector", "user", "money", "checkbox"):
        return field.type.show(value, field)
    return field.type.edited(value, field)


def converted(old: Field, new: Field, value: Any) -> Any:
    """A value of one field as a value of another; None when it can't be read so."""
    words = as_words(old, value)
    if old.type.name == "money" and new.type.name == "number":
        words = old.type.edited(value, old)
    if old.type.name == "moment" and new.type.name == "date":
        words = words.partition(" ")[0]
    try:
        return new.type.parse(words, new)
    except Invalid:
        return None


def successor_of(field: OwnField, sent: Mapping[str, str]) -> OwnField:
    """The field of another type that a form wants in the place of this one, not saved. Raises `Invalid`."""
    successor = drafted(kinds[field.kind], sent)
    if successor.section_id == field.section_id:
        successor.position = field.position
    return successor


def change_type(access: Access, field_id: int, sent: Mapping[str, str]) -> OwnField:
    """Put a field of another type into the place of this one, with the values that it can read; returns the new field.

    The old field is kept with all its values. Raises `NotFound`, `Invalid`.
    """
    with transaction.atomic():
        field = own_field(field_id, locked=True)
        successor = successor_of(field, sent)
        successor.save(force_insert=True)
        _take_away(field, successor)
        _rename_in_views(field.kind, field.name, successor.name)
        changes = {"type": [field.type, successor.type], "label": [field.label, successor.label]}
        note(access, "field.type_changed", Ref("field", successor.id), changes)
        indexes.reconcile_later.enqueue()
        if _holding(kinds[field.kind], field.name)[:AT_ONCE].count() < AT_ONCE:
            for _number in _copying(field, successor, 0):
                pass
        else:
            copy_values.using(key=f"field:{field.id}").enqueue(field.id, successor.id)
    return successor


def _rename_in_views(kind: str, old: str, new: str) -> None:
    """Saved views show the field that took the place; a condition on the old values means nothing any more."""
    for view in SavedView.objects.select_for_update().filter(kind=kind):
        query = dict(view.query)
        query["cols"] = [new if name == old else name for name in query.get("cols", ())]
        query["f"] = [text for text in query.get("f", ()) if not text.startswith(f"{old}.")]
        if str(query.get("sort", "")).removeprefix("-") == old:
            query.pop("sort")
        kept = {name: value for name, value in query.items() if value}
        if kept != view.query:
            view.query = kept
            view.save(update_fields=["query"])


@task(takes_context=True, atomic=False)
def copy_values(context: JobContext, field_id: int, successor_id: int) -> None:
    """The job that converts many values, batch by batch. Repeatable: what somebody has filled meanwhile stays."""
    rows = {row.id: row for row in OwnField.objects.filter(pk__in=[field_id, successor_id])}
    if len(rows) != 2 or rows[successor_id].deleted_at is not None:
        return
    while True:
        with context.step() as step:
            reached = next(
                _copying(rows[field_id], rows[successor_id], context.pointer.get("after", 0)), None
            )
            if reached is not None:
                context.pointer["after"] = reached
                step.done += BATCH
        if reached is None:
            return


def _copying(field: OwnField, successor: OwnField, after: int) -> Iterator[int]:
    """Copy values in the order of records' ids, a batch at a time; gives the last id of each batch."""
    kind, as_field = kinds[field.kind], definitions.current().as_field
    old, new = as_field(field, kind), as_field(successor, kind)
    while True:
        rows = _holding(kind, old.name).filter(pk__gt=after).order_by("pk").select_for_update(of=("self",))
        batch = list(rows[:BATCH])
        if not batch:
            return
        changed = [record for record in batch if _copy(old, new, record)]
        kind.model._default_manager.bulk_update(changed, ["values", "keys"], batch_size=200)
        if new.type.is_multiple:
            FieldKey.objects.bulk_create(
                row for record in changed for row in keys.rows(kind.name, new, record)
            )
        after = batch[-1].pk
        yield after


def _copy(old: Field, new: Field, record: Any) -> bool:
    value = converted(old, new, old.get(record)) if new.get(record) is None else None
    if value is not None:
        new.set(record, value)
    return value is not None


@task(takes_context=True, atomic=False)
def forget(context: JobContext) -> None:
    """The daily job that forgets fields deleted more than 90 days ago, with their values. Repeatable."""
    for field in OwnField.objects.filter(deleted_at__lte=now() - KEPT_FOR):
        kind = kinds.get(field.kind)
        while kind is not None:
            with context.step() as step:
                number = _forget_batch(kind, field.name)
                step.done += number
            if not number:
                break
        with context.step():
            FieldKey.objects.filter(kind=field.kind, field=field.name).delete()
            field.delete()


def _forget_batch(kind: Kind, name: str) -> int:
    batch = list(_holding(kind, name).order_by("pk").select_for_update(of=("self",))[:BATCH])
    for record in batch:
        record.values.pop(name, None)
        record.keys.pop(name, None)
    kind.model._default_manager.bulk_update(batch, ["values", "keys"], batch_size=200)
    return len(batch)


schedules.daily("fields.forget", forget, time(3, 40))
