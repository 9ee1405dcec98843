"""An amount with its currency."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.kit.money import MINOR_DIGITS, Money, parse_amount
from opora.kit.text import is_blank
from opora.records.fields.types.base import Asker, FieldType
from opora.records.fields.types.number import ordered
from opora.ui import formats

if TYPE_CHECKING:
    from opora.records.fields.field import Field
    from opora.records.models import Record

DEFAULT_CURRENCY = "RUB"


class Amount(FieldType):
    """Money: compared by its amount. A built-in one stands in two columns, `<column>` and `currency`."""

    name = "money"
    label = _("Amount")
    icon = "coins"
    operators = ("is", "not", "lt", "lte", "gt", "gte", "between", "empty", "filled")
    input = "money"
    align = "right"

    def parse(self, raw: Any, field: "Field") -> Money | None:
        """Money from `{"amount", "currency"}` or from «1 284 000 RUB». Raises `Invalid`."""
        if isinstance(raw, dict):
            amount, currency = str(raw.get("amount") or ""), str(raw.get("currency") or "")
        else:
            amount, currency = self._split("" if raw is None else str(raw))
        if is_blank(amount):
            return None
        currency = (currency or str(field.options.get("currency") or DEFAULT_CURRENCY)).upper()
        if currency not in MINOR_DIGITS:
            raise Invalid({field.name: _("This currency is not in the list.")})
        return Money(parse_amount(amount, currency, field=field.name), currency)

    @staticmethod
    def _split(text: str) -> tuple[str, str]:
        head, __, tail = text.strip().rpartition(" ")
        return (head, tail) if tail.isalpha() and len(tail) == 3 else (text, "")

    def show(self, value: Any, field: "Field") -> str:
        return "" if value is None else formats.money(value.amount, value.currency)

    def edited(self, value: Any, field: "Field") -> str:
        return "" if value is None else format(value.amount.normalize(), "f").replace(".", ",")

    def dump(self, value: Any) -> Any:
        return None if value is None else {"amount": format(value.amount, "f"), "currency": value.currency}

    def load(self, stored: Any) -> Any:
        return None if stored is None else Money(Decimal(stored["amount"]), stored["currency"])

    def key(self, value: Any) -> str | None:
        return None if value is None else ordered(value.amount)

    def get_column(self, record: "Record", column: str) -> Any:
        amount = getattr(record, column)
        currency: str = getattr(record, f"{column}_currency", "") or record.currency  # type: ignore[attr-defined]
        return None if amount is None else Money(amount, currency)

    def set_column(self, record: "Record", column: str, value: Any) -> None:
        setattr(record, column, value.amount if value else None)
        if value:
            record.currency = value.currency  # type: ignore[attr-defined]

    def operand(self, raw: str, field: "Field", asker: Asker) -> Any:
        operand = super().operand(raw, field, asker)
        return operand.amount if isinstance(operand, Money) else operand

    def schema(self, field: "Field") -> dict[str, Any]:
        amount = {"type": "string", "format": "decimal"}
        return {"type": ["object", "null"], "properties": {"amount": amount, "currency": {"type": "string"}}}
