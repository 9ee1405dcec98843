"""Filters as they stand in an address, and what they ask of the database (R2.05)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.records.fields import Field
from opora.records.fields.types import Asker

MOST_CONDITIONS = 20


@dataclass(frozen=True)
class Condition:
    """`field operator value`; written in an address as `f=stage.any:17,18`."""

    field: str
    operator: str
    value: str = ""

    @classmethod
    def read(cls, text: str) -> "Condition":
        """The condition of one `f` parameter. Raises `Invalid` when it is not of that form."""
        name, point, rest = text.partition(".")
        operator, __, value = rest.partition(":")
        if not name or not point or not operator:
            raise Invalid({"f": _("This filter can't be read.")}, code="bad_condition")
        return cls(name, operator, value)

    def __str__(self) -> str:
        return f"{self.field}.{self.operator}:{self.value}"


def read_all(texts: Iterable[str]) -> list[Condition]:
    """The conditions of an address. Raises `Invalid` for a broken one or more than twenty."""
    conditions = [Condition.read(text) for text in texts]
    if len(conditions) > MOST_CONDITIONS:
        raise Invalid({"f": _("At most 20 filters at once.")}, code="too_many_conditions")
    return conditions


def where(conditions: Iterable[Condition], fields: Mapping[str, Field], asker: Asker) -> Q:
    """All conditions together, over the fields a person may read.

    Raises `Invalid` with one and the same words for a field that does not exist and one that is closed to the person.
    """
    joined = Q()
    for condition in conditions:
        field = fields.get(condition.field)
        if field is None or not field.is_filterable:
            raise Invalid({condition.field: _("There is no such field.")}, code="unknown_field")
        joined &= field.type.where(field, condition.operator, condition.value, asker)
    return joined
