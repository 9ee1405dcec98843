"""What a kind adds to the generic card and form: its badge, its sum, the fields that do not concern a record."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from opora.kit.registry import Registry


def nothing(record: Any) -> str:
    """No words."""
    return ""


def no_names(values: Any) -> Collection[str]:
    """No fields."""
    return ()


def nothing_asked(stage: Any) -> Collection[str]:
    """No fields, whatever the stage."""
    return ()


def no_context(access: Any, record: Any) -> Mapping[str, Any]:
    """Nothing for a template."""
    return {}


USUALLY_ALONG = _("Together with linked deals and tasks")


@dataclass(frozen=True)
class Face:
    """The particular of a kind's card.

    `hidden` gives the fields that do not concern a record (a company has no first name), from its columns;
    `apart` those that its own templates show (the type in the head, the next step);
    `beside` those that a card shows in a block at the right, and a form among the others;
    `menu` a template of more entries for the card's menu;
    `on_top` a template of the head, under the title; `has_composer` whether notes and tasks are written on it;
    `asks_at` the fields that a move to a stage always asks a person for, required or not (why a deal is lost);
    `move_takes` what else a move may be sent with, and the templates that draw it: `gate_more` in the dialog of one
    record, with `gate_context`, and `bulk_move` in that of many;
    `along` what may change hands with records, and `along_on` whether it does unless somebody says otherwise (U12);
    `suggestions` words offered for a text, by the field's name.
    """

    badge: Callable[[Any], str] = nothing
    is_square: Callable[[Any], bool] = lambda record: False
    hidden: Callable[[Mapping[str, Any]], Collection[str]] = no_names
    apart: Collection[str] = ()
    beside: Collection[str] = ()
    amount: Callable[[Any], str] = nothing
    on_top: str = ""
    actions: str = ""
    menu: str = ""
    form_top: str = ""
    has_avatar: bool = True
    has_composer: bool = True
    new_text: Any = ""
    made_text: Any = ""
    fields_title: Any = ""
    asks_at: Callable[[Any], Collection[str]] = nothing_asked
    move_takes: Collection[str] = ()
    gate_more: str = ""
    gate_context: Callable[[Any, Any], Mapping[str, Any]] = no_context
    bulk_move: str = ""
    along: Any = USUALLY_ALONG
    along_on: bool = True
    suggestions: Mapping[str, Sequence[Any]] = field(default_factory=dict)


faces: Registry[Face] = Registry("face")


def face_of(kind_name: str) -> Face:
    """The face of a kind; a plain one for a kind that adds nothing."""
    return faces.get(kind_name) or Face()
