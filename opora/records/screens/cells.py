"""What each field type puts into a cell of a list: a piece of the row's one flat template, not a macro a cell.

In a piece `v` is the value, `f@` and `t@` are the field and its type of that column. Nothing is drawn for None.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from opora.people import directory
from opora.records import definitions
from opora.records.fields import Field
from opora.records.models import Record
from opora.ui import formats
from opora.ui.jinja import initials

STEPS = frozenset({"next_step_at", "due_at"})
"""Moments that something is to be done at: shown by how late they are."""

_LABEL = '<span class="label"{% if c.color %} data-color="{{ c.color }}"{% endif %}>{{ c.shown }}</span>'
_LABELS = (
    '<span class="row row--tight">{% for id in v %}{% set c = f@.choice(id) %}{% if c %}'
    + _LABEL
    + "{% endif %}{% endfor %}</span>"
)
_PIECES: Mapping[str, str] = {
    "stage": "{{ stages[v] }}",
    "user": "{{ people[v] }}",
    "money": "{{ money(v.amount, v.currency) }}",
    "number": "{{ v|number }}",
    "date": '<span class="t2" title="{{ exact(v) }}">{{ short_day(v) }}</span>',
    "moment": '<span class="t2">{{ ago(v) }}</span>',
    "checkbox": "{% if v %}{{ tick }}{% endif %}",
    "phone": '{{ t@.one(v[0].value) }}{% if v|length > 1 %} <span class="t3">+{{ v|length - 1 }}</span>{% endif %}',
    "email": '<a href="mailto:{{ v[0].value }}">{{ v[0].value }}</a>'
    '{% if v|length > 1 %} <span class="t3">+{{ v|length - 1 }}</span>{% endif %}',
    "sites": '<a href="{{ v[0].value }}" target="_blank" rel="noopener noreferrer">{{ t@.one(v[0].value) }}</a>'
    '{% if v|length > 1 %} <span class="t3">+{{ v|length - 1 }}</span>{% endif %}',
    "address": '<span class="trunc">{{ v[0].value }}</span>'
    '{% if v|length > 1 %} <span class="t3">+{{ v|length - 1 }}</span>{% endif %}',
    "file": '<span class="trunc">{{ v[0].name }}</span>'
    '{% if v|length > 1 %} <span class="t3">+{{ v|length - 1 }}</span>{% endif %}',
    "link": '<a href="{{ v }}" target="_blank" rel="noopener noreferrer">{{ t@.show(v, f@) }}</a>',
    "record": "{% set n = named.get((f@.options.kind, v)) %}"
    '{% if n %}{{ n }}{% else %}<span class="t3">—</span>{% endif %}',
    "companies": '{% for one in v %}{% set n = named.get(("contact", one.company|int)) %}{% if n %}'
    '<span>{{ n }}{% if one.role %} <span class="t3">{{ one.role }}</span>{% endif %}</span> '
    "{% endif %}{% endfor %}",
    "selector": "{% set c = f@.choice(v) %}{% if c %}{% if c.color %}" + _LABEL + "{% else %}{{ c.shown }}"
    "{% endif %}{% endif %}",
    "tags": _LABELS,
    "multi_selector": _LABELS,
}
_DUE = (
    "{% set d = due_of(r, v) %}<span class=\"due{{ ' due--' ~ d.kind if d.kind }}\""
    '{% if v %} title="{{ exact(v) }}"{% endif %}>'
    "{% if d.kind == 'late' %}{{ late }}{% endif %}{{ d.text }}</span>"
)
_STAGE = Markup('<span class="stage" data-color="{}" data-stage="{}"><span class="trunc">{}</span></span>')
_PERSON = Markup(
    '<span class="who"><span class="avatar avatar--20" data-hue="{}" aria-hidden="true">{}</span>'
    '<span class="trunc">{}</span></span>'
)
_NOTHING = '<span class="t3">—</span>'
NUMERIC = frozenset({"money", "number", "phone"})


def piece(field: Field, at: int) -> str:
    """The template of a cell's inside; `at` is the number of its column."""
    if field.name in STEPS:
        return _DUE
    inside = _PIECES.get(field.type.name, "{{ t@.show(v, f@) }}").replace("@", str(at))
    there = "v" if field.type.is_multiple else "v is not none"
    return f"{{% if {there} %}}{inside}{{% else %}}{_NOTHING if field.type.align else ''}{{% endif %}}"


class Drawn(dict[Any, Markup]):
    """What cells draw for a value, once a page: fifty rows show ten stages and a few people."""

    def __init__(self, draw: Callable[[Any], Markup]) -> None:
        self._draw = draw

    def __missing__(self, value: Any) -> Markup:
        drawn = self[value] = self._draw(value)
        return drawn


def stages() -> Drawn:
    """A stage by its id; nothing for one that is gone."""
    known = definitions.current().stages

    def draw(number: Any) -> Markup:
        stage = known.get(number)
        return _STAGE.format(stage.color, stage.id, stage.shown) if stage else Markup("")

    return Drawn(draw)


def people() -> Drawn:
    """A person by the id; nothing for an unknown one."""
    known = directory.people()

    def draw(number: Any) -> Markup:
        person = known.get(number)
        return _PERSON.format(person.hue, initials(person.name), person.name) if person else Markup("")

    return Drawn(draw)


def phone_places(columns: list[Field]) -> dict[str, int]:
    """Which columns a phone shows in its two-line rows: 2 at the right of the name, 3 and 4 below."""
    found: dict[str, int] = {}
    wanted = ((2, STEPS), (3, {"stage", "category", "selector", "text"}), (4, {"money", "user", "phone"}))
    for place, names in wanted:
        for column in columns:
            if column.name not in found and (column.name in names or column.type.name in names):
                found[column.name] = place
                break
    return found


def due_of(record: Record, moment: datetime | date | None) -> formats.Due:
    """The words of a next step. What is done is not late; a whole day is late from the next one on.

    A next step keeps no sign of being a whole day's, so its midnight stands for one.
    """
    if moment is None:
        return formats.due(None)
    if getattr(record, "done_at", None):
        return formats.Due(formats.day(moment), "")
    if isinstance(moment, datetime):
        here = formats.local(moment)
        if getattr(record, "is_all_day", here.hour == here.minute == 0):
            return formats.due(here.date())
    return formats.due(moment)
