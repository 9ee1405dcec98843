"""What a field type knows: parse, check, show, compare, sort, describe. One class a type."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from django.db.models import Q, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
    Lookup,
)
from django.utils.functional import Promise

from opora.kit.errors import Invalid
from opora.timeline.events import Ref

if TYPE_CHECKING:
    from opora.records.fields.field import Field
    from opora.records.models import Record

COMPARE: dict[str, type[Lookup]] = {
    "is": Exact,
    "lt": LessThan,
    "lte": LessThanOrEqual,
    "gt": GreaterThan,
    "gte": GreaterThanOrEqual,
}


@dataclass(frozen=True)
class Asker:
    """Who filters, and when: what «я» and «сегодня» mean in a condition."""

    user_id: int | None
    today: date
    zone: ZoneInfo


class FieldType:
    """The base of all field types.

    A *value* is what Python code works with (`Decimal`, `date`, a list); `dump` and `load` bring it to and from
    the JSON of own fields; `key` is its folded text, ordered like the values, the same on both databases.
    """

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    icon: ClassVar[str] = "forms"
    is_multiple: ClassVar[bool] = False
    is_for_own: ClassVar[bool] = True
    can_sort: ClassVar[bool] = True
    operators: ClassVar[tuple[str, ...]] = ("is", "not", "empty", "filled")
    input: ClassVar[str] = "text"
    align: ClassVar[str] = ""

    def parse(self, raw: Any, field: "Field") -> Any:
        """The value that a form, API or import sent, or None when it is empty. Raises `Invalid` for `field.name`."""
        raise NotImplementedError

    def show(self, value: Any, field: "Field") -> str:
        """The value as a person reads it; an empty string for none."""
        return "" if value is None else str(value)

    def edited(self, value: Any, field: "Field") -> str:
        """The value as it stands in its input."""
        return self.show(value, field)

    def dump(self, value: Any) -> Any:
        """The value as JSON."""
        return value

    def parts(self, text: str) -> list[str]:
        """The values in one text: several where the type holds several."""
        return [text]

    def load(self, stored: Any) -> Any:
        """The value from its JSON."""
        return stored

    def key(self, value: Any) -> str | None:
        """The folded text that the value is compared and sorted by."""
        return None if value is None else str(value)

    def all_keys(self, value: Any) -> list[str]:
        """The keys of a field with several values."""
        return []

    def get_column(self, record: "Record", column: str) -> Any:
        """The value of a built-in field; an empty text is none."""
        value = getattr(record, column)
        return None if value == "" else value

    def set_column(self, record: "Record", column: str, value: Any) -> None:
        """Put a value into a built-in column."""
        is_text = (
            record._meta.get_field(column).empty_strings_allowed and not record._meta.get_field(column).null
        )
        setattr(record, column, "" if value is None and is_text else value)

    def api(self, value: Any) -> Any:
        """The value in the API's JSON."""
        return self.dump(value)

    def refs(self, value: Any, field: "Field") -> list[Ref]:
        """The records that a value names: their titles are shown to who sees them, and to nobody else."""
        return []

    def api_seen(self, value: Any, field: "Field", seen: set[Ref]) -> Any:
        """The value in the API's JSON for a reader who sees, of the records it names, only `seen`."""
        return self.api(value)

    def schema(self, field: "Field") -> dict[str, Any]:
        """The JSON schema of the value in the API."""
        return {"type": ["string", "null"]}

    def operand(self, raw: str, field: "Field", asker: Asker) -> Any:
        """What a condition compares with: the key of an own field, the column's own value of a built-in one."""
        value = self.parse(raw, field)
        if value is None:
            raise Invalid({field.name: "required"}, code="bad_condition")
        return self.key(value) if field.is_own or field.key_column else value

    def where(self, field: "Field", operator: str, raw: str, asker: Asker) -> Q:
        """The condition `field operator raw`, with missing values where a person expects them (`not` takes them in).

        Raises `Invalid` for an operator this type does not know or a value it can't read.
        """
        if operator not in self.operators:
            raise Invalid({field.name: operator}, code="unknown_operator")
        expression = field.expression()
        if operator == "empty":
            return self.is_empty(field, expression)
        if operator == "filled":
            return ~self.is_empty(field, expression)
        if operator in ("any", "none"):
            return self._among(field, operator, raw, asker, expression)
        if operator == "between":
            low, __, high = raw.partition("..")
            return self.where(field, "gte", low, asker) & self.where(field, "lte", high, asker)
        if operator == "not":
            return Q(IsNull(expression, True)) | ~Q(self._exact(expression, self.operand(raw, field, asker)))
        return Q(COMPARE[operator](expression, Value(self.operand(raw, field, asker))))

    def is_empty(self, field: "Field", expression: Combinable) -> Q:
        """The condition that nothing is stored."""
        return Q(IsNull(expression, True))

    def _among(self, field: "Field", operator: str, raw: str, asker: Asker, expression: Combinable) -> Q:
        operands = [self.operand(part, field, asker) for part in raw.split(",") if part]
        if not operands:
            raise Invalid({field.name: "required"}, code="bad_condition")
        found = Q(In(expression, operands))
        return found if operator == "any" else Q(IsNull(expression, True)) | ~found

    @staticmethod
    def _exact(expression: Combinable, operand: Any) -> Lookup:
        return Exact(expression, Value(operand))
