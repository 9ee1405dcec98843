"""Records as the API shows them: ids and amounts are texts, moments are ISO in UTC."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.people.access import Access
from opora.records import definitions, sight
from opora.records.feed import Row
from opora.records.fields import Field
from opora.records.kinds import Kind
from opora.timeline.events import Ref


def shown(access: Access, kind: Kind, records: Collection[Any], names: str = "") -> list[dict[str, Any]]:
    """Records with the fields a person may read; `names`, with commas, chooses some of them.

    A record that a field names is shown by its id only to who sees it. Raises `Invalid` for an unknown name.
    """
    fields = chosen(definitions.current().readable(access, kind.name), names)
    refs = {ref for record in records for ref in _refs(record, fields.values())}
    seen = sight.visible_refs(access, refs)
    return [_one(record, fields, seen) for record in records]


def chosen(fields: Mapping[str, Field], names: str) -> dict[str, Field]:
    """The fields of these names, all for none. Raises `Invalid` (`unknown_field`)."""
    wanted = [name for name in names.split(",") if name]
    unknown = [name for name in wanted if name not in fields]
    if unknown:
        raise Invalid({name: _("There is no such field.") for name in unknown}, code="unknown_field")
    return {name: fields[name] for name in wanted} if wanted else dict(fields)


def _one(record: Any, fields: Mapping[str, Field], seen: set[Ref]) -> dict[str, Any]:
    about = {"about": _about(record, seen)} if hasattr(record, "about_kind") else {}
    return {
        "id": str(record.id),
        "version": record.version,
        "is_incomplete": record.is_incomplete,
        "trashed_at": record.trashed_at.isoformat() if record.is_trashed else None,
        **_aside(record),
        **about,
        **{name: field.type.api_seen(field.get(record), field, seen) for name, field in fields.items()},
    }


def _aside(record: Any) -> dict[str, Any]:
    """Since when a record stands in no list without being deleted, for kinds that know this (N20)."""
    if not hasattr(record, "aside_at"):
        return {}
    return {"aside_at": record.aside_at.isoformat() if record.aside_at else None}


def _about(record: Any, seen: set[Ref]) -> str | None:
    """The card a task or a note stands on, as it is named when one is made."""
    is_seen = record.about_id and Ref(record.about_kind, record.about_id) in seen
    return f"{record.about_kind}:{record.about_id}" if is_seen else None


def _refs(record: Any, fields: Iterable[Field]) -> Iterable[Ref]:
    if getattr(record, "about_id", None):
        yield Ref(record.about_kind, record.about_id)
    for field in fields:
        yield from field.type.refs(field.get(record), field)


def row(found: Row, name: str) -> dict[str, Any]:
    """A row of a feed; `name` is that of who acted."""
    event = found.event
    return {
        "id": str(event.id),
        "at": event.at.isoformat(),
        "event": event.name,
        "via": event.via,
        "actor": {"id": str(event.actor_id), "name": name} if event.actor_id else None,
        "record": {"kind": found.kind.name, "id": str(found.record.id), "title": found.record.title},
        "changes": [
            {"field": c.field.name, "label": c.field.shown_label, "old": c.old, "new": c.new}
            for c in found.changes
        ],
    }


def field_shape(field: Field) -> dict[str, Any]:
    """What a program must know of a field."""
    return {
        "name": field.name,
        "label": field.shown_label,
        "type": field.type.name,
        "is_own": field.is_own,
        "only": field.only or None,
        "is_required": field.is_required,
        "is_writable": field.writable,
        "operators": list(field.type.operators) if field.is_filterable else [],
        "is_sortable": field.is_sortable and not field.type.is_multiple,
        "choices": [{"id": choice.id, "label": choice.shown} for choice in field.choices],
        "schema": field.type.schema(field),
    }
