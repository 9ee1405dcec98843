"""Sums of money by currency, as words."""

from collections.abc import Mapping
from decimal import Decimal

from opora.records import definitions
from opora.ui import formats


def in_order(amounts: Mapping[str, Decimal]) -> list[tuple[str, Decimal]]:
    """The sums with the project's own currency first, the others by their size."""
    own = definitions.current().preferences.currency
    return sorted(amounts.items(), key=lambda pair: (pair[0] != own, -pair[1]))


def words(amounts: Mapping[str, Decimal], *, short: bool = True) -> str:
    """«4,1 млн ₽», or one sum after another where there are several currencies; empty for nothing."""
    say = formats.short_money if short else formats.money
    return " · ".join(say(amount, currency) for currency, amount in in_order(amounts))
