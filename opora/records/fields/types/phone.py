"""Phone numbers: several on a record, each with its kind (U10, U11, R5.05)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opora.kit import phones
from opora.kit.text import digits
from opora.records.fields.types.base import Asker
from opora.records.fields.types.labelled import Labelled

if TYPE_CHECKING:
    from opora.records.fields.field import Field
    from opora.records.models import Record

PHONE_LABELS: Mapping[str, str | Promise] = {
    "work": _("work"),
    "mobile": _("mobile"),
    "home": _("home"),
    "other": _("other"),
}


class Phones(Labelled):
    """A list of `{"value": "+7…", "label": "work"}`; an item may name the `country` its digits are of."""

    name = "phone"
    label = _("Phone")
    icon = "phone"
    input = "phone"
    labels = PHONE_LABELS
    is_masked: ClassVar[bool] = False

    def checked(self, item: Mapping[str, str], field: "Field") -> str:
        """The number in E.164. Raises `Invalid` that says what is wrong with it (U11)."""
        country = item.get("country") or str(field.options.get("country") or phones.USUAL)
        return phones.parse(item["value"], country=country, field=field.name).e164

    def one(self, value: str) -> str:
        return phones.shown(value)

    def all_keys(self, value: Any) -> list[str]:
        return [digits(item["value"]) for item in value or ()]

    def operand(self, raw: str, field: "Field", asker: Asker) -> Any:
        country = str(field.options.get("country") or phones.USUAL)
        return digits(phones.parse(raw, country=country, field=field.name).e164)


class MaskedPhones(Phones):
    """The same numbers for whoever may not see them in full (R5.05): read masked, found by the full number.

    `definitions.readable` puts it in the place of `Phones`, so no page, answer, log or history holds more.
    """

    is_masked = True

    def load(self, stored: Any) -> Any:
        return masked(super().load(stored))

    def get_column(self, record: "Record", column: str) -> Any:
        return masked(super().get_column(record, column))


def masked(numbers: Any) -> Any:
    """Stored numbers with their middle digits hidden."""
    return [{**item, "value": phones.masked(item["value"])} for item in numbers] if numbers else numbers
