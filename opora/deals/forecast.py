"""What open deals promise: by month and responsible, weighted by probability, in the project's currency (N24)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    IntegerField,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from opora.deals.manifest import DEAL
from opora.people.access import Access
from opora.records import definitions, sight
from opora.records.definitions import ProcessOf

MONTHS = 5
LATE, LATER, UNDATED = -1, MONTHS, MONTHS + 1
WEIGHTED = ExpressionWrapper(
    F("worth") * Coalesce(F("probability"), 0) / Decimal(100),
    output_field=DecimalField(max_digits=30, decimal_places=6),
)


@dataclass
class Cell:
    """Deals that should close in a stretch of time: how many, their whole worth, and that by probability."""

    number: int = 0
    full: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)

    def add(self, other: "Cell") -> None:
        """Count another cell in."""
        self.number += other.number
        self.full += other.full
        self.weighted += other.weighted


@dataclass
class Forecast:
    """The table: cells by responsible (0: nobody) and column, and what stands beside it.

    A column is a month from the present one on, `LATE` before today or `LATER` after the last month. `undated` are
    the deals without a date, `unrated` the sums in currencies without a rate; neither is in the table.
    """

    months: Sequence[date]
    today: date
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    won: Cell = field(default_factory=Cell)
    undated: Cell = field(default_factory=Cell)
    unrated: dict[str, Decimal] = field(default_factory=dict)

    def total(self, cells: Iterable[Cell]) -> Cell:
        """Several cells in one."""
        found = Cell()
        for cell in cells:
            found.add(cell)
        return found

    def of_person(self, person: int) -> Cell:
        """A row's total."""
        return self.total(self.rows[person].values())

    def of_column(self, column: int) -> Cell:
        """A column's total."""
        return self.total(row[column] for row in self.rows.values() if column in row)

    @property
    def all(self) -> Cell:
        """The table's total."""
        return self.total(cell for row in self.rows.values() for cell in row.values())

    def span(self, column: int) -> tuple[date | None, date | None]:
        """The first and the last day of a column; None where it is open."""
        if column == LATE:
            return None, self.today - timedelta(days=1)
        if column == LATER:
            return following(self.months[-1]), None
        start = self.months[column]
        return max(start, self.today), following(start) - timedelta(days=1)


def following(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def months_from(today: date) -> list[date]:
    """The first days of the present month and of those after it."""
    found = [today.replace(day=1)]
    while len(found) < MONTHS:
        found.append(following(found[-1]))
    return found


def forecast(access: Access, process: ProcessOf, today: date) -> Forecast:
    """The forecast of a process as a person sees it; two queries."""
    found = Forecast(months_from(today), today)
    own = definitions.current().preferences.currency
    for person, unit, column, *figures in _open(access, process, found):
        cell = Cell(*figures)
        if unit != own:
            found.unrated[unit] = found.unrated.get(unit, Decimal(0)) + cell.full
        elif column == UNDATED:
            found.undated.add(cell)
        else:
            found.rows.setdefault(person or 0, {}).setdefault(column, Cell()).add(cell)
    found.won = _won(access, process, found.months[0], own)
    return found


def _open(access: Access, process: ProcessOf, found: Forecast) -> Iterable[Any]:
    """Sums of the open deals by responsible, currency and column."""
    stages = [stage.id for stage in process.stages if not stage.is_closed]
    ends = [*found.months[1:], following(found.months[-1])]
    whens = [When(expected_close__isnull=True, then=Value(UNDATED))]
    whens.append(When(expected_close__lt=found.today, then=Value(LATE)))
    whens += [When(expected_close__lt=end, then=Value(at)) for at, end in enumerate(ends)]
    column = Case(*whens, default=Value(LATER), output_field=IntegerField())
    deals = sight.visible(access, DEAL).filter(stage_id__in=stages, worth__isnull=False).order_by()
    grouped = deals.annotate(column=column).values_list("responsible_id", "worth_currency", "column")
    return list(grouped.annotate(n=Count("pk"), full=Sum("worth"), weighted=Sum(WEIGHTED)))


def _won(access: Access, process: ProcessOf, since: date, own: str) -> Cell:
    """What was won since the first day of the month in the project's time."""
    start = datetime.combine(since, time.min, definitions.current().preferences.zone)
    stages = [stage.id for stage in process.stages if stage.group == "won"]
    deals = sight.visible(access, DEAL).filter(stage_id__in=stages, closed_at__gte=start, worth_currency=own)
    number, full = deals.order_by().aggregate(n=Count("pk"), full=Sum("worth")).values()
    return Cell(number, full or Decimal(0), full or Decimal(0))
