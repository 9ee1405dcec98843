"""The board of a kind with stages: a column a stage, in four fixed groups (U04). Its state is the list's address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from opora.kit import ids
from opora.people import rights
from opora.records import definitions, listing, stacks, sums, totals
from opora.records.definitions import StageOf
from opora.records.listing import Asked
from opora.records.places import Place
from opora.records.screens import filters
from opora.records.screens.acts import address
from opora.records.screens.board_cards import BoardCard, Cards
from opora.records.screens.lists import Listed, Screen
from opora.records.totals import Total
from opora.records.words import GROUPS
from opora.ui import formats

CARDS = 10
CLOSED = ("won", "lost")


@dataclass(frozen=True)
class Head:
    """The figures over a column or a group: how many, and the sums in words, short and exact."""

    number: int
    lines: Sequence[str]
    exact: str


@dataclass
class Column:
    """A stage with its first cards; a folded one has none. `more` is the address of the next ones."""

    stage: StageOf
    is_folded: bool
    turned: str = ""
    cards: list[BoardCard] = field(default_factory=list)
    more: str = ""
    rest: int = 0


class Board:
    """What one request asks of a board. Raises `Invalid` and `NotFound` for a bad address."""

    def __init__(self, request: HttpRequest, screen: Screen) -> None:
        self.listed = Listed(request, screen)
        self.kind, self.access, self.state = screen.kind, self.listed.access, self.listed.state
        wanted = request.GET.get("process", "")
        self.process = definitions.current().process(self.kind.name, ids.parse(wanted) if wanted else None)
        self.unfolded = {
            int(text) for text in request.GET.getlist("unfold") if text.isascii() and text.isdigit()
        }
        self._tail = [("process", wanted)] if wanted else []

    @property
    def stages(self) -> Sequence[StageOf]:
        """The stages of the process, in order."""
        return self.process.stages if self.process else ()

    @property
    def is_plain(self) -> bool:
        """Whether nothing narrows the board, so that the kept totals are its own."""
        return not self.state.conditions and not self.state.q

    def query(self, state: Any = None, **other: str) -> str:
        """The board's query string: the list's state, then process, unfolded stages and what is given."""
        pairs = [*(state or self.state).pairs(), *self._tail]
        pairs += (
            [("unfold", str(number)) for number in sorted(self.unfolded)] if "unfold" not in other else []
        )
        pairs += [(name, value) for name, value in other.items() if value]
        return "?" + urlencode(pairs)

    def turned(self, stage: StageOf) -> str:
        """The board with one closed stage folded or unfolded."""
        kept = self.unfolded ^ {stage.id}
        pairs = [*self.state.pairs(), *self._tail, *(("unfold", str(number)) for number in sorted(kept))]
        return "?" + urlencode(pairs)

    def is_folded(self, stage: StageOf) -> bool:
        """Closed stages stand folded until they are opened."""
        return stage.group in CLOSED and stage.id not in self.unfolded

    def folded(self) -> set[str]:
        """The ids under which the figures of folded columns stand."""
        return {f"s-{stage.id}" for stage in self.stages if self.is_folded(stage)}

    @cached_property
    def totals(self) -> dict[int, Total]:
        """Number and sums of each stage: the kept ones, or counted when the board is filtered."""
        stage_ids = [stage.id for stage in self.stages]
        if self.is_plain:
            return totals.of_stages(self.access, self.kind, stage_ids)
        found = {stage_id: Total(0, {}) for stage_id in stage_ids}
        for stage_id, currency, number, amount in totals.summed(
            self.matching().filter(stage_id__in=stage_ids)
        ):
            found[stage_id].number += number
            if amount:
                sums_now = found[stage_id].amounts
                sums_now[currency] = sums_now.get(currency, Decimal(0)) + amount
        return found

    def matching(self) -> Any:
        """All records of the board, unordered."""
        return listing.matching(
            self.access, self.kind, self.listed.fields, self.state.asked(), self.listed.asker
        )

    def columns(self) -> list[Column]:
        """The columns with their first cards: one statement for all of them."""
        shown = [stage for stage in self.stages if not self.is_folded(stage)]
        asked = Asked(self.state.conditions, q=self.state.q)
        fields, asker = self.listed.fields, self.listed.asker
        found = stacks.newest_of_stages(
            self.access, self.kind, fields, asked, asker, [stage.id for stage in shown], CARDS + 1
        )
        cards = self.cards.of([record for records in found.values() for record in records[:CARDS]])
        return [self._column(stage, found.get(stage.id, []), cards) for stage in self.stages]

    def _column(self, stage: StageOf, records: Sequence[Any], cards: dict[int, BoardCard]) -> Column:
        column = Column(stage, self.is_folded(stage), self.turned(stage))
        column.cards = [cards[record.id] for record in records[:CARDS]]
        if len(records) > CARDS:
            column.more = self.more(stage, column.cards[-1])
            column.rest = max(0, self.totals[stage.id].number - CARDS) if self.is_plain else 0
        return column

    @property
    def more_at(self) -> str:
        """The address of more cards; which ones is added to it."""
        return address(self.kind, None, "board", "more") + self.query()

    def more(self, stage: StageOf, last: BoardCard) -> str:
        """The address of the cards that follow a column's last one."""
        return address(self.kind, None, "board", "more") + self.query(stage=str(stage.id), after=last.at)

    @cached_property
    def cards(self) -> Cards:
        """What makes the cards."""
        return Cards(self.access, self.kind, self.listed.fields)

    def head(self, stages: Iterable[StageOf]) -> Head:
        """The figures over these stages."""
        number, amounts = 0, dict[str, Decimal]()
        for stage in stages:
            total = self.totals[stage.id]
            number += total.number
            for currency, amount in total.amounts.items():
                amounts[currency] = amounts.get(currency, Decimal(0)) + amount
        if not definitions.current().preferences.board_sums:
            return Head(number, (), "")
        lines = [formats.short_money(amount, currency) for currency, amount in sums.in_order(amounts)]
        return Head(number, lines, sums.words(amounts, short=False))

    def heads(self) -> dict[str, Head]:
        """The figures of all groups and columns, by `g-<group>` and `s-<stage>`."""
        found = {f"s-{stage.id}": self.head([stage]) for stage in self.stages}
        for group in GROUPS:
            found[f"g-{group}"] = self.head(stage for stage in self.stages if stage.group == group)
        found["g-all"] = self.head(self.stages)
        return found

    def bar(self) -> dict[str, Any]:
        """What the bar over the board draws: the same views, filters and panel as the list's."""
        listed, drafts = self.listed, self.listed.drafts()
        return {
            "screen": listed.screen,
            "base": address(self.kind),
            "state": self.state,
            "views": [view for view in listed.views if view.place is Place.LISTS],
            "view": self.state.view,
            "titles": listed.titles,
            "chips": filters.chips(self.state, listed.fields, listed.titles),
            "drafts": drafts,
            "blank": len(drafts) if listed.wants_row or not drafts else None,
            "offered": filters.offered(listed.fields),
            "date_words": filters.DATE_WORDS,
            "filter_open": self.state.open == "filter" or listed.is_unfinished,
        }

    def context(self) -> dict[str, Any]:
        """What the templates of the board draw besides what the bar of the list needs."""
        columns = self.columns()
        return self.bar() | {
            "board": self,
            "groups": [
                (name, title, [column for column in columns if column.stage.group == name])
                for name, title in GROUPS.items()
            ],
            "heads": self.heads() if self.is_plain else {},
            "process": self.process,
            "processes": definitions.current().processes_of(self.kind.name),
            "may_create": rights.may(self.access, self.kind.name, "create"),
            "kind": self.kind,
            "current": self.kind.url,
        }
