"""Fields that the system fills when a record first enters a stage: a date, a moment, a number (U07, R5.04)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from opora.records import definitions
from opora.records.fields import Field
from opora.records.kinds import kind_of
from opora.records.models import OwnField, Record
from opora.records.steps import entering_stage
from opora.records.work import Work

FILLED = ("date", "moment", "number")
"""The types a field may have that the system fills."""


@entering_stage
def fill(work: Work, records: Sequence[Any]) -> None:
    """Fill the automatic fields of the stage that each record enters; what is filled already stays as it is.

    Numbers are given in the order of fields and records, each once: the field's row is locked until the end of the
    transaction.
    """
    now = definitions.current()
    due: dict[str, list[tuple[Field, Record]]] = {}
    for record in records:
        for field in now.fields(record.kind_name).values():
            is_due = field.auto_at is not None and field.auto_at == record.stage_id
            if is_due and field.get(record) is None and field.name not in kind_of(record).foreign(record):
                due.setdefault(field.name, []).append((field, record))
    for name in sorted(due):
        field = due[name][0][0]
        numbers = _numbers(field, len(due[name])) if field.type.name == "number" else iter(())
        for field, record in due[name]:
            field.set(record, _value(work, field) if field.type.name != "number" else next(numbers))


def _value(work: Work, field: Field) -> Any:
    zone = definitions.current().preferences.zone
    return timezone.localdate(work.act.at, zone) if field.type.name == "date" else work.act.at


def _numbers(field: Field, wanted: int) -> Any:
    """The next numbers of a field, so many; a transaction that fails gives them back."""
    row = OwnField.objects.select_for_update().get(pk=int(field.name.removeprefix("f")))
    first = row.last_number + 1
    row.last_number += wanted
    row.save(update_fields=["last_number"])
    return iter([Decimal(first + offset) for offset in range(wanted)])
