"""Dates and moments: typed by people, stored in UTC, shown in a person's zone (R14)."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid

_TYPED = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$")
_ISO = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})$")


def parse_date(text: str, *, field: str = "date") -> date:
    """A date typed as дд.мм.гггг, дд/мм/гггг or picked (ISO). Raises `Invalid`."""
    plain = text.strip()
    if typed := _TYPED.match(plain):
        day, month, year = (int(part) for part in typed.groups())
    elif iso := _ISO.match(plain):
        year, month, day = (int(part) for part in iso.groups())
    else:
        raise Invalid({field: _("Write the date as dd.mm.yyyy.")})
    try:
        found = date(year, month, day)
    except ValueError:
        raise Invalid({field: _("There is no such day.")}) from None
    if not 1900 <= found.year <= 2200:
        raise Invalid({field: _("The year must be between 1900 and 2200.")})
    return found


def parse_time(text: str, *, field: str = "time") -> time:
    """A time of day typed as 9:05 or 17:00. Raises `Invalid`."""
    typed = _CLOCK.match(text.strip())
    if not typed or int(typed[1]) > 23 or int(typed[2]) > 59:
        raise Invalid({field: _("Write the time as hh:mm.")})
    return time(int(typed[1]), int(typed[2]))


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC moment of a local date and time.

    A time that a clock change skips moves forward, a repeated one means its first occurrence (R14.02).
    """
    local = datetime.combine(day, at, zone).replace(fold=0)
    back = local.astimezone(UTC).astimezone(zone)
    return (local if back.replace(tzinfo=None) == local.replace(tzinfo=None) else back).astimezone(UTC)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a local day and of the next one, in UTC."""
    return moment(day, time.min, zone), moment(day + timedelta(days=1), time.min, zone)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
