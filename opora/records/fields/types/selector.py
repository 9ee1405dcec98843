"""One option, or several, of a list."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.kit.text import is_blank
from opora.records.fields.types.base import Asker, FieldType
from opora.records.fields.types.several import Several

if TYPE_CHECKING:
    from opora.records.fields.field import Field


class Selector(FieldType):
    """One option; its id is stored, so renaming an option changes no record."""

    name = "selector"
    label = _("Selector")
    icon = "list-check"
    operators = ("is", "not", "any", "none", "empty", "filled")
    input = "select"

    def parse(self, raw: Any, field: "Field") -> str | None:
        """The option's id, given by id or by its label. Raises `Invalid` when the list has no such option."""
        return None if raw is None or is_blank(raw) else option_id(str(raw), field)

    def show(self, value: Any, field: "Field") -> str:
        choice = field.choice(value) if value is not None else None
        return choice.shown if choice else str(value or "")

    def edited(self, value: Any, field: "Field") -> str:
        return value or ""

    def operand(self, raw: str, field: "Field", asker: Asker) -> Any:
        return option_id(raw, field)

    def is_empty(self, field: "Field", expression: Any) -> Q:
        empty = super().is_empty(field, expression)
        return empty if field.is_own else empty | Q(**{field.column: ""})

    def schema(self, field: "Field") -> dict[str, Any]:
        return {"enum": [None, *(choice.id for choice in field.choices)]}


class MultiSelector(Several):
    """Several options."""

    name = "multi_selector"
    label = _("Multi-selector")
    icon = "checkbox"
    operators = ("any", "none", "empty", "filled")
    input = "multiselect"

    def parse(self, raw: Any, field: "Field") -> list[str] | None:
        """The options' ids. Raises `Invalid`."""
        parts = raw if isinstance(raw, list) else str(raw or "").split(",")
        return (
            list(dict.fromkeys(option_id(str(part), field) for part in parts if not is_blank(part))) or None
        )

    def show(self, value: Any, field: "Field") -> str:
        return ", ".join(choice.shown for choice in map(field.choice, value or ()) if choice)

    def all_keys(self, value: Any) -> list[str]:
        return list(value or ())

    def operand(self, raw: str, field: "Field", asker: Asker) -> Any:
        return option_id(raw, field)

    def schema(self, field: "Field") -> dict[str, Any]:
        return {"type": ["array", "null"], "items": {"enum": [choice.id for choice in field.choices]}}


def option_id(raw: str, field: "Field") -> str:
    """The id of the option written by id or label. Raises `Invalid`."""
    plain = raw.strip()
    for choice in field.choices:
        if plain == choice.id or plain in (choice.label, choice.shown):
            return choice.id
    raise Invalid({field.name: _("Choose one of the list.")})
