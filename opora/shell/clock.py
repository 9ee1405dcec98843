"""The day and the hour where the person is."""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _


def here() -> ZoneInfo:
    """The time zone of the request."""
    return ZoneInfo(timezone.get_current_timezone_name())


def today() -> date:
    """The date there."""
    return timezone.localdate()


def greeting(name: str) -> str:
    """A greeting by the hour of the day."""
    hour = timezone.localtime().hour
    words = (
        _("Good night, %(name)s")
        if hour < 5 or hour >= 23
        else _("Good morning, %(name)s")
        if hour < 12
        else _("Good afternoon, %(name)s")
        if hour < 18
        else _("Good evening, %(name)s")
    )
    return words % {"name": name}
