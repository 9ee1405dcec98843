"""Fields: built-in and own ones are the same thing to lists, forms, filters, imports and the API."""

from opora.records.fields.field import Choice, Field
from opora.records.fields.types import types

__all__ = ["Choice", "Field", "types"]
