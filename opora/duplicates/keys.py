"""The keys by which duplicates are found, kept beside every record that has them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q

from opora.contacts.manifest import CONTACT
from opora.duplicates.models import DuplicateKey
from opora.duplicates.names import key_of
from opora.jobs import schedules
from opora.jobs.running import JobContext
from opora.jobs.tasks import task
from opora.kit.text import digits, fold
from opora.records import definitions
from opora.records.fields import Field
from opora.records.kinds import Kind
from opora.records.steps import derived_from
from opora.records.work import Saved, Work
from opora.tenancy import rowwriting

PHONE, EMAIL, NAME = "phone", "email", "name"
KINDS = {CONTACT.name: CONTACT}
"""The kinds whose duplicates are looked for."""
BATCH = 500
EVERY = 120
"""Seconds between two looks at fresh keys."""
PHONE_DIGITS = 10
"""Numbers are compared by their last digits, however their country was written."""

Keys = set[tuple[str, str]]


def keys_of(kind: Kind, record: Any) -> Keys:
    """The keys of a record: phones, e-mails, name, and the own fields that are to find duplicates."""
    fields = definitions.current().fields(kind.name)
    return keys_in({name: field.get(record) for name, field in fields.items()}, fields, record.title)


def keys_in(values: Mapping[str, Any], fields: Mapping[str, Field], name: str) -> Keys:
    """The keys of these values of fields, under a name."""
    found: Keys = set()
    for field_name, value in values.items():
        field = fields[field_name]
        if value is None:
            continue
        if field.type.name == "phone":
            found |= {(PHONE, digits(item["value"])[-PHONE_DIGITS:]) for item in value}
        elif field.type.name == "email":
            found |= {(EMAIL, fold(item["value"])[:200]) for item in value}
        elif finds(field):
            found.add((field_name, str(field.type.key(value))[:200]))
    if key := key_of(name):
        found.add((NAME, key))
    return {(sort, key) for sort, key in found if key}


def finds(field: Field) -> bool:
    """Whether a project looks for duplicates by this own field."""
    return field.is_own and bool(field.options.get("finds_duplicates"))


@derived_from(CONTACT.name)
def refresh(work: Work, saved: Sequence[Saved]) -> None:
    """Bring the keys of written records up to date: one statement for new ones, two for others."""
    kind = saved[0].kind if saved else None
    if kind is None:
        return
    new = [each.record for each in saved if each.is_new]
    old = [each.record for each in saved if not each.is_new and _touched(kind, each)]
    rows = [row for record in new for row in _rows(kind, record, keys_of(kind, record))]
    if old:
        rows += _renewed(kind, old)
    rowwriting.insert(rows)


def _touched(kind: Kind, saved: Saved) -> bool:
    fields = definitions.current().fields(kind.name).values()
    about = {f.column or f.name for f in fields if f.type.name in ("phone", "email") or finds(f)} | {"title"}
    return bool(about & {*saved.changes}) or any("name" in name for name in saved.changes)


def _renewed(kind: Kind, records: Sequence[Any]) -> list[DuplicateKey]:
    """The rows these records lack; those they should have no more are deleted."""
    standing: dict[int, dict[tuple[str, str], int]] = {record.id: {} for record in records}
    for row in DuplicateKey.objects.filter(record_id__in=list(standing)):
        standing[row.record_id][row.sort, row.key] = row.id
    gone: list[int] = []
    rows: list[DuplicateKey] = []
    for record in records:
        wanted, have = keys_of(kind, record), standing[record.id]
        gone += [number for key, number in have.items() if key not in wanted]
        rows += _rows(kind, record, wanted - have.keys())
    if gone:
        DuplicateKey.objects.filter(pk__in=gone).delete()
    return rows


def _rows(kind: Kind, record: Any, keys: Iterable[tuple[str, str]]) -> Iterator[DuplicateKey]:
    for sort, key in sorted(keys):
        yield DuplicateKey(kind=kind.name, sort=sort, key=key, record_id=record.id)


@task(takes_context=True, atomic=False)
def look(context: JobContext) -> None:
    """The job that finds which fresh keys others have too, a batch at a time. Repeatable."""
    while True:
        with context.step() as step:
            number = look_at_some()
            step.done += number
        if not number:
            return


def look_at_some() -> int:
    """Mark the shared ones among some fresh keys; returns how many were looked at."""
    fresh = list(DuplicateKey.objects.filter(is_fresh=True).order_by("id")[:BATCH])
    by_sort: dict[tuple[str, str], list[DuplicateKey]] = {}
    for row in fresh:
        by_sort.setdefault((row.kind, row.sort), []).append(row)
    for (kind, sort), rows in by_sort.items():
        _mark(kind, sort, rows)
    DuplicateKey.objects.filter(pk__in=[row.pk for row in fresh]).update(is_fresh=False)
    return len(fresh)


def _mark(kind: str, sort: str, rows: Sequence[DuplicateKey]) -> None:
    same = DuplicateKey.objects.filter(kind=kind, sort=sort, key__in={row.key for row in rows})
    holders: dict[str, set[int]] = {}
    for key, number in same.values_list("key", "record_id"):
        holders.setdefault(key, set()).add(number)
    shared = [key for key, records in holders.items() if len(records) > 1]
    if shared:
        same.filter(key__in=shared, is_shared=False).update(is_shared=True)


@task(takes_context=True, atomic=False)
def rebuild(context: JobContext) -> None:
    """The job that makes all keys anew: after an upgrade, or when another field is to find duplicates. Repeatable."""
    for kind in KINDS.values():
        rows = kind.model._default_manager.order_by("pk")
        while True:
            with context.step() as step:
                batch = list(rows.filter(pk__gt=context.pointer.get(kind.name, 0))[:BATCH])
                rowwriting.insert(_renewed(kind, batch))
                if batch:
                    context.pointer[kind.name] = batch[-1].pk
                step.done += len(batch)
            if not batch:
                break
    look.enqueue()


def any_of(keys: Iterable[tuple[str, str]]) -> Q:
    """The condition on `DuplicateKey` that a row has one of these keys."""
    by_sort: dict[str, list[str]] = {}
    for sort, key in keys:
        by_sort.setdefault(sort, []).append(key)
    found = Q(pk__in=[])
    for sort, among in sorted(by_sort.items()):
        found |= Q(sort=sort, key__in=sorted(among))
    return found


schedules.every("duplicates.look", look, EVERY)
