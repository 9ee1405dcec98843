"""A look at a record beside the list: its main fields, edited in place, and the last rows of its feed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from markupsafe import Markup

from opora.people.middleware import access_of
from opora.records import definitions, sight
from opora.records.fields import Field
from opora.records.kinds import Kind
from opora.records.screens import rows
from opora.records.screens.acts import address
from opora.records.screens.faces import face_of
from opora.records.screens.feed import history
from opora.records.screens.lists import Screen
from opora.records.screens.standing import Standing
from opora.ui import htmx, render

ROWS = 6
MOST_FIELDS = 14


@dataclass(frozen=True)
class Line:
    """A field of the peek: its value as a list shows it, and where its input comes from (empty: not edited here)."""

    field: Field
    value: Markup
    edit: str


def show(request: HttpRequest, screen: Screen, number: str) -> HttpResponse:
    """The peek of one record; a browser that asks for it as a page gets the card. Raises `NotFound` when unseen."""
    kind, access = screen.kind, access_of(request)
    record = sight.get_visible(access, kind, number)
    if not htmx.is_fragment(request):
        return HttpResponseRedirect(address(kind, record.id))
    standing = Standing(access, kind, record)
    fields = definitions.current().readable(access, kind.name)
    ref = kind.ref(record)
    last = replace(history(access, ref, limit=ROWS, known={ref: record}), next=None)
    loaded = rows.load(access, kind, [record], ())
    context = {
        "kind": kind,
        "record": record,
        "name": rows.name_of(record),
        "sub": loaded.subs.get(record.id, ""),
        "mark": loaded.marks.get(record.id, ""),
        "face": face_of(kind.name),
        "standing": standing,
        "lines": lines(kind, fields.values(), record, may_edit=standing.may_edit),
        "history": last,
        "url": address(kind, record.id),
    }
    return render.part(request, "records/list_peek.html", context)


def lines(kind: Kind, fields: Any, record: Any, *, may_edit: bool) -> list[Line]:
    """The main fields: the kind's columns first, empty or not, then whatever else is filled in."""
    first = [field for name in kind.default_columns for field in fields if field.name == name]
    rest = [field for field in fields if field not in first and _is_worth_showing(field, record, kind)]
    chosen: Sequence[Field] = [*first, *rest][:MOST_FIELDS]
    return [
        Line(
            field,
            rows.value_html(field, record),
            address(kind, record.id, "fields", field.name) if may_edit and is_edited_here(field) else "",
        )
        for field in chosen
    ]


def is_edited_here(field: Field) -> bool:
    """Whether the field's input may stand in its place: stage and responsible change by verbs of their own."""
    return field.writable and not field.is_one_time and field.type.name not in ("stage", "user")


def _is_worth_showing(field: Field, record: Any, kind: Kind) -> bool:
    hidden = face_of(kind.name).hidden(
        {f.attname: getattr(record, f.attname) for f in record._meta.concrete_fields}
    )
    if field.name in ("title", "created_at", "updated_at", *hidden) or field.type.name == "record":
        return False
    return field.get(record) not in (None, "", [])
