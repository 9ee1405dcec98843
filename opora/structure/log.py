"""The log of every employee's every action (T16): the events, with nothing in them that the reader may not see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from opora.kit.dates import day_bounds
from opora.kit.errors import NotFound
from opora.kit.ids import first_id
from opora.people import directory
from opora.people.access import Access
from opora.people.addresses import plain
from opora.people.models import Role
from opora.records import feed, sentences, sight
from opora.records.kinds import kinds
from opora.shell.clock import here
from opora.structure import sayings
from opora.timeline.events import Ref
from opora.timeline.models import Event

SHOWN = 50
WIDE = 300
"""How many events are looked at for whoever may not see every record: most of them may be left out."""


@dataclass(frozen=True)
class Wanted:
    """A filter of the log; what is empty does not narrow."""

    person: int | None = None
    kind: str = ""
    verb: str = ""
    since: date | None = None
    until: date | None = None
    address: str = ""


@dataclass(frozen=True)
class Line:
    """An event as a reader may know it. `changes` are words: name, before, after."""

    id: int
    at: datetime
    who: Any
    via: str | Promise
    words: str
    title: str
    subject: Ref
    address: str
    device: str
    request: str
    version: int
    is_refusal: bool
    operation_id: int | None
    changes: tuple[tuple[str, str, str], ...] = field(default=())

    @property
    def has_card(self) -> bool:
        """Whether the subject is a record with a card."""
        return self.subject.kind in kinds

    @property
    def by(self) -> str:
        """Who did it: a person, else the road it came by."""
        return self.who.name if self.who else str(self.via)


def lines(
    access: Access, wanted: Wanted, *, before: int | None = None, limit: int = SHOWN
) -> tuple[list[Line], int | None]:
    """The newest lines and the id to go on from, None at the end.

    Events of records the reader does not see are left out whole, fields the reader may not read one by one (R5.06).
    One window of events is looked at, so that a page costs the same whatever its reader may see.
    """
    window = limit if access.is_director else max(limit, WIDE)
    found = _newest(wanted, before, window + 1)
    shown = list(_lines(access, found[:window]))
    rest = found[window - 1].id if len(found) > window else None
    if len(shown) > limit:
        return shown[:limit], shown[limit - 1].id
    return shown, rest


def line(access: Access, event_id: int) -> Line:
    """One line by its id. Raises `NotFound` when there is none or its record is not the reader's to see."""
    event = Event.objects.filter(pk=event_id)
    return _first(_lines(access, event))


def along(access: Access, of: Line, most: int = 20) -> list[Line]:
    """What else the same act did, as far as the reader may know it."""
    if of.operation_id is None:
        return []
    others = Event.objects.filter(operation_id=of.operation_id).exclude(pk=of.id).order_by("id")
    return list(_lines(access, others[:most]))


def count(wanted: Wanted) -> int:
    """How many events a filter finds, before rights: how far an export has to go."""
    any_road = reduce(or_, _roads(wanted))
    return Event.objects.filter(any_road, _common(wanted, None)).count()


def _first(found: Iterator[Line]) -> Line:
    one = next(found, None)
    if one is None:
        raise NotFound()
    return one


def _newest(wanted: Wanted, before: int | None, limit: int) -> list[Event]:
    """The newest events of a filter. Each road is a walk over one index; several are joined by their ids."""
    roads = [Event.objects.filter(road, _common(wanted, before)).order_by("-id") for road in _roads(wanted)]
    if len(roads) == 1:
        return list(roads[0][:limit])
    ids: list[QuerySet[Event, Any]] = [
        Event.objects.filter(pk__in=road.values("id")[:limit]).order_by().values_list("id", flat=True)
        for road in roads
    ]
    joined = ids[0].union(*ids[1:]).order_by("-id")[:limit]
    return list(Event.objects.filter(pk__in=list(joined)).order_by("-id"))


def _roads(wanted: Wanted) -> list[Q]:
    """What the walk begins with: the names of a verb, else a person's acts and the sign-ins tried in that name."""
    if wanted.verb:
        mine = Q(actor_id=wanted.person) if wanted.person is not None else Q()
        return [Q(name=name) & mine for name in _names(wanted)]
    if wanted.person is not None:
        tried = Q(actor_id=None, subject_kind="user", subject_id=wanted.person)
        return [Q(actor_id=wanted.person), tried]
    return [Q()]


def _names(wanted: Wanted) -> Sequence[str]:
    """The events a verb stands for: itself, or a general one of each kind."""
    if "." in wanted.verb:
        return [wanted.verb]
    return [
        f"{name}.{wanted.verb}" for name in ([wanted.kind] if wanted.kind else [kind.name for kind in kinds])
    ]


def _common(wanted: Wanted, before: int | None) -> Q:
    """What every road is narrowed by. Ids sort by time, so a period is a range of ids (kit.ids)."""
    asked = Q(id__lt=before) if before is not None else Q()
    if wanted.kind:
        asked &= Q(subject_kind=wanted.kind)
    if wanted.since:
        asked &= Q(id__gte=first_id(day_bounds(wanted.since, here())[0]))
    if wanted.until:
        asked &= Q(id__lt=first_id(day_bounds(wanted.until + timedelta(days=1), here())[0]))
    if wanted.address:
        asked &= Q(address=_address(wanted.address))
    return asked


def _address(text: str) -> str:
    try:
        return str(plain(text))
    except ValueError:
        return text


def _lines(access: Access, events: Sequence[Event] | QuerySet[Event]) -> Iterator[Line]:
    of_records = [Ref(e.subject_kind, e.subject_id) for e in events if e.subject_kind in kinds]
    titles = sight.titles(access, of_records)
    roles = _roles(events)
    for event in events:
        ref = Ref(event.subject_kind, event.subject_id)
        if ref.kind in kinds:
            if ref in titles:
                yield _line(event, ref, titles[ref], _of_record(access, event))
        else:
            yield _line(event, ref, _title(event, ref, roles), _of_other(event, roles))


def _roles(events: Sequence[Event] | QuerySet[Event]) -> dict[int, str]:
    named = any(event.subject_kind == "role" or "role_id" in event.changes for event in events)
    return {role.pk: str(role) for role in Role.objects.all()} if named else {}


def _line(event: Event, ref: Ref, title: str, changes: tuple[tuple[str, str, str], ...]) -> Line:
    is_refusal = event.name in sayings.REFUSALS
    return Line(
        id=event.id,
        at=event.at,
        who=directory.person(event.actor_id),
        via=sayings.SOMEBODY if is_refusal else sayings.VIA.get(event.via, event.via),
        words=str(sentences.sentence_of(event.name).words),
        title=title,
        subject=ref,
        address=event.address,
        device=event.device,
        request=event.request,
        version=event.subject_version,
        is_refusal=is_refusal,
        operation_id=event.operation_id,
        changes=changes,
    )


def _of_record(access: Access, event: Event) -> tuple[tuple[str, str, str], ...]:
    shown = feed.changes_shown(access, kinds[event.subject_kind], event)
    return tuple((str(one.field.shown_label), one.old, one.new) for one in shown)


def _of_other(event: Event, roles: dict[int, str]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (
            sayings.label_of(event.subject_kind, name),
            sayings.value_of(name, pair[0], roles),
            sayings.value_of(name, pair[1], roles),
        )
        for name, pair in event.changes.items()
        if isinstance(pair, list) and len(pair) == 2
    )


def _title(event: Event, ref: Ref, roles: dict[int, str]) -> str:
    if ref.kind == "user":
        return directory.name_of(ref.id)
    if ref.kind == "role" and ref.id in roles:
        return roles[ref.id]
    named = event.changes.get("name") or event.changes.get("label") or []
    return next((str(one) for one in reversed(named) if one), "")
