"""A user of the project."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.people import directory
from opora.records.fields.types.base import Asker, FieldType

if TYPE_CHECKING:
    from opora.records.fields.field import Field
    from opora.records.models import Record


class UserType(FieldType):
    """A person of the project, stored by id."""

    name = "user"
    label = _("User")
    icon = "user"
    operators = ("is", "not", "any", "none", "empty", "filled")
    input = "user"

    def parse(self, raw: Any, field: "Field") -> int | None:
        """The id of an active user. Raises `Invalid` when there is none such."""
        if raw in (None, ""):
            return None
        text = str(raw)
        if not text.isascii() or not text.isdigit() or not directory.is_active(int(text)):
            raise Invalid({field.name: _("There is no such employee.")})
        return int(text)

    def show(self, value: Any, field: "Field") -> str:
        return directory.name_of(value) if value else ""

    def edited(self, value: Any, field: "Field") -> str:
        return "" if value is None else str(value)

    def get_column(self, record: "Record", column: str) -> Any:
        return getattr(record, f"{column}_id")

    def set_column(self, record: "Record", column: str, value: Any) -> None:
        setattr(record, f"{column}_id", value)

    def operand(self, raw: str, field: "Field", asker: Asker) -> Any:
        if raw == "me":
            user_id = asker.user_id or 0
        elif raw.isascii() and raw.isdigit() and len(raw) < 19:
            user_id = int(raw)
        else:
            raise Invalid({field.name: _("There is no such employee.")})
        return str(user_id) if field.is_own else user_id

    def where(self, field: "Field", operator: str, raw: str, asker: Asker) -> Q:
        if operator == "is" and raw == "nobody":
            return self.is_empty(field, field.expression())
        return super().where(field, operator, raw, asker)

    def api(self, value: Any) -> Any:
        return None if value is None else str(value)
