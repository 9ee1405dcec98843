"""What forms of the settings share: words with their limits, and translations of names that customers give."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.kit.text import clean, is_blank
from opora.records.stagesettings import LANGUAGES


def text(sent: Mapping[str, str], name: str, limit: int, *, required: bool = False) -> str:
    """One line of a form without blanks around it. Raises `Invalid` when it is too long, or empty and required."""
    value = clean(sent.get(name, ""), limit, field=name).strip()
    if required and is_blank(value):
        raise Invalid({name: _("Fill in this field.")}, code="required")
    return value


def translations(sent: Mapping[str, str], limit: int) -> dict[str, str]:
    """The translations in a form (`label_ru`, `label_uz`, `label_en`), those that are filled."""
    found = {code: text(sent, f"label_{code}", limit) for code in LANGUAGES}
    return {code: words for code, words in found.items() if words}
