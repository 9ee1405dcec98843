"""Writing events and reading a record's feed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import QuerySet

from opora.jobs.origin import current_origin
from opora.kit.dates import now
from opora.kit.ids import new_id
from opora.tenancy import rowwriting
from opora.tenancy.prepared import Prepared
from opora.timeline.models import Event, EventLink, Operation


@dataclass(frozen=True)
class Ref:
    """A record named by its kind and id."""

    kind: str
    id: int


@dataclass
class Entry:
    """An event to be written. `feeds` are the cards it is shown on besides its subject's own."""

    name: str
    subject: Ref
    version: int = 0
    changes: dict[str, list[Any]] = field(default_factory=dict)
    feeds: Sequence[Ref] = ()


def record(
    entries: Iterable[Entry],
    *,
    actor_id: int | None,
    via: str,
    operation: Operation | None = None,
    at: datetime | None = None,
) -> list[Event]:
    """Write events and their links, two statements however many there are.

    `via` says which road the change came by: page, api, lead, import, automation, undo, system. Address, device and
    request number are those of the operation, else of whoever acts now (R16.01).
    """
    moment = at or now()
    origin = current_origin()
    address = (operation.address if operation else "") or origin.address
    request = (operation.request if operation else "") or origin.request
    events, links = [], []
    for entry in entries:
        event = Event(
            id=new_id(moment),
            name=entry.name,
            at=moment,
            actor_id=actor_id,
            via=via,
            subject_kind=entry.subject.kind,
            subject_id=entry.subject.id,
            subject_version=entry.version,
            changes=entry.changes,
            operation=operation,
            address=address[:45],
            device=origin.device[:80],
            request=request[:64],
        )
        events.append(event)
        links += [
            EventLink(event=event, kind=ref.kind, record_id=ref.id)
            for ref in dict.fromkeys([entry.subject, *entry.feeds])
        ]
    rowwriting.insert(events)
    rowwriting.insert(links)
    return events


def feed(of: Ref, *, before: int | None = None, limit: int = 50, names: Sequence[str] = ()) -> list[Event]:
    """The newest events of a record's feed, unfiltered: whoever shows them asks each subject's `visible` first.

    `before` is the id of the last event already shown; `names` narrows to these kinds of event.
    """
    if before is None and not names:
        return [link.event for link in _newest(limit).rows(kind=of.kind, record_id=of.id)]
    links = EventLink.objects.filter(kind=of.kind, record_id=of.id)
    if before is not None:
        links = links.filter(event_id__lt=before)
    if names:
        links = links.filter(event__name__in=names)
    return [link.event for link in links.select_related("event").order_by("-event_id")[:limit]]


@cache
def _newest(limit: int) -> Prepared:
    """The question a card begins with; its SQL is made once."""

    def make(kind: str, record_id: int) -> QuerySet[EventLink]:
        links = EventLink.objects.filter(kind=kind, record_id=record_id)
        return links.select_related("event").order_by("-event_id")[:limit]

    return Prepared(make, kind="?", record_id=-1)
