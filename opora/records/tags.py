"""Tags of records: made on the spot where the list lacks them, put on and taken off, one record or many (O04, I14)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.records import definitions
from opora.records.colors import PALETTE
from opora.records.fields import Field
from opora.records.fields.types.tags import Tags
from opora.records.kinds import Kind
from opora.records.models import ListEntry
from opora.records.sentences import say
from opora.records.settings_log import note
from opora.records.work import Work
from opora.timeline.events import Ref

FIELD = "tags"
MOST = 500
COLORS = tuple(name for name in PALETTE if name != "slate")


def with_new(work: Work, kind: Kind, raw: Any) -> Field:
    """The field of tags after what was sent is in its list; a word the list lacks is added to it.

    Raises `Invalid` for a word that is too long, or one too many for a list.
    """
    field = definitions.current().fields(kind.name)[FIELD]
    assert isinstance(field.type, Tags)
    new: dict[str, str] = {}
    for part in field.type.parts_of(raw):
        if not field.type.known(part, field):
            name = field.type.named(part, field)
            new.setdefault(name.casefold(), name)
    for name in new.values():
        _add(work, kind, name)
    return definitions.current().fields(kind.name)[FIELD] if new else field


def _add(work: Work, kind: Kind, name: str) -> None:
    listed = ListEntry.objects.filter(kind=kind.name, field=FIELD)
    if name.isdigit() and len(name) > 9:
        raise Invalid({FIELD: _("There is no such tag.")})
    if listed.filter(removed_at=None).count() >= MOST:
        raise Invalid({FIELD: _("At most %(n)d in a list.") % {"n": MOST}})
    last = listed.aggregate(last=Max("position"))["last"]
    place = 0 if last is None else last + 1
    entry = ListEntry.objects.create(
        kind=kind.name, field=FIELD, name=name, color=COLORS[place % len(COLORS)], position=place
    )
    note(work.access, "entry.created", Ref("entry", entry.id), {"name": [None, name]})


def tag(
    work: Work,
    kind: Kind,
    records: Sequence[Any],
    *,
    add: list[str] | None = None,
    drop: list[str] | None = None,
) -> None:
    """Put tags on records and take others off; each is named by its id or its name, a new name makes a tag.

    What a stage asks for is not asked here: tags never wait for it. Raises `Invalid` for names that are too long.
    """
    field = with_new(work, kind, add or [])
    assert isinstance(field.type, Tags)
    wanted = field.type.parse(add or [], field) or []
    dropped = {field.type.known(name, field) for name in field.type.parts_of(drop or [])}
    order = [choice.id for choice in field.choices]
    for record in records:
        kept = {*(field.get(record) or ()), *wanted} - dropped
        field.set(record, sorted(kept, key=order.index) or None)


say("tagged", _("tags:"), shows=(FIELD,))
