"""Numbers, money and dates as people read them (ui.md 8)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from opora.ui import formats

pytestmark = pytest.mark.req("N22")
N = "\N{NO-BREAK SPACE}"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "call", "words"),
    [
        ("ru", lambda: formats.money(1284000), f"1{N}284{N}000{N}₽"),
        ("en", lambda: formats.money(1284000, "USD"), "$1,284,000"),
        ("en", lambda: formats.money(-5, "USD"), "−$5"),
        ("ru", lambda: formats.money(Decimal("-12.50")), f"−12,50{N}₽"),
        ("uz", lambda: formats.money(96000000, "UZS"), f"96{N}000{N}000{N}soʻm"),
        ("ru", lambda: formats.money(None), "—"),
        ("ru", lambda: formats.short_money(4100000), f"4,1{N}млн{N}₽"),
        ("ru", lambda: formats.short_money(4000000), f"4{N}млн{N}₽"),
        ("ru", lambda: formats.short_money(Decimal("214500000"), "UZS"), f"214{N}млн{N}soʻm"),
        ("ru", lambda: formats.short_money(2_000_000_000), f"2{N}млрд{N}₽"),
        ("en", lambda: formats.short_money(4100000, "USD"), "$4.1m"),
        ("ru", lambda: formats.short_money(940000), f"940{N}000{N}₽"),
        ("ru", lambda: formats.percent(22), f"22{N}%"),
        ("ru", lambda: formats.number(Decimal("12.5")), "12,5"),
        ("ru", lambda: formats.number(1001), f"1{N}001"),
        ("ru", lambda: formats.size(421888), f"412{N}КБ"),
        ("uz", lambda: formats.exact(date(2026, 11, 3)), "3-noyabr 2026"),
        ("ru", lambda: formats.exact(NOW), "21 ноября 2026, 12:00"),
        ("ru", lambda: formats.weekday(NOW.date()), "суббота, 21 ноября"),
        ("ru", lambda: formats.day(date(2025, 3, 14), NOW.date()), "14 мар 2025"),
        ("ru", lambda: formats.day(date(2026, 11, 23), NOW.date()), "23 ноября"),
        ("en", lambda: formats.day(date(2026, 11, 23), NOW.date()), "23 November"),
        ("ru", lambda: formats.short_day(date(2026, 9, 2), NOW.date()), "2 сен"),
    ],
)
def test_value_is_written_as_people_write_it(language: str, call: Callable[[], str], words: str) -> None:
    with translation.override(language):
        assert call() == words


@pytest.mark.parametrize(
    ("moment", "words", "kind"),
    [
        (NOW - timedelta(days=4), "на 4 дня", "late"),
        (NOW - timedelta(days=1), "вчера, 12:00", "late"),
        (NOW - timedelta(hours=1), "11:00", "late"),
        (NOW + timedelta(hours=1), "13:00", "today"),
        (NOW + timedelta(days=1), "завтра, 12:00", ""),
        (NOW + timedelta(days=2), "23 ноября", ""),
        (None, "не назначен", "none"),
        (date(2026, 11, 21), "сегодня", "today"),
        (date(2026, 11, 20), "вчера", "late"),
    ],
)
def test_next_step_is_told_by_distance(moment: datetime | date | None, words: str, kind: str) -> None:
    with translation.override("ru"):
        assert formats.due(moment, NOW) == (words, kind)


@pytest.mark.req("R14.01")
def test_days_are_those_of_the_active_zone() -> None:
    late_evening = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    with translation.override("ru"), timezone.override("Asia/Tashkent"):
        assert formats.ago_words(late_evening, NOW) == "03:30"
        assert formats.ago(late_evening, NOW) == (
            '<time datetime="2026-11-21T03:30:00+05:00" title="21 ноября 2026, 03:30">03:30</time>'
        )
