"""What a project chose in its general settings: language, time zone, currency, country, switches.

Kept in the row of the definitions' version, so that reading them costs a request nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.kit.money import MINOR_DIGITS
from opora.kit.phones import USUAL, countries


@dataclass(frozen=True)
class Preferences:
    """The general settings. `time_zone` and `language` are for whoever chose none for himself."""

    language: str = "ru"
    time_zone: str = "Europe/Moscow"
    currency: str = "RUB"
    currencies: tuple[str, ...] = ()
    rates_from: str = ""
    country: str = USUAL
    board_sums: bool = True
    day_funnel: bool = True
    file_mb: str = "25"
    files_gb: str = "5"
    files_documents: bool = True
    files_pictures: bool = True
    files_recordings: bool = True
    files_archives: bool = True
    files_pages: bool = True

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> Self:
        """The settings from their row; what is not stored is as usual."""
        known = {field.name for field in fields(cls)}
        found = {name: value for name, value in (stored or {}).items() if name in known}
        return cls(**found | {"currencies": tuple(found.get("currencies", ()))})

    @property
    def offered_currencies(self) -> tuple[str, ...]:
        """The currencies of new amounts, the project's own first; all that are known while none is chosen."""
        others = self.currencies or tuple(MINOR_DIGITS)
        return (self.currency, *(code for code in others if code != self.currency))

    def changed(self, name: str, value: str) -> Self:
        """The settings with one of them as a form sent it. Raises `Invalid` for a value that is not offered."""
        usual = {field.name: field.default for field in fields(self)}.get(name)
        wanted: Any = value == "1" if isinstance(usual, bool) else value
        if not isinstance(usual, bool) and (name not in OFFERED or value not in OFFERED[name]()):
            raise Invalid({name: _("Choose one of the list.")})
        return replace(self, **{name: wanted})

    @property
    def zone(self) -> ZoneInfo:
        """The project's time zone."""
        return ZoneInfo(self.time_zone)


def languages() -> list[str]:
    """The codes of the languages to choose from."""
    return [code for code, _name in settings.LANGUAGES]


def zones() -> list[str]:
    """The time zones to choose from: those that are named by a place."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))


def currencies() -> list[str]:
    """The currencies to choose from."""
    return list(MINOR_DIGITS)


def home_countries() -> list[str]:
    """The countries to choose from: whose code a phone number has that is typed without one."""
    return [code for code, _name in countries("en")]


FILE_GROUPS = ("documents", "pictures", "recordings", "archives", "pages")
"""The groups of files that a project takes or refuses: `files_<group>`."""


def file_sizes() -> list[str]:
    """Megabytes one file may have, to choose from."""
    return ["1", "5", "10", "25", "50", "100"]


def file_rooms() -> list[str]:
    """Gigabytes all files may have together, to choose from."""
    return ["1", "5", "10", "20", "50", "100", "500"]


OFFERED = {
    "language": languages, "time_zone": zones, "currency": currencies, "country": home_countries,
    "file_mb": file_sizes, "files_gb": file_rooms,
}  # fmt: skip
