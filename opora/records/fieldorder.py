"""The order of a questionnaire: sections, and the fields in them, by one drag or step by step (I09)."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Conflict, NotFound
from opora.people.access import Access
from opora.records import definitions
from opora.records.kinds import Kind
from opora.records.models import BuiltinSetting, OwnField, Section
from opora.records.sectionsettings import order_sections
from opora.records.settings_log import note
from opora.timeline.events import Ref

Order = list[tuple[str, list[str]]]


def order_questionnaire(access: Access, kind: Kind, order: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Put a kind's sections and the fields in them into this order: `(section's name, names of its fields)` each.

    An own field may go to another section; those of the house stay in the first one, which stays the first. What
    somebody added meanwhile stands behind, what was deleted is passed over. Raises `Conflict` for an impossible place.
    """
    first = kind.sections[0].name
    with transaction.atomic():
        own = {row.name: row for row in OwnField.objects.filter(kind=kind.name, deleted_at=None)}
        before = sections_with_fields(kind)
        after = _completed(order, before)
        moved = {name for section, names in after if section != first for name in names}
        if not after or after[0][0] != first or moved - set(own):
            raise Conflict(
                _("The first section and the built-in fields stay where they are."), code="fixed_place"
            )
        order_sections(access, kind, [int(section) for section, _names in after[1:]])
        if after == before:
            return
        for section, names in after:
            _place(kind, None if section == first else int(section), names, own)
        fields = [[f"{section}: {', '.join(names)}" for section, names in one] for one in (before, after)]
        note(access, "field.ordered", Ref("kind", 0), {"fields": fields})


def _completed(order: Sequence[tuple[str, Sequence[str]]], now: Order) -> Order:
    """The order that was asked for, with what it doesn't name and without what is no more."""
    known = {name for _section, names in now for name in names}
    sections = {section for section, _names in now}
    after = [(section, [n for n in names if n in known]) for section, names in order if section in sections]
    after += [(section, []) for section, _names in now if section not in {named for named, _ in after}]
    named = {name for _section, names in after for name in names}
    places = dict(after)
    for section, names in now:
        places[section] += [name for name in names if name not in named]
    return after


def _place(kind: Kind, section_id: int | None, names: Sequence[str], own: Mapping[str, OwnField]) -> None:
    for place, name in enumerate(names):
        if name in own:
            OwnField.objects.filter(pk=own[name].pk).update(section_id=section_id, position=place)
        else:
            BuiltinSetting.objects.update_or_create(kind=kind.name, name=name, defaults={"position": place})


def step_field(access: Access, kind: Kind, name: str, by: int) -> None:
    """Move a field one place up (-1) or down (+1) inside its section. Raises `NotFound`."""
    order = sections_with_fields(kind)
    for at, (section, names) in enumerate(order):
        if name in names:
            moved = list(names)
            place = moved.index(name)
            to = max(0, min(len(moved) - 1, place + by))
            moved.insert(to, moved.pop(place))
            order[at] = (section, moved)
            order_questionnaire(access, kind, order)
            return
    raise NotFound()


def step_section(access: Access, kind: Kind, section_id: int, by: int) -> None:
    """Move a section one place up (-1) or down (+1). Raises `NotFound`."""
    ids = [int(section) for section, _names in sections_with_fields(kind)[1:]]
    if section_id not in ids:
        raise NotFound()
    place = ids.index(section_id)
    ids.insert(max(0, min(len(ids) - 1, place + by)), ids.pop(place))
    order_sections(access, kind, ids)


def sections_with_fields(kind: Kind) -> Order:
    """The sections of a kind with the names of their fields, hidden ones too, in order; its own section first."""
    now = definitions.current()
    names = [kind.sections[0].name, *(str(row.id) for row in Section.objects.filter(kind=kind.name))]
    fields = now.questionnaire(kind)
    return [(name, [f.name for f in fields if now.place_of(kind, f) == name]) for name in names]
