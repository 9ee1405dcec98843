"""The lists that a project keeps for built-in fields (tags, temperatures, reasons lost): names, colours, order.

I14, O29.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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

Usual = tuple[str | Promise, str]
usual: Registry[Sequence[Usual]] = Registry("usual list")
"""What a list may begin with, as names and colours, by `<kind>.<field>`; apps register the lists kept here."""


@dataclass(frozen=True)
class Manner:
    """What is particular to a list: how long a name and how many entries at most, and whether entries have a colour.

    `asks_words` lets an entry ask for a word of explanation. `noun` names its changes in the log (`<noun>.created`),
    `page` the page of the settings where it stands.
    """

    length: int = 50
    most: int = 500
    has_colors: bool = True
    asks_words: bool = False
    noun: str = "entry"
    page: str = "lists"


manners: Registry[Manner] = Registry("manner of a list")
"""By `<kind>.<field>`, for lists that are not like most."""


def manner_of(kind: str, field: str) -> Manner:
    """What is particular to a list."""
    return manners.get(f"{kind}.{field}") or Manner()


def _typed(manner: Manner, sent: Mapping[str, str], before: str) -> dict[str, Any]:
    """What a form says of an entry. Raises `Invalid`."""
    found: dict[str, Any] = {
        "name": required_name(sent, manner.length),
        "names": names_of(sent, manner.length),
    }
    if manner.has_colors:
        found["color"] = color_in(sent, before)
    if manner.asks_words:
        found["asks_words"] = bool(sent.get("asks_words"))
    return found


def entries(kind: str, field: str) -> list[ListEntry]:
    """A list as it is offered, in order."""
    return list(ListEntry.objects.filter(kind=kind, field=field, removed_at=None))


def add(access: Access, kind: str, field: str, sent: Mapping[str, str]) -> ListEntry:
    """A new entry at the end of a list. Raises `NotFound` for no such list, `Invalid` (name, colour, one too many)."""
    check(kind, field)
    manner = manner_of(kind, field)
    with transaction.atomic():
        listed = ListEntry.objects.filter(kind=kind, field=field)
        if listed.filter(removed_at=None).count() >= manner.most:
            raise Invalid({"name": _("At most %(n)d in a list.") % {"n": manner.most}})
        last = listed.aggregate(last=Max("position"))["last"]
        place = 0 if last is None else last + 1
        entry = ListEntry.objects.create(
            kind=kind, field=field, position=place, **_typed(manner, sent, "slate")
        )
        note(access, f"{manner.noun}.created", Ref(manner.noun, entry.id), {"name": [None, entry.name]})
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
        manner = manner_of(entry.kind, entry.field)
        new = _typed(manner, sent, entry.color or "slate")
        changes = {name: [getattr(entry, name), value] for name, value in new.items()}
        for name, value in new.items():
            setattr(entry, name, value)
        entry.save(update_fields=[*new])
        note(access, f"{manner.noun}.changed", Ref(manner.noun, entry.id), changes)
    return entry


def remove(access: Access, entry_id: int) -> ListEntry:
    """Take an entry off its list; records that have it keep it. Raises `NotFound`."""
    with transaction.atomic():
        entry = find(entry_id)
        entry.removed_at = now()
        entry.save(update_fields=["removed_at"])
        noun = manner_of(entry.kind, entry.field).noun
        note(access, f"{noun}.removed", Ref(noun, entry.id), {"name": [entry.name, None]})
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
        noun = manner_of(kind, field).noun
        note(access, f"{noun}.ordered", Ref(noun, ids[0]), changes)


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
