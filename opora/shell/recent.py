"""What a person worked on last: the cards that his own events were about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opora.people.access import Access
from opora.records import sight
from opora.records.kinds import Kind, kinds
from opora.timeline.events import Ref
from opora.timeline.models import Event

CARDS = ("contact", "deal")
LOOKED_BACK = 60


@dataclass(frozen=True)
class Recent:
    """A card and when the person last did something to it."""

    kind: Kind
    record: Any
    at: datetime


def recent(access: Access, limit: int = 7) -> list[Recent]:
    """The cards, the latest first: one query for the events and one for each kind."""
    rows = Event.objects.filter(actor_id=access.user_id, subject_kind__in=CARDS).order_by("-id")
    at: dict[Ref, datetime] = {}
    for kind, number, moment in rows.values_list("subject_kind", "subject_id", "at")[:LOOKED_BACK]:
        at.setdefault(Ref(kind, number), moment)
    wanted = dict(list(at.items())[:limit])
    found = _records(access, wanted)
    return [Recent(kinds[ref.kind], found[ref], moment) for ref, moment in wanted.items() if ref in found]


def _records(access: Access, refs: dict[Ref, datetime]) -> dict[Ref, Any]:
    found: dict[Ref, Any] = {}
    for name in CARDS:
        ids = [ref.id for ref in refs if ref.kind == name]
        if ids:
            rows = sight.visible(access, kinds[name]).filter(pk__in=ids)
            found |= {Ref(name, record.id): record for record in rows}
    return found
