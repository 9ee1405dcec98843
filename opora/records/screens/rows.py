"""The rows of a list: one flat template, compiled once for a set of columns (500 cells in well under a millisecond)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template import engines
from django.urls import get_script_prefix
from django.utils.translation import gettext
from jinja2 import Template
from markupsafe import Markup, escape

from opora.people import rights
from opora.people.access import Access
from opora.records import sight
from opora.records.fields import Field
from opora.records.kinds import Kind
from opora.records.screens import cells, marks
from opora.records.screens.cells import due_of, phone_places, piece
from opora.ui.jinja import icon

# A row names its address, its id and its name a dozen times: marks that no escaped text contains stand for them in
# the template, and are replaced in the whole row at once.
AT, ID, NAME, END = "<@>", "<#>", "<n>", "</tr>\n"

_HEAD = (
    f'{{% for r in records %}}{{% set may_edit = r.id in editable %}}<tr role="row" data-row="{ID}"'
    f' data-href="{AT}" data-peek="{AT}peek/"'
    '{% if r.is_trashed %} class="is-trashed"{% endif %}>'
    f'<td class="table__check" role="cell"><input type="checkbox" data-pick name="ids" value="{ID}"'
    f' form="bulk" aria-label="{{{{ pick }}}} {NAME}"></td>'
    '<td class="table__pin" role="cell" data-phone="1">'
)
_LINK = f'<a class="table__name" href="{AT}">'
_CLOSE = (
    '<button class="tick{{ \' is-done\' if r.done_at }}" type="button" hx-swap="none"'
    f" hx-post=\"{AT}{{{{ 'reopening' if r.done_at else 'closing' }}}}/\""
    f' aria-label="{{{{ reopen if r.done_at else close }}}} {NAME}">{{{{ done_icon if r.done_at }}}}</button>'
)
_AVATAR = (
    '<span class="avatar{{ \' avatar--co\' if r.is_company }}" data-hue="{{ r.id % 6 + 1 }}"'
    ' aria-hidden="true">{% if r.photo %}<img src="{{ root }}files/{{ r.photo[0].id }}/preview/" alt="" loading="lazy">'
    "{% else %}{{ names[r.id]|initials }}{% endif %}</span>"
)
_NAME = (
    f'<span class="trunc">{{% if r.done_at %}}<s>{NAME}</s>{{% else %}}{NAME}{{% endif %}}'
    '{% if r.id in subs %} <span class="table__sub">{{ subs[r.id] }}</span>{% endif %}</span>'
    "{% if r.id in marks %}{{ marks[r.id] }}{% endif %}</a>"
)
_EDIT = (
    f'{{% if may_edit %}} data-edit hx-get="{AT}fields/?/?as=cell" hx-trigger="edit"'
    ' hx-target="this" hx-swap="outerHTML"{% endif %}'
)


@dataclass(frozen=True)
class Rows:
    """Records of one kind with all that their rows show, loaded set-wise."""

    kind: Kind
    records: Sequence[Any]
    columns: Sequence[Field]
    editable: frozenset[int]
    subs: Mapping[int, str]
    marks: Mapping[int, Markup]
    named: Mapping[tuple[str, int], str]

    def html(self) -> Markup:
        """The `<tr>` elements."""
        if not self.records:
            return Markup("")
        names = {r.id: name_of(r) for r in self.records}
        context: dict[str, Any] = {
            "records": self.records,
            "names": names,
            "root": get_script_prefix(),
            "subs": self.subs,
            "marks": self.marks,
            "editable": self.editable,
            "pick": gettext("Select:"),
            "close": gettext("Close:"),
            "reopen": gettext("Open again:"),
            "done_icon": icon("check", "icon--14"),
            **known(self.columns),
            "named": self.named,
        }
        rows = drawn(_compiled(source(self.kind, list(self.columns))), context).split(END)
        base = f"{get_script_prefix()}{self.kind.url}/"
        return Markup("").join(
            _filled(row, base, r.id, names[r.id]) for row, r in zip(rows, self.records, strict=False)
        )


def _filled(row: str, base: str, record_id: int, name: str) -> Markup:
    """A row with its own address, id and name in the places of the marks; `str.replace` knows nothing of escaping."""
    text = str(row).replace(AT, f"{escape(base)}{record_id}/").replace(ID, str(record_id))
    return Markup(text.replace(NAME, escape(name)) + END)  # noqa: S704 - every part of it has been escaped


def known(columns: Sequence[Field]) -> dict[str, Any]:
    """What the pieces of cells ask: the columns with their types, people, stages, words."""
    found: dict[str, Any] = {
        "people": cells.people(),
        "stages": cells.stages(),
        "named": {},
        "due_of": due_of,
        "late": icon("alert-circle") + Markup('<span class="sr">{}</span>').format(gettext("late:")),
        "tick": icon("check") + Markup('<span class="sr">{}</span>').format(gettext("Yes")),
    }
    for at, field in enumerate(columns):
        found |= {f"f{at}": field, f"t{at}": field.type, f"get{at}": field.get}
    return found


def drawn(template: Template, context: Mapping[str, Any]) -> Markup:
    """What a template of the environment draws: every value in it has been escaped."""
    return Markup(template.render(context))  # noqa: S704 - the environment escapes


def value_html(field: Field, record: Any) -> Markup:
    """One value as the list shows it."""
    template = _compiled("{% set v = get0(r) %}" + piece(field, 0))
    return drawn(template, {"r": record, **known([field])})


def load(access: Access, kind: Kind, records: Sequence[Any], columns: Sequence[Field]) -> Rows:
    """What rows need besides the records: titles of the cards above (a query a kind) and what may be edited (one)."""
    above = {r.id: refs[0] for r in records if (refs := list(kind.parents(r)))}
    links = {
        ref for record in records for field in columns for ref in field.type.refs(field.get(record), field)
    }
    titles = sight.titles(access, {*above.values(), *links})
    subs = {number: titles[ref] for number, ref in above.items() if titles.get(ref)}
    editable: frozenset[int] = frozenset()
    if records and not kind.seen_through and rights.may(access, kind.name, "edit"):
        editable = frozenset(sight.reached(access, kind, "edit", [r for r in records if not r.is_trashed]))
    marked = {number: marks.drawn(mark) for number, mark in marks.marks_of(access, kind, records).items()}
    named = {(ref.kind, ref.id): titles[ref] for ref in links if ref in titles}
    return Rows(kind, records, columns, editable, subs, marked, named)


def name_of(record: Any) -> str:
    """The name of a record as people read it."""
    return str(record.title) or gettext("No name")


def is_editable(field: Field) -> bool:
    """Whether a cell takes its value in place; stages and responsibles have dialogs of their own."""
    return (
        field.writable
        and not field.is_one_time
        and not field.type.is_multiple
        and field.type.name not in ("stage", "user", "long_text", "checkbox")
    )


def source(kind: Kind, columns: list[Field]) -> str:
    """The template of the rows for these columns."""
    places = phone_places(columns)
    tick = _CLOSE if hasattr(kind.model, "done_at") else ""
    avatar = _AVATAR if hasattr(kind.model, "is_company") else ""
    name = [_LINK, avatar, _NAME]
    parts = [_HEAD, *(['<div class="tick-row">', tick, *name, "</div>"] if tick else name), "</td>"]
    for at, field in enumerate(columns):
        names = _classes(field)
        classes = f' class="{" ".join(names)}"' if names else ""
        place = f' data-phone="{places[field.name]}"' if field.name in places else ""
        edit = _EDIT.replace("?", field.name, 1) if is_editable(field) else ""
        parts.append(
            f'{{% set v = get{at}(r) %}}<td role="cell"{classes}{place}{edit}>{piece(field, at)}</td>'
        )
    return "".join([*parts, END, "{% endfor %}"])


def _classes(field: Field) -> list[str]:
    names = ["right"] if field.type.align else []
    names += ["num"] if field.type.name in cells.NUMERIC else []
    return [*names, "can-edit"] if is_editable(field) else names


@lru_cache(maxsize=256)
def _compiled(text: str) -> Template:
    """The text says all that differs between projects, versions of definitions and columns: equal text, equal rows."""
    template: Template = engines["jinja"].env.from_string(text)  # type: ignore[attr-defined]
    return template
