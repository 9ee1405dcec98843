"""Rates as central banks publish them, read strictly: Russia's XML_daily.asp and Uzbekistan's JSON archive."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree import ElementTree

import httpx
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LARGEST = 2_000_000
SECONDS = 15.0
CODE = re.compile(r"^[A-Z]{3}$")
AGENT = "Opora/1 (rates of currencies)"


class BankSilent(Exception):
    """The bank can't be reached, or what it answered is no list of rates."""


@dataclass(frozen=True)
class Published:
    """What a unit of each currency costs in the bank's own, as of the day the answer names."""

    day: date
    values: Mapping[str, Decimal]


@dataclass(frozen=True)
class Bank:
    """A source of rates; `base` is the currency it counts in."""

    label: str | Promise
    base: str
    read: Callable[[bytes], Published]


def published(code: str) -> Published:
    """The latest rates of a bank. Raises `BankSilent`."""
    try:
        with httpx.stream(
            "GET", settings.RATE_ADDRESSES[code], timeout=SECONDS, headers={"User-Agent": AGENT}
        ) as answer:
            answer.raise_for_status()
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise BankSilent("the answer is too long")
    except httpx.HTTPError as failure:
        raise BankSilent(str(failure)) from failure
    return BANKS[code].read(bytes(body))


def russia(body: bytes) -> Published:
    """`ValCurs` of the Bank of Russia: windows-1251, decimal commas, roubles for `Nominal` units. Raises `BankSilent`.

    A body without any `Valute` is an error even when it came with status 200.
    """
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise BankSilent("the answer has a document type of its own")
    try:
        top = ElementTree.fromstring(body.decode("windows-1251"))  # noqa: S314 - no DTD, see above
        day = datetime.strptime(top.get("Date", ""), "%d.%m.%Y").date()
        values = {
            _code(row.findtext("CharCode")): _value(row.findtext("Value"), row.findtext("Nominal"))
            for row in top.iter("Valute")
        }
    except (ElementTree.ParseError, UnicodeDecodeError, ValueError, ArithmeticError) as failure:
        raise BankSilent(f"this is no list of rates: {failure}") from failure
    return _some(day, values)


def uzbekistan(body: bytes) -> Published:
    """The array of the Central Bank of Uzbekistan: all strings, soums for `Nominal` units. Raises `BankSilent`."""
    try:
        rows: list[dict[str, Any]] = json.loads(body)
        values = {_code(row["Ccy"]): _value(row["Rate"], row["Nominal"]) for row in rows}
        day = max(datetime.strptime(row["Date"], "%d.%m.%Y").date() for row in rows)
    except (ValueError, KeyError, TypeError, ArithmeticError) as failure:
        raise BankSilent(f"this is no list of rates: {failure}") from failure
    return _some(day, values)


def _some(day: date, values: Mapping[str, Decimal]) -> Published:
    if not values:
        raise BankSilent("the answer names no currency")
    return Published(day, values)


def _code(text: Any) -> str:
    if not isinstance(text, str) or not CODE.match(text):
        raise ValueError(f"{text!r} is no code of a currency")
    return text


def _value(text: Any, nominal: Any) -> Decimal:
    """Price of one unit, exact. Raises `ValueError` for what is no positive number."""
    try:
        value = Decimal(str(text).strip().replace(",", ".")) / Decimal(str(nominal).strip())
    except InvalidOperation as failure:
        raise ValueError(f"{text!r} is no rate") from failure
    if not value.is_finite() or value <= 0:
        raise ValueError(f"{text!r} is no rate")
    return value


BANKS: Mapping[str, Bank] = {
    "cbr": Bank(_("Bank of Russia"), "RUB", russia),
    "cbu": Bank(_("Central Bank of Uzbekistan"), "UZS", uzbekistan),
}
