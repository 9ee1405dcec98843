"""Postal addresses: several on a record, each with what it is for (O01)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from opora.kit.text import clean, fold
from opora.records.fields.types.labelled import Labelled

if TYPE_CHECKING:
    from opora.records.fields.field import Field

LONGEST = 255


class Addresses(Labelled):
    """A list of `{"value": "Казань, ул. Баумана, 27", "label": "actual"}`; as one text, a line each."""

    name = "address"
    label = _("Address")
    icon = "map-pin"
    input = "address"
    is_for_own = False
    between = "[;\n]"
    labels = {
        "actual": _("actual"),
        "legal": _("legal"),
        "postal": _("postal"),
        "delivery": _("delivery"),
        "home": _("home"),
    }

    def checked(self, item: Mapping[str, str], field: "Field") -> str:
        return clean(item["value"], LONGEST, field=field.name)

    def sameness(self, value: str) -> str:
        return fold(value)

    def show(self, value: object, field: "Field") -> str:
        return "; ".join(item["value"] for item in value or ())  # type: ignore[attr-defined]
