"""Why deals are lost: the project's own list, and what a lost deal must say (settings › "Причины отказа")."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from opora.deals.manifest import DEAL
from opora.deals.models import Deal
from opora.kit.dates import now
from opora.kit.errors import Invalid, NotFound
from opora.people.access import Access
from opora.records import definitions
from opora.records.definitions import StageOf
from opora.records.models import ListEntry
from opora.records.settings_log import note
from opora.records.stagesettings import PROCESS_LENGTH, names_of, required_name
from opora.timeline.events import Ref

FIELD, WORDS = "reason", "lost_reason"
MOST = 50


def entries() -> list[ListEntry]:
    """The list as it is offered, in order."""
    return list(ListEntry.objects.filter(kind=DEAL.name, field=FIELD, removed_at=None))


def asks_words(entry_id: str) -> bool:
    """Whether this reason needs a word of explanation; one that is gone does not."""
    is_known = entry_id.isascii() and entry_id.isdigit()
    return is_known and ListEntry.objects.filter(pk=int(entry_id), asks_words=True, removed_at=None).exists()


def missing(deal: Deal, stage: StageOf) -> list[str]:
    """The names of the fields that a lost deal still has to fill: the reason, or the words beside it."""
    if not stage.asks_reason:
        return []
    has_list = any(not choice.is_gone for choice in definitions.current().fields(DEAL.name)[FIELD].choices)
    if has_list and not deal.reason:
        return [FIELD]
    is_wordless = not deal.lost_reason.strip()
    return [WORDS] if is_wordless and (not deal.reason or asks_words(deal.reason)) else []


def add(access: Access, sent: Mapping[str, str]) -> ListEntry:
    """A new reason at the end of the list. Raises `Invalid` (name, one too many)."""
    with transaction.atomic():
        listed = ListEntry.objects.filter(kind=DEAL.name, field=FIELD)
        if listed.filter(removed_at=None).count() >= MOST:
            raise Invalid({"name": _("At most 50 reasons.")})
        last = listed.aggregate(last=Max("position"))["last"]
        entry = ListEntry.objects.create(
            kind=DEAL.name,
            field=FIELD,
            name=required_name(sent, PROCESS_LENGTH),
            names=names_of(sent, PROCESS_LENGTH),
            asks_words=bool(sent.get("asks_words")),
            position=0 if last is None else last + 1,
        )
        note(access, "reason.created", Ref("reason", entry.id), {"name": [None, entry.name]})
    return entry


def change(access: Access, entry_id: int, sent: Mapping[str, str]) -> ListEntry:
    """Rename a reason or say that it asks for words; deals that have it follow. Raises `NotFound`, `Invalid`."""
    with transaction.atomic():
        entry = find(entry_id)
        new = {
            "name": required_name(sent, PROCESS_LENGTH),
            "names": names_of(sent, PROCESS_LENGTH),
            "asks_words": bool(sent.get("asks_words")),
        }
        changes = {name: [getattr(entry, name), value] for name, value in new.items()}
        for name, value in new.items():
            setattr(entry, name, value)
        entry.save(update_fields=[*new])
        note(access, "reason.changed", Ref("reason", entry.id), changes)
    return entry


def remove(access: Access, entry_id: int) -> ListEntry:
    """Take a reason off the list; deals that are lost for it keep it. Raises `NotFound`."""
    with transaction.atomic():
        entry = find(entry_id)
        entry.removed_at = now()
        entry.save(update_fields=["removed_at"])
        note(access, "reason.removed", Ref("reason", entry.id), {"name": [entry.name, None]})
    return entry


def order(access: Access, ids: Sequence[int]) -> None:
    """Put the list into this order. Raises `NotFound` when these are not its reasons."""
    with transaction.atomic():
        listed = {entry.id: entry for entry in entries()}
        if set(ids) != set(listed) or len(ids) != len(listed):
            raise NotFound()
        before = [str(number) for number in listed]
        for position, number in enumerate(ids):
            listed[number].position = position
        ListEntry.objects.bulk_update(listed.values(), ["position"])
        note(access, "reason.ordered", Ref("reason", ids[0]), {"reasons": [before, [str(n) for n in ids]]})


def find(entry_id: int) -> ListEntry:
    """A reason of the list. Raises `NotFound`."""
    found = ListEntry.objects.filter(pk=entry_id, kind=DEAL.name, field=FIELD, removed_at=None).first()
    if found is None:
        raise NotFound()
    return found
