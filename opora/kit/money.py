"""Amounts of money: `Decimal` with the digits a currency has (R11.03, R7.13)."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid

MINOR_DIGITS = {
    "RUB": 2, "UZS": 2, "USD": 2, "EUR": 2, "KZT": 2, "BYN": 2, "CNY": 2, "JPY": 0, "KWD": 3,
    "GBP": 2, "CHF": 2, "TRY": 2, "AED": 2, "KGS": 2, "TJS": 2, "TMT": 2, "AMD": 2, "GEL": 2, "AZN": 2,
    "KRW": 0, "INR": 2,
}  # fmt: skip
"""The currencies known here (ISO 4217), with the digits each has after the point."""

LARGEST = Decimal(10) ** 15
_NUMBER = re.compile(r"^-?\d{1,15}(\.\d{1,6})?$")
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009]")


@dataclass(frozen=True)
class Money:
    """An amount in a currency (ISO 4217 code)."""

    amount: Decimal
    currency: str


def minor_digits(currency: str) -> int:
    """How many digits stand after the point in this currency; two where the table is silent."""
    return MINOR_DIGITS.get(currency, 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount rounded half up to the currency's digits."""
    return amount.quantize(Decimal(1).scaleb(-minor_digits(currency)), rounding=ROUND_HALF_UP)


def parse_number(text: str, *, field: str = "number", digits: int = 6) -> Decimal:
    """A number a person typed: spaces as thousands and a comma or a point are taken.

    Raises `Invalid` for anything else: NaN, exponents, infinity, more than `digits` after the point.
    """
    plain = _BLANKS.sub("", text).replace(",", ".").replace("−", "-")
    if not _NUMBER.match(plain):
        raise Invalid({field: _("Write a number, for example 1 284 000,50.")})
    number = Decimal(plain)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > digits:
        raise Invalid({field: _("At most %(n)s digits after the point.") % {"n": digits}})
    if abs(number) >= LARGEST:
        raise Invalid({field: _("This number is too large.")})
    return number


def parse_amount(text: str, currency: str, *, field: str = "amount") -> Decimal:
    """An amount a person typed, not negative, with no more digits than the currency has. Raises `Invalid`."""
    amount = parse_number(text, field=field, digits=minor_digits(currency))
    if amount < 0:
        raise Invalid({field: _("The amount can't be negative.")})
    return amount.quantize(Decimal(1).scaleb(-minor_digits(currency)))
