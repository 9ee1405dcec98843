"""The feed of a record: each row passes the visibility of its own subject, each change that of its field."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from opora.kit import phones
from opora.kit.money import Money
from opora.people.access import Access
from opora.records import definitions, sight
from opora.records.fields import Field
from opora.records.fields.types.money import DEFAULT_CURRENCY
from opora.records.kinds import Kind, kinds
from opora.timeline import events
from opora.timeline.events import Ref
from opora.timeline.models import Event

Known = Mapping[Ref, Any] | Callable[[Sequence[Event]], Mapping[Ref, Any]] | None


@dataclass(frozen=True)
class Change:
    """One field's change as a person reads it."""

    field: Field
    old: str
    new: str


@dataclass(frozen=True)
class Row:
    """An event with what a reader may know of it. `record` is its subject as it stands now."""

    event: Event
    kind: Kind
    record: Any
    changes: tuple[Change, ...]


def feed(
    access: Access,
    of: Ref,
    *,
    before: int | None = None,
    limit: int = 30,
    names: Sequence[str] = (),
    known: Known = None,
) -> tuple[list[Row], int | None]:
    """The newest events about a record and what belongs to it, and where to go on (None at the end).

    One query for the events and one for each kind among their subjects; `known` are records that the page
    has read under the same rights, or a function that reads them when it hears which events are shown.
    """
    found = events.feed(of, before=before, limit=limit + 1, names=names)
    shown = found[:limit]
    records = _subjects(access, shown, known(shown) if callable(known) else known or {})
    rows = [row for event in shown if (row := _row(access, event, records)) is not None]
    return rows, (shown[-1].id if len(found) > limit else None)


def _subjects(access: Access, shown: Sequence[Event], known: Mapping[Ref, Any]) -> dict[Ref, Any]:
    wanted: dict[str, set[int]] = {}
    for event in shown:
        if Ref(event.subject_kind, event.subject_id) not in known:
            wanted.setdefault(event.subject_kind, set()).add(event.subject_id)
    found: dict[Ref, Any] = dict(known)
    for name, record_ids in wanted.items():
        if kind := kinds.get(name):
            found |= {Ref(name, record.id): record for record in sight.seen_among(access, kind, record_ids)}
    return found


def _row(access: Access, event: Event, records: dict[Ref, Any]) -> Row | None:
    record = records.get(Ref(event.subject_kind, event.subject_id))
    if record is None:
        return None
    kind = kinds[event.subject_kind]
    return Row(event, kind, record, tuple(changes_shown(access, kind, event, record)))


def changes_shown(access: Access, kind: Kind, event: Event, record: Any = None) -> list[Change]:
    """The changes of an event in fields the person may read, as words, in the order of the fields.

    `record` lends amounts its currency.
    """
    currency = getattr(record, "currency", "")
    readable = definitions.current().readable(access, kind.name)
    by_column = {f.column: f for f in readable.values() if f.column}
    found = []
    for name, (old, new) in event.changes.items():
        field = by_column.get(name) or by_column.get(name.removesuffix("_id")) or readable.get(name)
        if field is not None:
            found.append(Change(field, _words(field, old, currency), _words(field, new, currency)))
    order = list(readable)
    return sorted(found, key=lambda change: order.index(change.field.name))


def _words(field: Field, stored: Any, currency: str) -> str:
    """A stored value as words; an amount stands alone in `changes`, without its currency."""
    if stored in (None, ""):
        return ""
    if field.name == "title" and str(stored)[1:].isdigit() and str(stored).startswith("+"):
        return phones.masked(str(stored))
    if field.column and field.type.name == "money":
        return _plain(field.type.show(Money(Decimal(str(stored)), currency or DEFAULT_CURRENCY), field))
    value = (
        field.type.parse(stored, field)
        if field.column and field.type.name in ("date", "moment")
        else field.type.load(stored)
    )
    return _plain(field.type.show(value, field))


def _plain(shown: Any) -> str:
    """What a field shows, as text: a moment comes as markup that tells its exact time."""
    return shown.striptags() if isinstance(shown, Markup) else str(shown)
