"""Columns of a list: which are shown, in which order, and what a click on a head does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from opora.records.conditions import Condition
from opora.records.fields import Field
from opora.records.kinds import Kind
from opora.records.screens.state import State

HIDDEN = ("title",)
"""Always shown as the name, so never a column of its own."""


@dataclass(frozen=True)
class Head:
    """The head of a column. `sort` is the query that orders by it, empty when it can't; `aria` its order now."""

    name: str
    label: str
    align: str = ""
    sort: str = ""
    aria: str = ""


def can_show(field: Field) -> bool:
    """Whether a field may be a column: long texts are for the card, a record above stands under the name."""
    is_above = field.type.input == "record" and not field.is_own
    return (
        field.name not in HIDDEN and not field.is_hidden and field.type.input != "textarea" and not is_above
    )


def can_sort(field: Field) -> bool:
    """Whether a list may be ordered by the field."""
    return field.is_sortable and field.type.can_sort


def shown(state: State, fields: Mapping[str, Field]) -> list[Field]:
    """The columns of a list. Among the default ones, one that a filter makes the same in every row is left out."""
    if state.columns:
        return [fields[name] for name in state.columns if can_show(fields[name])]
    same = {c.field for c in state.conditions if _is_constant(c)}
    usual = [fields[name] for name in state.kind.default_columns if name in fields and name not in same]
    return [field for field in usual if can_show(field)]


def _is_constant(condition: Condition) -> bool:
    values = condition.value.split(",")
    if condition.operator == "empty":
        return True
    return condition.operator in ("is", "any") and len(values) == 1 and not values[0].startswith("group:")


def hidden(state: State, fields: Mapping[str, Field], columns: Sequence[Field]) -> list[Field]:
    """The fields that could be columns and are not."""
    names = {field.name for field in columns}
    return [field for field in fields.values() if can_show(field) and field.name not in names]


def heads(state: State, fields: Mapping[str, Field], columns: Sequence[Field]) -> list[Head]:
    """The head of the name and of every column."""
    first = replace(_head(state, fields["title"]), label=str(state.kind.label))
    return [first, *(_head(state, field) for field in columns)]


def _head(state: State, field: Field) -> Head:
    current, is_down = state.sort.removeprefix("-"), state.sort.startswith("-")
    is_by = current == field.name
    if not can_sort(field):
        return Head(field.name, field.shown_label, field.type.align)
    turned = f"-{field.name}" if is_by and not is_down else field.name
    aria = ("descending" if is_down else "ascending") if is_by else ""
    return Head(field.name, field.shown_label, field.type.align, state.with_(sort=turned).query(), aria)


def order_words(state: State, fields: Mapping[str, Field]) -> tuple[str, list[Head]]:
    """The name of the present order (empty for "newest first") and the orders to choose from."""
    choices = [_head(state, field) for field in fields.values() if can_sort(field)]
    now = fields.get(state.sort.removeprefix("-"))
    return (now.shown_label if now else ""), choices


def moved(columns: Sequence[Field], name: str, by: int) -> tuple[str, ...]:
    """The order of columns after one went a step to the left (-1) or to the right (1)."""
    names = [field.name for field in columns]
    at = names.index(name)
    to = max(0, min(len(names) - 1, at + by))
    names.insert(to, names.pop(at))
    return tuple(names)


def default(kind: Kind, fields: Mapping[str, Field]) -> tuple[str, ...]:
    """The names of the kind's own columns that the reader may see."""
    return tuple(name for name in kind.default_columns if name in fields)
