"""What a person worked on last: the cards that his own events were about."""

from collections.abc import Iterable, Mapping
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


def recent(access: Access) -> list[Recent]:
    """The cards, the latest first: one query for the events and one for each kind."""
    touched = touched_by(access)
    return among(touched, cards(access, touched))


def touched_by(access: Access, limit: int = 7) -> dict[Ref, datetime]:
    """The cards a person did something to and when, the latest first; whether he still sees them is not asked."""
    rows = Event.objects.filter(actor_id=access.user_id, subject_kind__in=CARDS).order_by("-id")
    at: dict[Ref, datetime] = {}
    for kind, number, moment in rows.values_list("subject_kind", "subject_id", "at")[:LOOKED_BACK]:
        at.setdefault(Ref(kind, number), moment)
    return dict(list(at.items())[:limit])


def among(touched: Mapping[Ref, datetime], seen: Mapping[Ref, Any]) -> list[Recent]:
    """Those of the touched cards that are seen and stand in lists."""
    return [
        Recent(kinds[ref.kind], seen[ref], moment)
        for ref, moment in touched.items()
        if ref in seen and seen[ref].trashed_at is None
    ]


def cards(access: Access, refs: Iterable[Ref]) -> dict[Ref, Any]:
    """Those of these cards that the person sees, trashed ones too: a query a kind."""
    by_kind: dict[str, set[int]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, set()).add(ref.id)
    return {
        Ref(name, record.id): record
        for name, ids in by_kind.items()
        if name in kinds
        for record in sight.seen_among(access, kinds[name], sorted(ids))
    }
