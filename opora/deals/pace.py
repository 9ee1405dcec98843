"""Where the time of deals goes: how long they stand in each stage and what share goes on, from the log of events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from opora.deals.manifest import DEAL
from opora.kit.ids import first_id
from opora.people.access import Access
from opora.records import sight
from opora.records.definitions import ProcessOf, StageOf
from opora.timeline.models import Event

MOST_EVENTS = 20_000
SINCE = timedelta(days=182)


@dataclass
class Pace:
    """A stage: the days each deal stood in it that has left, and how many of those went on rather than back or out."""

    stage: StageOf
    days: list[float] = field(default_factory=list)
    further: int = 0

    @property
    def median(self) -> int | None:
        """The days in the middle, whole; None when nothing has left."""
        return round(median(self.days)) if self.days else None

    @property
    def share(self) -> int | None:
        """Percent of those who left that went on."""
        return round(100 * self.further / len(self.days)) if self.days else None


def pace(access: Access, process: ProcessOf, now: datetime) -> list[Pace]:
    """The open stages of a process over half a year, from what happened to the deals a person sees; one query.

    Of very many events the newest are taken. A move that was taken back does not count.
    """
    places = {stage.id: place for place, stage in enumerate(process.stages)}
    rows = {stage.id: Pace(stage) for stage in process.stages if not stage.is_closed}
    for way in _ways(access, now - SINCE).values():
        for (stage_id, since), (after, until) in pairwise(way):
            if stage_id in rows and after in places:
                row = rows[stage_id]
                row.days.append((until - since).total_seconds() / 86_400)
                row.further += _is_further(process, places, stage_id, after)
    return list(rows.values())


def _is_further(process: ProcessOf, places: Mapping[int, int], before: int, after: int) -> bool:
    return places[after] > places[before] and process.stages[places[after]].group != "lost"


def _ways(access: Access, start: datetime) -> dict[int, list[tuple[int, datetime]]]:
    """For each deal the stages it came into and when, in order."""
    seen = sight.visible(access, DEAL, trashed=None).order_by().values("pk")
    found = Event.objects.filter(
        id__gte=first_id(start), at__gte=start, subject_kind=DEAL.name, subject_id__in=seen
    )
    newest = found.order_by("-id").values_list("subject_id", "name", "at", "changes")[:MOST_EVENTS]
    ways: dict[int, list[tuple[int, datetime]]] = {}
    for number, name, at, changes in reversed(list(newest)):
        stage = changes.get("stage_id", (None, None))[1]
        if stage is None:
            continue
        way = ways.setdefault(number, [])
        if name.endswith(".undone"):
            del way[-1:]
        else:
            way.append((int(stage), at))
    return ways
