"""What the templates of the frame may call besides what every template may."""

from collections.abc import Callable, Mapping
from typing import Any

from opora.people import directory
from opora.records import definitions, sums
from opora.records.kinds import kinds
from opora.records.numbers import number_for
from opora.records.screens.acts import address


def card_of(kind: str, record_id: int | None = None, *parts: str) -> str:
    """The address of a record's card or of something below it."""
    return address(kinds[kind], record_id, *parts)


def own_currency() -> str:
    """The project's currency."""
    return definitions.current().preferences.currency


SPOKEN: Mapping[str, Callable[..., Any]] = {
    "card_of": card_of,
    "name_of": directory.name_of,
    "person": directory.person,
    "number_for": number_for,
    "sums_of": sums.words,
    "own_currency": own_currency,
}
