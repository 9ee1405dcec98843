"""What happened to deals in a stretch of time: stages entered, deals won; from the events, as a person sees it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from opora.deals.manifest import DEAL
from opora.kit.ids import first_id
from opora.people.access import Access
from opora.records import definitions, sight
from opora.records.definitions import StageOf
from opora.timeline.models import Event

MOST_EVENTS = 5000


@dataclass
class Entered:
    """A stage with the deals that came into it: how many, and their sums by currency."""

    stage: StageOf
    number: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, amount: Decimal | None, currency: str) -> None:
        """Count one deal."""
        self.number += 1
        if amount:
            self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + amount


@dataclass
class Progress:
    """The stages of a process with what entered them, and how many deals were created, won and lost."""

    stages: list[Entered]
    created: int = 0
    won: int = 0
    lost: int = 0
    won_amounts: dict[str, Decimal] = field(default_factory=dict)

    @property
    def largest(self) -> int:
        """The largest number in a stage; the length of its bar is the whole."""
        return max((row.number for row in self.stages), default=0)


def entered(
    access: Access, start: datetime, end: datetime, responsible: Collection[int] | None
) -> Progress | None:
    """What deals did between two moments: those the person sees, of these people (None: of all).

    A move that was taken back does not count. None when there is no process of deals.
    """
    process = definitions.current().process(DEAL.name)
    if process is None:
        return None
    came, created = _stages_entered(start, end)
    rows = {stage.id: Entered(stage) for stage in process.stages}
    progress = Progress(list(rows.values()))
    for deal in _deals(access, came, responsible):
        progress.created += deal["id"] in created
        for stage_id in came[deal["id"]] & rows.keys():
            row = rows[stage_id]
            row.add(deal["worth"], deal["worth_currency"])
    closed = [row for row in progress.stages if row.stage.is_closed]
    progress.lost = sum(row.number for row in closed if row.stage.group == "lost")
    for row in closed:
        if row.stage.group == "won":
            progress.won += row.number
            _add_all(progress.won_amounts, row.amounts)
    progress.stages = [row for row in progress.stages if row.stage.group != "lost" or row.number]
    return progress


def _stages_entered(start: datetime, end: datetime) -> tuple[dict[int, set[int]], set[int]]:
    """For each deal the stages it came into and stayed or went on from, and the deals that are new."""
    rows = Event.objects.filter(id__gte=first_id(start), at__gte=start, at__lt=end, subject_kind=DEAL.name)
    came: dict[int, set[int]] = {}
    created: set[int] = set()
    for number, name, changes in rows.order_by("id").values_list("subject_id", "name", "changes")[
        :MOST_EVENTS
    ]:
        old, new = changes.get("stage_id", (None, None))
        if new is None:
            continue
        stages = came.setdefault(number, set())
        if name.endswith(".undone"):
            stages.discard(int(old or 0))
            continue
        if old is None:
            created.add(number)
        stages.add(int(new))
    return came, created


def _deals(
    access: Access, ids: Iterable[int], responsible: Collection[int] | None
) -> Iterable[dict[str, Any]]:
    found = sight.visible(access, DEAL).filter(pk__in=list(ids)).order_by()
    if responsible is not None:
        found = found.filter(responsible_id__in=list(responsible))
    return found.values("id", "worth", "worth_currency")


def won_since(access: Access, start: datetime, user_id: int) -> tuple[int, dict[str, Decimal]]:
    """How many deals of this person came into a won stage since a moment, and their sums by currency."""
    won = [stage.id for stage in definitions.current().stages.values() if stage.group == "won"]
    mine = Q(responsible_id=user_id, stage_id__in=won, stage_since__gte=start)
    rows = sight.visible(access, DEAL).filter(mine).order_by().values_list("worth_currency")
    number, amounts = 0, dict[str, Decimal]()
    for currency, count, total in rows.annotate(n=Count("pk"), total=Sum("worth")):
        number += count
        if total:
            amounts[currency] = total
    return number, amounts


def _add_all(sums: dict[str, Decimal], more: dict[str, Decimal]) -> None:
    for currency, amount in more.items():
        sums[currency] = sums.get(currency, Decimal(0)) + amount
