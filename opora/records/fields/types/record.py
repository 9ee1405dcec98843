"""Another record: a deal's contact, a person's company."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.records.fields.types.base import Asker, FieldType
from opora.timeline.events import Ref

if TYPE_CHECKING:
    from opora.records.fields.field import Field
    from opora.records.models import Record


class RecordType(FieldType):
    """A record of the kind named in `options["kind"]`, stored by id.

    Whoever names one must see it: that is asked where fields are written (`records.rules`). Its title is shown by
    pages that have asked `sight.titles`, since it may be invisible to the reader.
    """

    name = "record"
    label = _("Record")
    icon = "link"
    can_sort = False
    operators = ("is", "not", "empty", "filled")
    input = "record"

    def parse(self, raw: Any, field: "Field") -> int | None:
        """The record's id. Raises `Invalid` for what is no id."""
        if raw in (None, ""):
            return None
        text = str(raw)
        if not (text.isascii() and text.isdigit() and len(text) < 20):
            raise Invalid({field.name: _("There is no such record.")})
        return int(text)

    def key(self, value: Any) -> str | None:
        return None if value is None else str(value)

    def operand(self, raw: str, field: "Field", asker: Asker) -> Any:
        number = self.parse(raw, field)
        if number is None:
            raise Invalid({field.name: "required"}, code="bad_condition")
        return str(number) if field.is_own else number

    def show(self, value: Any, field: "Field") -> str:
        return ""

    def edited(self, value: Any, field: "Field") -> str:
        return "" if value is None else str(value)

    def get_column(self, record: "Record", column: str) -> Any:
        return getattr(record, f"{column}_id")

    def set_column(self, record: "Record", column: str, value: Any) -> None:
        setattr(record, f"{column}_id", value)

    def refs(self, value: Any, field: "Field") -> list[Ref]:
        return [] if value is None else [Ref(str(field.options["kind"]), value)]

    def api_seen(self, value: Any, field: "Field", seen: set[Ref]) -> Any:
        return self.api(value) if seen.issuperset(self.refs(value, field)) else None

    def api(self, value: Any) -> Any:
        return None if value is None else str(value)
