"""Whose value each field takes when records are put together, and what comes out (R5.01, R5.03, R5.05)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opora.people.access import Access
from opora.people.switches import PHONE_EDIT
from opora.records import definitions, rules
from opora.records.fields import Field
from opora.records.kinds import Kind

KEPT_APART = ("title", "responsible", "stage", "created_at", "updated_at", "next_step_at")
"""Fields that are not simply copied: the system makes them, or a verb of their own changes them."""


@dataclass(frozen=True)
class Row:
    """One field of the comparison: the value of each record, whose is taken, and why nobody is asked."""

    field: Field
    values: Sequence[Any]
    chosen: int | None
    is_open: bool
    why: str = ""

    @property
    def is_same(self) -> bool:
        """Whether all records that have a value have one and the same."""
        filled = [value for value in self.values if not rules.is_empty(value)]
        return all(value == filled[0] for value in filled)

    @property
    def is_empty(self) -> bool:
        """Whether no record has a value."""
        return all(rules.is_empty(value) for value in self.values)


def rows(
    access: Access, kind: Kind, records: Sequence[Any], target: Any, take: Mapping[str, str]
) -> list[Row]:
    """The comparison of records, the target among them, over the fields that the person may read."""
    readable = definitions.current().readable(access, kind.name).values()
    fields = [f for f in readable if f.name not in KEPT_APART and (f.section or f.is_hidden)]
    return [row(access, field, records, target, take) for field in fields]


def row(access: Access, field: Field, records: Sequence[Any], target: Any, take: Mapping[str, str]) -> Row:
    """One field: several values are joined, a value that is final stays, all else is chosen."""
    values = [field.get(record) for record in records]
    own = field.get(target)
    filled = [record.id for record in records if not rules.is_empty(field.get(record))]
    usual = target.id if not rules.is_empty(own) or not filled else filled[0]
    if field.type.is_multiple:
        locked = field.type.name == "phone" and not access.has(PHONE_EDIT.name) and not rules.is_empty(own)
        return Row(field, values, target.id if locked else None, False, "locked" if locked else "joined")
    if field.is_one_time or not field.writable:
        return Row(field, values, usual, False, "final")
    wanted = next((record.id for record in records if str(record.id) == take.get(field.name)), usual)
    return Row(field, values, wanted, True)


def joined(field: Field, records: Sequence[Any]) -> list[Any]:
    """The values of all records, each once, the target's first."""
    found: dict[str, Any] = {}
    for record in records:
        for item in field.get(record) or ():
            mark = str(item.get("value") if isinstance(item, dict) and "value" in item else item)
            found.setdefault(mark.casefold(), item)
    return list(found.values())


def outcome(row: Row, records: Sequence[Any], target: Any) -> Any:
    """The value that the target will have."""
    if row.chosen is None:
        return joined(row.field, [target, *[r for r in records if r.id != target.id]]) or None
    return next(row.field.get(record) for record in records if record.id == row.chosen)
