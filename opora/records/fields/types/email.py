"""E-mail addresses: several on a record."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.kit.text import fold
from opora.records.fields.types.base import Asker
from opora.records.fields.types.labelled import Labelled

if TYPE_CHECKING:
    from opora.records.fields.field import Field

_ADDRESS = re.compile(r"^[^\s@<>,;\"]{1,64}@[^\s@<>,;\".]+(\.[^\s@<>,;\".]+)+$")


class Emails(Labelled):
    """A list of `{"value": "name@example.com", "label": "work"}`."""

    name = "email"
    label = _("E-mail")
    icon = "mail"
    input = "email"
    labels = {"work": _("work"), "home": _("home"), "other": _("other")}

    def checked(self, item: Mapping[str, str], field: "Field") -> str:
        return check_address(item["value"], field.name)

    def sameness(self, value: str) -> str:
        return fold(value)

    def all_keys(self, value: Any) -> list[str]:
        return [fold(item["value"])[:255] for item in value or ()]

    def operand(self, raw: str, field: "Field", asker: Asker) -> Any:
        return fold(raw)[:255]


def check_address(text: str, field: str) -> str:
    """The address without blanks around it. Raises `Invalid` naming `field`."""
    address = text.strip()
    if len(address) > 254 or not _ADDRESS.match(address):
        raise Invalid({field: _("Write an address like name@example.com.")})
    return address
