"""A check box: not ticked and never asked are the same answer."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q, Value
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from opora.records.fields.types.base import Asker, FieldType

if TYPE_CHECKING:
    from opora.records.fields.field import Field

TRUE = {"1", "true", "on", "yes", "да", "ha", "+"}


class Checkbox(FieldType):
    """Yes or no."""

    name = "checkbox"
    label = _("Check box")
    icon = "checkbox"
    operators = ("is",)
    input = "checkbox"

    def parse(self, raw: Any, field: "Field") -> bool | None:
        """True, or None for everything that is not a yes."""
        return True if raw is True or str(raw).strip().casefold() in TRUE else None

    def show(self, value: Any, field: "Field") -> str:
        return str(_("Yes")) if value else str(_("No"))

    def edited(self, value: Any, field: "Field") -> str:
        return "1" if value else ""

    def key(self, value: Any) -> str | None:
        return "1" if value else None

    def set_column(self, record: Any, column: str, value: Any) -> None:
        setattr(record, column, bool(value))

    def where(self, field: "Field", operator: str, raw: str, asker: Asker) -> Q:
        ticked = Exact(field.expression(), Value("1" if field.is_own else True))
        if self.parse(raw, field):
            return Q(ticked)
        return self.is_empty(field, field.expression()) if field.is_own else ~Q(ticked)

    def schema(self, field: "Field") -> dict[str, Any]:
        return {"type": ["boolean", "null"]}
