"""Numbers, exact on both databases."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.kit.money import parse_number
from opora.kit.text import is_blank
from opora.records.fields.types.base import FieldType
from opora.ui import formats

if TYPE_CHECKING:
    from opora.records.fields.field import Field
    from opora.records.models import Record

WHOLE, FRACTION = 15, 6
_NINES = str.maketrans("0123456789", "9876543210")


def ordered(number: Decimal) -> str:
    """The number as text that sorts like numbers do: sign, 15 whole and 6 fractional digits.

    Negative numbers carry the nine's complement, so a larger magnitude sorts first.
    """
    scaled = int(abs(number).scaleb(FRACTION).to_integral_value())
    text = f"{scaled:0{WHOLE + FRACTION}d}"
    return "1" + text if number >= 0 else "0" + text.translate(_NINES)


class Number(FieldType):
    """A decimal number with up to 15 whole and 6 fractional digits."""

    name = "number"
    label = _("Number")
    icon = "number-123"
    operators = ("is", "not", "lt", "lte", "gt", "gte", "between", "empty", "filled")
    input = "number"
    align = "right"

    def parse(self, raw: Any, field: "Field") -> Decimal | None:
        """The number, or None. Raises `Invalid` for NaN, exponents and too many digits (R7.13)."""
        if raw is None or is_blank(raw):
            return None
        number = parse_number(str(raw), field=field.name, digits=int(field.options.get("digits", FRACTION)))
        least, most = field.options.get("least"), field.options.get("most")
        if (least is not None and number < Decimal(least)) or (most is not None and number > Decimal(most)):
            raise Invalid({field.name: _("From %(least)s to %(most)s.") % {"least": least, "most": most}})
        return number

    def show(self, value: Any, field: "Field") -> str:
        return "" if value is None else formats.number(value)

    def edited(self, value: Any, field: "Field") -> str:
        return "" if value is None else format(value.normalize(), "f").replace(".", ",")

    def get_column(self, record: "Record", column: str) -> Any:
        value = getattr(record, column)
        return None if value is None else Decimal(value)

    def dump(self, value: Any) -> Any:
        return None if value is None else format(value.normalize(), "f")

    def load(self, stored: Any) -> Any:
        return None if stored is None else Decimal(stored)

    def key(self, value: Any) -> str | None:
        return None if value is None else ordered(value)

    def schema(self, field: "Field") -> dict[str, Any]:
        return {"type": ["string", "null"], "format": "decimal"}
