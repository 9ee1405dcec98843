"""The stage of a record in its process."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.records.fields.types.base import Asker, FieldType
from opora.records.models import Stage

if TYPE_CHECKING:
    from opora.records.fields.field import Field
    from opora.records.models import Record


class StageType(FieldType):
    """A stage, stored by id; a filter may name a whole group (`group:work`)."""

    name = "stage"
    label = _("Stage")
    icon = "stairs"
    is_for_own = False
    operators = ("is", "not", "any", "none", "empty", "filled")
    input = "stage"

    def parse(self, raw: Any, field: "Field") -> int | None:
        """The stage's id, of those in `field.choices`. Raises `Invalid` for a stage of another process or project."""
        if raw in (None, ""):
            return None
        if not field.choice(str(raw)):
            raise Invalid({field.name: _("There is no such stage.")})
        return int(str(raw))

    def show(self, value: Any, field: "Field") -> str:
        choice = field.choice(str(value)) if value else None
        return choice.shown if choice else ""

    def edited(self, value: Any, field: "Field") -> str:
        return "" if value is None else str(value)

    def get_column(self, record: "Record", column: str) -> Any:
        return getattr(record, f"{column}_id")

    def set_column(self, record: "Record", column: str, value: Any) -> None:
        setattr(record, f"{column}_id", value)

    def operand(self, raw: str, field: "Field", asker: Asker) -> Any:
        return self.parse(raw, field)

    def where(self, field: "Field", operator: str, raw: str, asker: Asker) -> Q:
        groups = [part.removeprefix("group:") for part in raw.split(",") if part.startswith("group:")]
        if not groups:
            return super().where(field, operator, raw, asker)
        ids = list(Stage.objects.filter(group__in=groups).values_list("id", flat=True))
        ids += [self.operand(part, field, asker) for part in raw.split(",") if part and "group:" not in part]
        inside = Q(stage_id__in=ids)
        return inside if operator in ("is", "any") else ~inside | Q(stage_id__isnull=True)

    def api(self, value: Any) -> Any:
        return None if value is None else str(value)
