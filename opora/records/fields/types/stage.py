"""The stage of a record in its process."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opora.kit.dates import now
from opora.kit.errors import Invalid
from opora.records.fields.types.base import Asker, FieldType
from opora.records.models import Stage

if TYPE_CHECKING:
    from opora.records.fields.field import Field
    from opora.records.models import Record


STALE = "stale"


def standing_too_long() -> Q:
    """Records that have stood in their stage for as many days as make one stale there, or longer."""
    found, at = Q(pk__in=[]), now()
    open_stages = Stage.objects.filter(stale_days__isnull=False, group__in=("new", "work"))
    for stage_id, days in open_stages.values_list("id", "stale_days"):
        found |= Q(stage_id=stage_id, stage_since__lte=at - timedelta(days=days or 0))
    return found


class StageType(FieldType):
    """A stage, stored by id; a filter may name a whole group (`group:work`) or what is stale (`stale`)."""

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
        parts = [part for part in raw.split(",") if part]
        groups = [part.removeprefix("group:") for part in parts if part.startswith("group:")]
        if not groups and STALE not in parts:
            return super().where(field, operator, raw, asker)
        ids = list(Stage.objects.filter(group__in=groups).values_list("id", flat=True)) if groups else []
        ids += [self.operand(p, field, asker) for p in parts if p != STALE and not p.startswith("group:")]
        inside = Q(stage_id__in=ids) if ids or STALE not in parts else Q(pk__in=[])
        if STALE in parts:
            inside |= standing_too_long()
        return inside if operator in ("is", "any") else ~inside | Q(stage_id__isnull=True)

    def api(self, value: Any) -> Any:
        return None if value is None else str(value)
