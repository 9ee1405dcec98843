"""A date: a day in a calendar, not a moment (R14.01)."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Value
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils.translation import gettext_lazy as _

from opora.kit.dates import parse_date
from opora.kit.text import is_blank
from opora.records.fields.types.base import Asker, FieldType
from opora.ui import formats

if TYPE_CHECKING:
    from opora.records.fields.field import Field


def span(word: str, today: date) -> tuple[date, date] | None:
    """The days that a word of a filter means, the last one excluded; None when it is no such word."""
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    next_month = (month + timedelta(days=32)).replace(day=1)
    return {
        "today": (today, today + timedelta(days=1)),
        "yesterday": (today - timedelta(days=1), today),
        "tomorrow": (today + timedelta(days=1), today + timedelta(days=2)),
        "week": (monday, monday + timedelta(days=7)),
        "month": (month, next_month),
        "late": (date(1900, 1, 1), today),
        "future": (today + timedelta(days=1), date(2200, 1, 1)),
    }.get(word)


class Date(FieldType):
    """A calendar day."""

    name = "date"
    label = _("Date")
    icon = "calendar"
    operators = ("is", "not", "lt", "lte", "gt", "gte", "between", "empty", "filled")
    input = "date"

    def parse(self, raw: Any, field: "Field") -> date | None:
        """The day typed as dd.mm.yyyy, dd/mm/yyyy or ISO. Raises `Invalid`."""
        if isinstance(raw, date):
            return raw
        return None if raw is None or is_blank(raw) else parse_date(str(raw), field=field.name)

    def show(self, value: Any, field: "Field") -> str:
        return "" if value is None else formats.day(value)

    def edited(self, value: Any, field: "Field") -> str:
        return "" if value is None else value.strftime("%d.%m.%Y")

    def dump(self, value: Any) -> Any:
        return None if value is None else value.isoformat()

    def load(self, stored: Any) -> Any:
        return None if stored is None else date.fromisoformat(stored)

    def key(self, value: Any) -> str | None:
        return None if value is None else value.isoformat()

    def where(self, field: "Field", operator: str, raw: str, asker: Asker) -> Q:
        if operator == "is" and (days := span(raw, asker.today)):
            start, end = (self.bound(day, field, asker) for day in days)
            expression = field.expression()
            return Q(GreaterThanOrEqual(expression, Value(start))) & Q(LessThan(expression, Value(end)))
        return super().where(field, operator, raw, asker)

    def bound(self, day: date, field: "Field", asker: Asker) -> Any:
        """The first instant of a day as the field's column or key has it."""
        return self.key(day) if field.is_own else day

    def schema(self, field: "Field") -> dict[str, Any]:
        return {"type": ["string", "null"], "format": "date"}
