"""Sections of a questionnaire: added, renamed, ordered, limited to groups, removed (I09, I10). Each is logged."""

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Conflict, Invalid, NotFound
from opora.people.access import Access
from opora.people.circles import group_names
from opora.records.kinds import Kind
from opora.records.models import OwnField, Section
from opora.records.settings_log import note
from opora.records.settingswords import text, translations
from opora.timeline.events import Ref

NAME_LENGTH = 80


def sections_of(kind: Kind) -> list[Section]:
    """The project's sections of a kind, in order; the kind's own first one is not among them."""
    return list(Section.objects.filter(kind=kind.name))


def section_row(section_id: int, *, locked: bool = False) -> Section:
    """A section. Raises `NotFound`."""
    rows = Section.objects.select_for_update() if locked else Section.objects.all()
    found = rows.filter(pk=section_id).first()
    if found is None:
        raise NotFound()
    return found


def add_section(access: Access, kind: Kind, sent: Mapping[str, str], groups: Collection[str] = ()) -> Section:
    """A new section at the end of a kind's card, open to all or to some groups. Raises `Invalid`."""
    with transaction.atomic():
        last = Section.objects.filter(kind=kind.name).aggregate(last=Max("position"))["last"] or 0
        section = Section.objects.create(
            kind=kind.name,
            name=text(sent, "label", NAME_LENGTH, required=True),
            names=translations(sent, NAME_LENGTH),
            groups=_groups(groups),
            position=last + 1,
        )
        note(access, "section.created", Ref("section", section.id), {"name": [None, section.name]})
    return section


def change_section(
    access: Access, section_id: int, sent: Mapping[str, str], groups: Collection[str] = ()
) -> Section:
    """Rename a section and say which groups see it; none means everybody. Raises `NotFound`, `Invalid`."""
    with transaction.atomic():
        section = section_row(section_id, locked=True)
        after = {
            "name": text(sent, "label", NAME_LENGTH, required=True),
            "names": translations(sent, NAME_LENGTH),
            "groups": _groups(groups),
        }
        changes = {name: [getattr(section, name), value] for name, value in after.items()}
        for name, value in after.items():
            setattr(section, name, value)
        section.save(update_fields=[*after])
        note(access, "section.changed", Ref("section", section.id), changes)
    return section


def _groups(sent: Collection[str]) -> list[int]:
    """The ids of the groups that were ticked. Raises `Invalid` for one that is none."""
    numbers = {int(number) for number in sent if number.isascii() and number.isdigit() and len(number) < 20}
    if len(numbers) != len(set(sent)) or len(group_names(numbers)) != len(numbers):
        raise Invalid({"groups": _("There is no such group.")})
    return sorted(numbers)


def remove_section(access: Access, section_id: int) -> Section:
    """Remove an empty section. Raises `Conflict` while fields stand in it, `NotFound`.

    A deleted field that stood in it comes back in the first section, if it does.
    """
    with transaction.atomic():
        section = section_row(section_id, locked=True)
        fields = OwnField.objects.filter(section=section)
        if fields.filter(deleted_at=None).exists():
            raise Conflict(
                _("Fields stand in this section: move or delete them first."), code="section_not_empty"
            )
        fields.update(section=None)
        note(access, "section.removed", Ref("section", section.id), {"name": [section.name, None]})
        section.delete()
    return section


def order_sections(access: Access, kind: Kind, ids: Sequence[int]) -> None:
    """Put the sections of a kind into this order. Raises `Conflict` when these are not all of them."""
    with transaction.atomic():
        rows = {row.id: row for row in Section.objects.select_for_update().filter(kind=kind.name)}
        before = [row.id for row in sorted(rows.values(), key=lambda row: (row.position, row.id))]
        if sorted(rows) != sorted(ids):
            raise Conflict(_("Meanwhile the questionnaire was changed."), code="order_changed")
        if before == list(ids):
            return
        for place, number in enumerate(ids, start=1):
            rows[number].position = place
        Section.objects.bulk_update(rows.values(), ["position"])
        changes = {"sections": [list(map(str, before)), list(map(str, ids))]}
        note(access, "section.ordered", Ref("section", ids[0]), changes)
