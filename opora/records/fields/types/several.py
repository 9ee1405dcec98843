"""What all types with several values share: their keys stand in `FieldKey`, a row each."""

import re
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from opora.records.fields.types.base import Asker, FieldType
from opora.records.models import FieldKey

if TYPE_CHECKING:
    from opora.records.fields.field import Field
    from opora.records.models import Record


class Several(FieldType):
    """Filters ask whether one of the values has a key."""

    is_multiple = True
    can_sort = False
    operators: ClassVar[tuple[str, ...]] = ("is", "not", "any", "none", "empty", "filled")

    def parts(self, text: str) -> list[str]:
        return [part for part in re.split("[,;]", text) if part]

    def load(self, stored: Any) -> Any:
        return stored or None

    def get_column(self, record: "Record", column: str) -> Any:
        return getattr(record, column) or None

    def set_column(self, record: "Record", column: str, value: Any) -> None:
        setattr(record, column, value or [])

    def where(self, field: "Field", operator: str, raw: str, asker: Asker) -> Q:
        if operator in ("empty", "filled", "is", "not", "any", "none"):
            wanted = (
                []
                if operator in ("empty", "filled")
                else [self.operand(part, field, asker) for part in raw.split(",") if part]
            )
            found = Q(Exists(_keys(field, wanted)))
            return ~found if operator in ("empty", "not", "none") else found
        return super().where(field, operator, raw, asker)

    def is_empty(self, field: "Field", expression: Combinable) -> Q:
        return ~Q(Exists(_keys(field, [])))


def _keys(field: "Field", wanted: list[str]) -> QuerySet[FieldKey]:
    rows = FieldKey.objects.filter(kind=field.kind, field=field.name, record_id=OuterRef("pk"))
    return rows.filter(key__in=wanted) if wanted else rows
