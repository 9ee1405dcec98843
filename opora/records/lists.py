"""The lists that a project keeps for built-in fields (tags, temperatures): names, colours, order (I14, O29)."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opora.kit.dates import now
from opora.kit.errors import Invalid, NotFound
from opora.kit.registry import Registry
from opora.people.access import Access
from opora.records.colors import PALETTE
from opora.records.models import ListEntry
from opora.records.settings_log import note
from opora.records.stagesettings import names_of, required_name
from opora.timeline.events import Ref

LENGTH, MOST = 50, 500
Usual = tuple[str | Promise, str]
usual: Registry[Sequence[Usual]] = Registry("usual list")
"""What a list may begin with, as names and colours, by `<kind>.<field>`; apps register the lists kept here."""


def entries(kind: str, field: str) -> list[ListEntry]:
    """A list as it is offered, in order."""
    return list(ListEntry.objects.filter(kind=kind, field=field, removed_at=None))


def add(access: Access, kind: str, field: str, sent: Mapping[str, str]) -> ListEntry:
    """A new entry at the end of a list. Raises `NotFound` for no such list, `Invalid` (name, colour, one too many)."""
    check(kind, field)
    with transaction.atomic():
        listed = ListEntry.objects.filter(kind=kind, field=field)
        if listed.filter(removed_at=None).count() >= MOST:
            raise Invalid({"name": _("At most %(n)d in a list.") % {"n": MOST}})
        last = listed.aggregate(last=Max("position"))["last"]
        entry = ListEntry.objects.create(
            kind=kind,
            field=field,
            name=required_name(sent, LENGTH),
            names=names_of(sent, LENGTH),
            color=color_in(sent, "slate"),
            position=0 if last is None else last + 1,
        )
        note(access, "entry.created", Ref("entry", entry.id), {"name": [None, entry.name]})
    return entry


def begin(access: Access, kind: str, field: str) -> None:
    """Begin a list with what is usual; what it has already is not added again. Raises `NotFound`."""
    check(kind, field)
    have = {entry.name for entry in entries(kind, field)}
    for name, color in usual[f"{kind}.{field}"]:
        if str(name) not in have:
            add(access, kind, field, {"name": str(name), "color": color})


def change(access: Access, entry_id: int, sent: Mapping[str, str]) -> ListEntry:
    """Rename an entry or give it another colour; records that have it follow. Raises `NotFound`, `Invalid`."""
    with transaction.atomic():
        entry = find(entry_id)
        new = {
            "name": required_name(sent, LENGTH),
            "names": names_of(sent, LENGTH),
            "color": color_in(sent, entry.color or "slate"),
        }
        changes = {name: [getattr(entry, name), value] for name, value in new.items()}
        for name, value in new.items():
            setattr(entry, name, value)
        entry.save(update_fields=[*new])
        note(access, "entry.changed", Ref("entry", entry.id), changes)
    return entry


def remove(access: Access, entry_id: int) -> ListEntry:
    """Take an entry off its list; records that have it keep it. Raises `NotFound`."""
    with transaction.atomic():
        entry = find(entry_id)
        entry.removed_at = now()
        entry.save(update_fields=["removed_at"])
        note(access, "entry.removed", Ref("entry", entry.id), {"name": [entry.name, None]})
    return entry


def order(access: Access, kind: str, field: str, ids: Sequence[int]) -> None:
    """Put a list into this order. Raises `NotFound` when these are not its entries."""
    check(kind, field)
    with transaction.atomic():
        listed = {entry.id: entry for entry in entries(kind, field)}
        if set(ids) != set(listed) or len(ids) != len(listed):
            raise NotFound()
        before = [str(number) for number in listed]
        for position, number in enumerate(ids):
            listed[number].position = position
        ListEntry.objects.bulk_update(listed.values(), ["position"])
        changes = {"entries": [before, [str(number) for number in ids]]}
        note(access, "entry.ordered", Ref("entry", ids[0]), changes)


def find(entry_id: int) -> ListEntry:
    """An entry of a list that is kept here. Raises `NotFound`."""
    found = ListEntry.objects.filter(pk=entry_id, removed_at=None).first()
    if found is None or f"{found.kind}.{found.field}" not in usual:
        raise NotFound()
    return found


def color_in(sent: Mapping[str, str], before: str) -> str:
    """The colour in a form, one of the palette. Raises `Invalid`."""
    color = sent.get("color", before)
    if color not in PALETTE:
        raise Invalid({"color": _("Choose one of the list.")})
    return color


def check(kind: str, field: str) -> None:
    """Raises `NotFound` when no such list is kept here."""
    if f"{kind}.{field}" not in usual:
        raise NotFound()
