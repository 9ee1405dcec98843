"""Date and time: a moment, stored in UTC, typed and shown in the person's zone."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Value
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opora.kit.dates import moment, parse_date, parse_time
from opora.kit.errors import Invalid
from opora.kit.text import is_blank
from opora.records.fields.types.base import Asker
from opora.records.fields.types.date import Date
from opora.ui import formats

if TYPE_CHECKING:
    from opora.records.fields.field import Field


class Moment(Date):
    """A moment in time."""

    name = "moment"
    label = _("Date and time")
    icon = "clock"
    input = "moment"

    def parse(self, raw: Any, field: "Field") -> datetime | None:
        """A moment typed as «23.11.2026 17:00» in the current zone, or ISO with an offset. Raises `Invalid`."""
        if isinstance(raw, datetime):
            return raw
        if raw is None or is_blank(raw):
            return None
        if found := _from_iso(str(raw)):
            return found
        day, __, clock = str(raw).strip().partition(" ")
        at = parse_time(clock, field=field.name) if clock.strip() else time.min
        zone = timezone.get_current_timezone()
        return moment(parse_date(day, field=field.name), at, zone)

    def show(self, value: Any, field: "Field") -> str:
        return "" if value is None else formats.when(value)

    def edited(self, value: Any, field: "Field") -> str:
        return "" if value is None else timezone.localtime(value).strftime("%d.%m.%Y %H:%M")

    def load(self, stored: Any) -> Any:
        return None if stored is None else datetime.fromisoformat(stored)

    def dump(self, value: Any) -> Any:
        return None if value is None else value.astimezone(UTC).isoformat()

    def key(self, value: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")

    def bound(self, day: date, field: "Field", asker: Asker) -> Any:
        at = moment(day, time.min, asker.zone)
        return self.key(at) if field.is_own else at

    def where(self, field: "Field", operator: str, raw: str, asker: Asker) -> Q:
        if day := _only_day(raw, field):
            return self._on_day(field, operator, day, raw, asker)
        return super().where(field, operator, raw, asker)

    def _on_day(self, field: "Field", operator: str, day: date, raw: str, asker: Asker) -> Q:
        start = Value(self.bound(day, field, asker))
        end = Value(self.bound(day + timedelta(days=1), field, asker))
        expression = field.expression()
        within = Q(GreaterThanOrEqual(expression, start)) & Q(LessThan(expression, end))
        chosen = {
            "is": within,
            "not": self.is_empty(field, expression)
            | Q(LessThan(expression, start))
            | Q(GreaterThanOrEqual(expression, end)),
            "lt": Q(LessThan(expression, start)),
            "lte": Q(LessThan(expression, end)),
            "gt": Q(GreaterThanOrEqual(expression, end)),
            "gte": Q(GreaterThanOrEqual(expression, start)),
        }.get(operator)
        return chosen if chosen is not None else super().where(field, operator, raw, asker)

    def schema(self, field: "Field") -> dict[str, Any]:
        return {"type": ["string", "null"], "format": "date-time"}


def _from_iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _only_day(raw: str, field: "Field") -> date | None:
    try:
        return parse_date(raw, field=field.name)
    except Invalid:
        return None
