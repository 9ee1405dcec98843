"""Several values with a label each: the ways to reach somebody (phones, e-mails, sites, addresses)."""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.kit.text import is_blank
from opora.records.fields.types.several import Several

if TYPE_CHECKING:
    from opora.records.fields.field import Field

MOST = 20
"""How many values one field of a record holds."""


class Labelled(Several):
    """A list of `{"value": "…", "label": "work"}`; the first value is the main one.

    `labels` are the words a value may carry, the first is taken when none is named; `between` is what parts several
    values written as one text.
    """

    labels: ClassVar[Mapping[str, str | Promise]] = {}
    between: ClassVar[str] = "[,;\n]"

    def parse(self, raw: Any, field: "Field") -> list[dict[str, str]] | None:
        """The values from a text or from a list. Raises `Invalid` for a wrong one, or for too many."""
        found: dict[str, dict[str, str]] = {}
        for item in self.entries(raw):
            value = self.checked(item, field)
            found.setdefault(self.sameness(value), {"value": value, "label": self._label(item, value, field)})
        if len(found) > MOST:
            raise Invalid({field.name: _("At most %(n)d values.") % {"n": MOST}})
        return list(found.values()) or None

    def entries(self, raw: Any) -> list[dict[str, str]]:
        """What was sent as a list of `{"value", "label"}`: text, one object, or a list of either."""
        items = (
            raw if isinstance(raw, list) else [raw] if isinstance(raw, dict) else self.parts(str(raw or ""))
        )
        objects = [item if isinstance(item, dict) else {"value": str(item)} for item in items]
        plain = [{key: str(value) for key, value in item.items()} for item in objects]
        return [item for item in plain if not is_blank(item.get("value", ""))]

    def parts(self, text: str) -> list[str]:
        return [part.strip() for part in re.split(self.between, text) if not is_blank(part)]

    def checked(self, item: Mapping[str, str], field: "Field") -> str:
        """One value as it is stored. Raises `Invalid` naming the field."""
        raise NotImplementedError

    def sameness(self, value: str) -> str:
        """What two values are the same by."""
        return value

    def usual_label(self, value: str) -> str:
        """The label of a value that came without one."""
        return next(iter(self.labels))

    def _label(self, item: Mapping[str, str], value: str, field: "Field") -> str:
        label = item.get("label") or self.usual_label(value)
        if label not in self.labels:
            raise Invalid({field.name: _("Choose one of the list.")})
        return label

    def label_of(self, item: Mapping[str, str]) -> str:
        """The words of a stored value's label."""
        return str(self.labels.get(item.get("label", ""), ""))

    def one(self, value: str) -> str:
        """One value as a person reads it."""
        return value

    def show(self, value: Any, field: "Field") -> str:
        return ", ".join(self.one(item["value"]) for item in value or ())

    def schema(self, field: "Field") -> dict[str, Any]:
        return labelled_schema(self.labels)


def labelled_schema(labels: Iterable[str]) -> dict[str, Any]:
    """The JSON schema of a list of values with labels."""
    item = {"type": "object", "properties": {"value": {"type": "string"}, "label": {"enum": list(labels)}}}
    return {"type": ["array", "null"], "items": item}
