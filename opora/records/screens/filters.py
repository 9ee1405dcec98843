"""The filter panel: conditions as a person writes them, and chips as a person reads them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.people import directory
from opora.people.access import Access
from opora.records import definitions, sight
from opora.records.conditions import MOST_CONDITIONS, Condition
from opora.records.fields import Field
from opora.records.fields.types import Asker
from opora.records.fields.types.stage import STALE
from opora.records.words import GROUPS
from opora.timeline.events import Ref

Words = str | Promise

FAMILY = {
    "number": "number", "money": "number", "date": "date", "moment": "date", "checkbox": "yes",
    "select": "choice", "multiselect": "choice", "tags": "choice", "stage": "choice", "user": "choice",
    "phone": "exact", "email": "exact", "record": "record",
}  # fmt: skip
OFFERED: Mapping[str, tuple[str, ...]] = {
    "text": ("contains", "is", "not", "starts", "empty", "filled"),
    "number": ("is", "gt", "gte", "lt", "lte", "between", "empty", "filled"),
    "date": ("is", "lt", "gt", "between", "empty", "filled"),
    "choice": ("any", "none", "empty", "filled"),
    "exact": ("is", "not", "empty", "filled"),
    "record": ("is", "not", "empty", "filled"),
    "yes": ("is",),
}
LABELS: Mapping[str, Words] = {
    "is": _("is"), "not": _("is not"), "contains": _("contains"), "starts": _("starts with"),
    "any": _("any of"), "none": _("none of"), "empty": _("is empty"), "filled": _("is filled"),
    "gt": _("more than"), "gte": _("at least"), "lt": _("less than"), "lte": _("at most"), "between": _("between"),
}  # fmt: skip
DATE_LABELS: Mapping[str, Words] = {
    "lt": _("before"),
    "gt": _("after"),
    "lte": _("not after"),
    "gte": _("not before"),
}
DATE_WORDS: Mapping[str, Words] = {
    "today": _("today"), "yesterday": _("yesterday"), "tomorrow": _("tomorrow"), "week": _("this week"),
    "month": _("this month"), "late": _("already past"), "future": _("in the future"),
}  # fmt: skip
NO_VALUE = ("empty", "filled")


@dataclass(frozen=True)
class Option:
    """One value to tick. `heading` starts a group in the list."""

    id: str
    label: str
    color: str = ""
    heading: str = ""


@dataclass(frozen=True)
class Draft:
    """A row of the panel: a condition that is being written. `values` are what stands in its inputs."""

    number: int
    field: Field
    operator: str
    values: tuple[str, ...] = ()
    error: str = ""
    operators: Sequence[tuple[str, str]] = ()
    options: Sequence[Option] = ()

    @property
    def family(self) -> str:
        """Which inputs the row has."""
        return family(self.field)

    @property
    def needs_value(self) -> bool:
        """Whether there is something to type or tick."""
        return self.operator not in NO_VALUE

    @property
    def picked(self) -> str:
        """What the ticked values are called, short."""
        return _named(self.field, self.values)

    def condition(self) -> Condition | None:
        """The condition, or None while nothing is written."""
        values = [value.strip() for value in self.values if value.strip()]
        if not self.needs_value:
            return Condition(self.field.name, self.operator)
        if not values:
            return None
        if self.operator == "between":
            return Condition(self.field.name, "between", "..".join(values)) if len(values) > 1 else None
        joined = ",".join(values) if self.family == "choice" else values[-1]
        return Condition(self.field.name, self.operator, joined)


def family(field: Field) -> str:
    """The family of inputs a field is asked by."""
    return FAMILY.get(field.type.input, "text")


def can_filter(field: Field) -> bool:
    """Whether the panel offers the field."""
    return field.is_filterable and not field.is_hidden and bool(field.type.operators)


def offered(fields: Mapping[str, Field]) -> list[Field]:
    """The fields the panel offers, by name."""
    return sorted((f for f in fields.values() if can_filter(f)), key=lambda f: f.shown_label.casefold())


def operators(field: Field) -> list[tuple[str, str]]:
    """The comparisons of a field with their words."""
    kind = family(field)
    return [(name, _operator(kind, name)) for name in OFFERED[kind] if name in field.type.operators]


def _operator(kind: str, name: str) -> str:
    return str(DATE_LABELS.get(name, LABELS[name]) if kind == "date" else LABELS[name])


def draft(
    number: int, field: Field, operator: str = "", values: Iterable[str] = (), error: str = ""
) -> Draft:
    """A row of the panel, with an operator that the field has."""
    known = operators(field)
    names = [name for name, _words in known]
    chosen = operator if operator in names else names[0]
    kept = tuple(values) if operator in names or not operator else ()
    return Draft(number, field, chosen, kept, error, known, options(field))


def drafts_of(conditions: Sequence[Condition], fields: Mapping[str, Field]) -> list[Draft]:
    """The rows for conditions that hold; `is` of a choice is shown as "any of"."""
    found = []
    for number, condition in enumerate(conditions):
        known = fields[condition.field]
        operator, values = condition.operator, [condition.value]
        if family(known) == "choice":
            operator = {"is": "any", "not": "none"}.get(operator, operator)
            values = condition.value.split(",") if condition.value else []
        elif operator == "between":
            values = condition.value.split("..", 1)
        found.append(draft(number, known, operator, values))
    return found


def read_form(sent: QueryDict, fields: Mapping[str, Field]) -> list[Draft] | None:
    """The rows that the panel's form sent (`c0`, `o0`, `v0` …), or None when this is not that form.

    Raises `Invalid` for a field that is unknown or closed (R2.05).
    """
    if "panel" not in sent:
        return None
    numbers = sorted(
        int(key[1:]) for key in sent if key[0] == "c" and key[1:].isascii() and key[1:].isdigit()
    )
    found = []
    for number in numbers[:MOST_CONDITIONS]:
        name = str(sent[f"c{number}"])
        if not name or sent.get("drop") == str(number):
            continue
        if name not in fields or not can_filter(fields[name]):
            raise Invalid({name: _("There is no such field.")}, code="unknown_field")
        found.append(draft(number, fields[name], sent.get(f"o{number}", ""), sent.getlist(f"v{number}")))
    return found


def checked(rows: Sequence[Draft], asker: Asker) -> list[Draft]:
    """The same rows, those that can't be read with words about it."""
    return [_check(row, asker) for row in rows]


def _check(row: Draft, asker: Asker) -> Draft:
    condition = row.condition()
    if condition is None:
        return replace(row, error=gettext("Say what to compare with."))
    try:
        row.field.type.where(row.field, condition.operator, condition.value, asker)
    except Invalid as refusal:
        words = [str(word) for found in refusal.fields.values() for word in found]
        return replace(row, error=words[0] if words else str(refusal.message))
    return row


def options(field: Field) -> list[Option]:
    """What a choice is made of: people, stages by process, options of a selector."""
    if field.type.name == "user":
        everyone = [Option(str(person.id), person.name) for person in directory.active()]
        return [Option("me", gettext("me")), *everyone]
    if field.type.name == "stage":
        return _stages(field)
    return [Option(choice.id, choice.shown, choice.color) for choice in field.choices]


def _stages(field: Field) -> list[Option]:
    found = [
        Option(f"group:{name}", str(words), heading=gettext("Groups") if not at else "")
        for at, (name, words) in enumerate(GROUPS.items())
    ]
    if definitions.current().has_stale(field.kind):
        found.append(Option(STALE, gettext("Standing too long")))
    for process in definitions.current().processes_of(field.kind):
        found += [
            Option(str(stage.id), stage.shown, stage.color, "" if at else process.shown)
            for at, stage in enumerate(process.stages)
        ]
    return found


@dataclass(frozen=True)
class Chip:
    """A filter as it stands above the list: what, the value in words, and the query without it."""

    name: str
    value: str
    remove: str


def chips(state: Any, fields: Mapping[str, Field], titles: Mapping[str, str]) -> list[Chip]:
    """The filters that hold, in words; `titles` are those of the records they name, by id."""
    return [
        Chip(fields[c.field].shown_label, words_of(c, fields[c.field], titles), state.without(c).query())
        for c in state.conditions
    ]


def titles_of(access: Access, named: Iterable[tuple[Field, str]]) -> dict[str, str]:
    """The titles of the records that conditions name, by id, as far as the person sees them; a query a kind."""
    refs = {
        Ref(str(field.options["kind"]), int(value))
        for field, value in named
        if family(field) == "record" and value.isascii() and value.isdigit() and len(value) < 20
    }
    return {str(ref.id): title for ref, title in sight.titles(access, refs).items()}


def words_of(condition: Condition, field: Field, titles: Mapping[str, str]) -> str:
    """The comparison and the value of a condition: «Казань», «кроме: Договор», «до 23.11.2026»."""
    kind, operator, value = family(field), condition.operator, condition.value
    if operator in NO_VALUE:
        return _operator(kind, operator)
    if kind == "choice":
        values = tuple(part for part in value.split(",") if part)
        named = _named(field, values)
        return gettext("except: %(names)s") % {"names": named} if operator in ("none", "not") else named
    if kind == "date" and operator == "is" and value in DATE_WORDS:
        return str(DATE_WORDS[value])
    if kind == "record":
        name = titles.get(value) or gettext("the chosen one")
        return gettext("except: %(names)s") % {"names": name} if operator == "not" else name
    if kind == "yes":
        return field.type.show(field.type.parse(value, field), field)
    if operator == "between":
        return value.replace("..", " — ")
    return value if operator == "is" else f"{_operator(kind, operator)} {value}"


def _named(field: Field, values: Sequence[str]) -> str:
    """One value by its name, two by both, more by their number."""
    ticked = [value for value in values if value]
    if len(ticked) > 2:
        return ngettext("any of %(n)d", "any of %(n)d", len(ticked)) % {"n": len(ticked)}
    return ", ".join(_label(field, value) for value in ticked)


def _label(field: Field, value: str) -> str:
    if value == "me":
        return gettext("me")
    if value == STALE and field.type.name == "stage":
        return gettext("Standing too long")
    if value.startswith("group:"):
        return str(GROUPS.get(value.removeprefix("group:"), value))
    if field.type.name == "user":
        return directory.name_of(int(value)) if value.isdigit() else gettext("nobody")
    choice = field.choice(value)
    return choice.shown if choice else value
