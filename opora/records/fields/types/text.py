"""Short and long text."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import Contains, Exact, GreaterThanOrEqual, IsNull, LessThan
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.kit.text import clean, fold, is_blank
from opora.records.fields.types.base import Asker, FieldType

if TYPE_CHECKING:
    from opora.records.fields.field import Field

KEY_LENGTH = 200
AFTER_ALL = "\U0010ffff"


class Text(FieldType):
    """One line of text, compared without case and ё."""

    name = "text"
    label = _("Text")
    icon = "letter-case"
    operators: ClassVar[tuple[str, ...]] = ("is", "not", "contains", "starts", "empty", "filled")
    has_lines = False

    def parse(self, raw: Any, field: "Field") -> str | None:
        """The cleaned text. Raises `Invalid` when it is longer than the field takes."""
        if raw is None or is_blank(raw):
            return None
        if not isinstance(raw, str | int | float):
            raise Invalid({field.name: _("Write text here.")})
        return clean(str(raw), field.max_length, field=field.name, lines=self.has_lines)

    def key(self, value: Any) -> str | None:
        return None if value is None else fold(value)[:KEY_LENGTH]

    def where(self, field: "Field", operator: str, raw: str, asker: Asker) -> Q:
        expression = field.expression()
        if operator == "contains":
            return Q(Contains(expression, fold(raw)))
        if operator == "starts":
            start = fold(raw)
            return Q(GreaterThanOrEqual(expression, Value(start))) & Q(
                LessThan(expression, Value(start + AFTER_ALL))
            )
        return super().where(field, operator, raw, asker)

    def is_empty(self, field: "Field", expression: Combinable) -> Q:
        if field.is_own:
            return Q(IsNull(expression, True))
        return Q(IsNull(expression, True)) | Q(Exact(expression, Value("")))


class LongText(Text):
    """Text of many lines, found by search rather than by filters."""

    name = "long_text"
    label = _("Long text")
    icon = "align-left"
    operators = ()
    has_lines = True
    input = "textarea"
