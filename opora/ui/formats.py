"""Dates, numbers and money as people read them, in the active language and time zone (ui.md 8)."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_noop, ngettext, pgettext
from markupsafe import Markup, escape

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
_NEAR = {0: gettext_noop("today"), -1: gettext_noop("yesterday"), 1: gettext_noop("tomorrow")}
_BEFORE = {"USD": "$", "EUR": "€"}
_AFTER = {"RUB": "₽", "KZT": "₸", "BYN": "Br"}


class Due(NamedTuple):
    """The date of a next step in words, and its kind: late, today, none or nothing."""

    text: str
    kind: str


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse({"uz": "uz_Latn"}.get(language, language), sep="_")


def locale() -> Locale:
    """Babel's locale of the active language."""
    return _locale((get_language() or "ru").split("-")[0])


def _is_english() -> bool:
    return locale().language == "en"


def number(value: Decimal | float | None, digits: int | None = None) -> str:
    """1 284 or 1,284: grouped by the language's rule, a true minus, no breaks; «—» for nothing."""
    if value is None:
        return "—"
    bare = value if value >= 0 else -value
    if isinstance(value, int) and digits is None:
        digits = 0
    if digits is not None:
        return (MINUS if value < 0 else "") + _grouped(bare, digits)
    pattern = "#,##0.######"
    text = format_decimal(bare, pattern, locale=locale(), decimal_quantization=False)
    if not _is_english():
        text = text.replace("\N{NARROW NO-BREAK SPACE}", NBSP).replace(" ", NBSP)
    return (MINUS if value < 0 else "") + text


def _grouped(value: Decimal | float, digits: int) -> str:
    """The number with so many digits, as all three languages group it; Babel takes ten times as long."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    text = f"{exact:,.{digits}f}"
    return text if _is_english() else text.translate(_SIGNS)


_SIGNS = str.maketrans({",": NBSP, ".": ","})


def percent(value: Decimal | float) -> str:
    """22 %: a whole number of per cent (22 means 22 %)."""
    return number(value, 0) + ("%" if _is_english() else NBSP + "%")


def _with_sign(text: str, currency: str) -> str:
    if _is_english() and currency in _BEFORE:
        minus = MINUS if text.startswith(MINUS) else ""
        return minus + _BEFORE[currency] + text.removeprefix(MINUS)
    sign = _AFTER.get(currency) or _BEFORE.get(currency) or (_som() if currency == "UZS" else currency)
    return text + NBSP + sign


def _som() -> str:
    return pgettext("currency", "soʻm")


def money(amount: Decimal | int | None, currency: str = "RUB") -> str:
    """1 284 000 ₽: kopecks only where there are any; «—» for nothing."""
    if amount is None:
        return "—"
    whole = amount == int(amount)
    return _with_sign(number(amount, 0 if whole else 2), currency)


def short_money(amount: Decimal | int | None, currency: str = "RUB") -> str:
    """4,1 млн ₽: for boards and charts; below a million as it is."""
    if amount is None:
        return "—"
    for size, word in ((10**9, pgettext("amount", "bn")), (10**6, pgettext("amount", "m"))):
        if abs(Decimal(amount)) >= size:
            short = Decimal(amount) / size
            digits = 0 if abs(short) >= 100 else 1
            text = number(round(short, digits), digits).removesuffix(",0").removesuffix(".0")
            return _with_sign(text + ("" if _is_english() else NBSP) + word, currency)
    return money(round(Decimal(amount)), currency)


def size(n: int) -> str:
    """412 KB: a file's size for people."""
    for unit, word in ((2**30, gettext("GB")), (2**20, gettext("MB")), (2**10, gettext("KB"))):
        if n >= unit:
            value = Decimal(n) / unit
            return number(round(value, 0 if value >= 10 else 1), None) + NBSP + word
    return number(n) + NBSP + gettext("B")


def local(moment: datetime) -> datetime:
    """The moment in the active time zone."""
    return timezone.localtime(moment)


def clock(moment: datetime) -> str:
    """10:42 in the active time zone."""
    return f"{local(moment):%H:%M}"


def day(value: date | datetime | None, today: date | None = None) -> str:
    """By distance: today, yesterday, tomorrow, 23 ноября, 14 мар 2025; «—» for nothing."""
    if value is None:
        return "—"
    found = local(value).date() if isinstance(value, datetime) else value
    now = today or timezone.localdate()
    if near := _NEAR.get((found - now).days):
        return gettext(near)
    if found.year == now.year:
        return _dated(found, "MMMM")
    return short_day(found, now)


def _dated(found: date, month: str, year: bool = False) -> str:
    """23 ноября, 23 November, 23-noyabr: the number first in all three languages."""
    return _written(found, month + (" y" if year else ""), locale().language)


@lru_cache(maxsize=4096)
def _written(found: date, pattern: str, language: str) -> str:
    return format_date(found, ("d-" if language == "uz" else "d ") + pattern, locale=_locale(language))


def short_day(value: date | datetime, today: date | None = None) -> str:
    """23 ноя; with the year when it is another one. For boards and narrow columns."""
    found = local(value).date() if isinstance(value, datetime) else value
    now = today or timezone.localdate()
    if (
        locale().language == "ru"
    ):  # CLDR writes «нояб.» and «сент.»: three letters are enough in a narrow column
        text = f"{found.day} {format_date(found, 'MMMM', locale=locale())[:3]}"
    else:
        text = _dated(found, "MMM").replace(".", "")
    return text if found.year == now.year else f"{text} {found.year}"


def month(value: date, today: date | None = None) -> str:
    """Ноябрь; another year's month has its year: Январь 2027."""
    now = today or timezone.localdate()
    words = format_date(value, "LLLL" if value.year == now.year else "LLLL y", locale=locale())
    return words[:1].upper() + words[1:]


def weekday(value: date) -> str:
    """суббота, 21 ноября"""
    return f"{format_date(value, 'EEEE', locale=locale())}, {_dated(value, 'MMMM')}"


def exact(moment: datetime | date) -> str:
    """21 ноября 2026, 15:20: what stands in `title`."""
    if not isinstance(moment, datetime):
        return _dated(moment, "MMMM", year=True)
    return f"{_dated(local(moment).date(), 'MMMM', year=True)}, {clock(moment)}"


def ago_words(moment: datetime, now: datetime | None = None) -> str:
    """Today the time alone, yesterday and tomorrow with the time, else the day."""
    at = local(moment)
    today = local(now).date() if now else timezone.localdate()
    distance = (at.date() - today).days
    if distance == 0:
        return clock(moment)
    if distance in (-1, 1):
        return f"{day(at.date(), today)}, {clock(moment)}"
    return day(at.date(), today)


def _time(moment: datetime, words: str) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        local(moment).isoformat(timespec="seconds"), exact(moment), words
    )


def ago(moment: datetime | None, now: datetime | None = None) -> Markup:
    """`ago_words` in a <time> that carries the exact moment."""
    return escape("—") if moment is None else _time(moment, ago_words(moment, now))


def when(moment: datetime | None) -> Markup:
    """The day and the time in a <time>: 23 ноября, 16:00."""
    if moment is None:
        return escape("—")
    return _time(moment, f"{day(moment)}, {clock(moment)}")


def due(moment: datetime | date | None, now: datetime | None = None) -> Due:
    """A next step's date: «на 2 дня» late, «13:30» today, «23 ноября», «не назначен» for nothing.

    A `date` has no hour: it is late from the next day on.
    """
    if moment is None:
        return Due(gettext("not set"), "none")
    at_now = local(now or timezone.now())
    timed = isinstance(moment, datetime)
    at = local(moment).date() if isinstance(moment, datetime) else moment
    behind = (at_now.date() - at).days
    if behind > 1:
        return Due(ngettext("%(n)d day late", "%(n)d days late", behind) % {"n": behind}, "late")
    text = ago_words(moment, at_now) if isinstance(moment, datetime) else day(moment, at_now.date())
    if behind == 1 or (timed and isinstance(moment, datetime) and moment < at_now):
        return Due(text, "late")
    return Due(text, "today" if behind == 0 else "")
