"""Phone numbers, checked by country (U11) with libphonenumber, and hidden from whom they are not for (R5.05)."""

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from babel import Locale
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from opora.kit.errors import Invalid
from opora.kit.text import digits

USUAL = "RU"
NEAR = ("RU", "UZ", "KZ", "BY", "KG", "TJ", "TM", "AM", "AZ", "GE", "MD", "TR", "AE", "CN")
"""The countries that stand first in the list."""

HIDDEN = "•"
SHOWN_BEFORE, SHOWN_BEHIND = 3, 2
"""How many digits of a masked national number are still seen."""

# National numbers have a fixed length here, so that the error can say how many digits are missing.
EXACT_DIGITS = {7: 10, 998: 9, 375: 9, 380: 9, 992: 9, 996: 9}


@dataclass(frozen=True)
class Phone:
    """A phone number: `e164` is what is stored and compared, `shown` is what people read."""

    e164: str
    shown: str


@lru_cache(maxsize=50_000)
def shown(e164: str) -> str:
    """An E.164 number as people read it: +7 843 000-27-16. What can't be parsed is returned as it is.

    Remembered, since a list asks for the same fifty again and again, and libphonenumber takes its time.
    """
    try:
        parsed = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@lru_cache(maxsize=50_000)
def masked(e164: str) -> str:
    """A number whose middle digits are hidden: +7 843 •••-••-16. Hidden twice it stays as it is."""
    if HIDDEN in e164:
        return e164
    text = shown(e164)
    places = [at for at, sign in enumerate(text) if sign.isdigit()]
    code = len(places) - _national_length(e164)
    hidden = set(places[min(code + SHOWN_BEFORE, len(places) - SHOWN_BEHIND - 3) : -SHOWN_BEHIND])
    return "".join(HIDDEN if at in hidden else sign for at, sign in enumerate(text))


def _national_length(e164: str) -> int:
    try:
        return len(phonenumbers.national_significant_number(phonenumbers.parse(e164, None)))
    except phonenumbers.NumberParseException:
        return len(digits(e164))


@lru_cache(maxsize=8)
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """The countries to choose from, as (ISO 3166 code, «Узбекистан +998»): the near ones first, then by name."""
    names = Locale.parse(language).territories
    known = {
        code: f"{names.get(code, code)} +{phonenumbers.country_code_for_region(code)}"
        for code in phonenumbers.SUPPORTED_REGIONS
    }
    rest = sorted((code for code in known if code not in NEAR), key=lambda code: known[code])
    return tuple((code, known[code]) for code in (*NEAR, *rest))


@lru_cache(maxsize=50_000)
def split(e164: str) -> tuple[str, str]:
    """The country of an E.164 number and its digits within it, as a form shows them: ("UZ", "90 123 45 67").

    What can't be parsed has no country and stays as it is.
    """
    try:
        parsed = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return "", e164
    country = phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(
        parsed.country_code or 0
    )
    if country not in phonenumbers.SUPPORTED_REGIONS:
        return "", e164
    return country, shown(e164).removeprefix(f"+{parsed.country_code}").strip()


def parse(text: str, *, country: str = USUAL, field: str = "phone") -> Phone:
    """A number a person typed, spaces and brackets forgiven.

    `country` (ISO 3166) is assumed when no code is written. Raises `Invalid` that says what is wrong.
    """
    try:
        parsed = phonenumbers.parse(_international(text, country), country)
    except phonenumbers.NumberParseException:
        raise Invalid({field: _("Write a phone number with digits, for example +7 843 000-27-16.")}) from None
    _check_length(parsed, field)
    if not phonenumbers.is_possible_number(parsed):
        raise Invalid({field: _("There is no such phone number in this country.")})
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Phone(e164, shown(e164))


def _international(text: str, country: str) -> str:
    """`998…` and `8 (843) …` are written without a plus by habit, here and not elsewhere."""
    stripped, plain = text.strip(), digits(text)
    if stripped.startswith("+") or not plain or country not in NEAR:
        return stripped
    if plain.startswith("998") and len(plain) > 9:
        return "+" + plain
    if len(plain) == 11 and plain[0] in "78" and country != "CN":
        return "+7" + plain[1:]
    return stripped


def _check_length(parsed: phonenumbers.PhoneNumber, field: str) -> None:
    """Raises `Invalid` that says how many digits a number of this country has, and how many these are (U11)."""
    lengths = _lengths(parsed.country_code or 0)
    have = len(phonenumbers.national_significant_number(parsed))
    if not lengths or have in lengths:
        return
    words = ngettext(
        "%(need)d digit is needed after +%(code)s, now there are %(have)d.",
        "%(need)d digits are needed after +%(code)s, now there are %(have)d.",
        lengths[0],
    )
    if len(lengths) > 1:
        words = str(_("%(need)d to %(most)d digits are needed after +%(code)s, now there are %(have)d."))
    told = {"need": lengths[0], "most": lengths[-1], "code": parsed.country_code, "have": have}
    raise Invalid({field: words % told})


def _lengths(code: int) -> list[int]:
    """How many digits national numbers of a country code may have, in order; empty where nobody knows."""
    if code in EXACT_DIGITS:
        return [EXACT_DIGITS[code]]
    region = phonenumbers.region_code_for_country_code(code)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    known = metadata.general_desc.possible_length if metadata and metadata.general_desc else ()
    return sorted(length for length in known or () if length > 0)
