"""The main phone of a record as one person may see it, for pages that show it outside the fields (R5.05)."""

from typing import Any

from opora.people.access import Access
from opora.records import definitions
from opora.records.kinds import kind_of


def number_for(access: Access, record: Any) -> str:
    """The first phone in the words this person may read; empty when there is none."""
    field = definitions.current().readable(access, kind_of(record).name).get("phones")
    value = field.get(record) if field else None
    return field.type.show(value[:1], field) if field and value else ""


def dial_for(access: Access, record: Any) -> str:
    """What a link dials: `tel:+7…`, or nothing where the number is hidden from this person."""
    field = definitions.current().readable(access, kind_of(record).name).get("phones")
    value = field.get(record) if field else None
    if field is None or not value or getattr(field.type, "is_masked", False):
        return ""
    return f"tel:{value[0]['value']}"
