"""The firm's year: stories that go on at the same time, told through actions in the order of the clock."""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from opora.demo.defining import Defined
from opora.demo.firm import Firm, Worker
from opora.people.access import Access
from opora.records.actions import Outcome, perform
from opora.records.kinds import kinds
from opora.records.operations import Act

ZONE = ZoneInfo("Europe/Moscow")
Story = Iterator[datetime]
"""A story gives the moment of its next step; when the clock comes there, it goes on and acts."""


@dataclass
class History:
    """The clock, the dice and the stories still going on. What would happen after `end` does not happen.

    `clients` are the contacts met so far whom a deal may be made with.
    """

    firm: Firm
    defined: Defined
    start: datetime
    end: datetime
    dice: random.Random
    now: datetime = field(init=False)
    clients: list["Client"] = field(default_factory=list)
    _waiting: list[tuple[datetime, int, Story]] = field(default_factory=list)
    _told: int = 0

    def __post_init__(self) -> None:
        self.now = self.start

    def tell(self, story: Story) -> None:
        """Begin a story now; its steps mix with those of the others."""
        self._wait(story)

    def play(self) -> None:
        """Let everything happen until the end."""
        while self._waiting:
            self.now, __, story = heapq.heappop(self._waiting)
            self._wait(story)

    def _wait(self, story: Story) -> None:
        moment = next(story, None)
        if moment is not None and moment <= self.end:
            self._told += 1
            heapq.heappush(self._waiting, (max(moment, self.now), self._told, story))

    def later(self, least: float, most: float) -> datetime:
        """A working moment so many days from now."""
        return self.working(self.now + timedelta(days=self.dice.uniform(least, most)))

    def working(self, moment: datetime) -> datetime:
        """A moment of the working hours of that day, or of the Monday after it; never before now."""
        day = moment.astimezone(ZONE).date()
        day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
        clock = time(self.dice.randint(9, 17), self.dice.randint(0, 59), self.dice.randint(0, 59))
        return max(datetime.combine(day, clock, ZONE), self.now + timedelta(minutes=self.dice.randint(2, 40)))

    def act(
        self, verb: str, kind: str, by: Worker | None, ids: list[int] | None = None, **sent: Any
    ) -> Outcome:
        """Carry out a verb now, by that person or by nobody (a lead that came by itself)."""
        access = by.access if by else Access.nobody()
        via = "page" if by else "lead"
        act = Act(access, via=via, at=self.now, is_trusted=True, is_soft=by is None)
        return perform(verb, kinds[kind], act, ids or [], **sent)

    def pick(self, among: list[Any], weight: Callable[[Any], float] = lambda one: 1.0) -> Any:
        """One of them, by weight."""
        return self.dice.choices(among, [weight(one) for one in among])[0]

    def chance(self, of: float) -> bool:
        """Whether something happens that happens so often."""
        return self.dice.random() < of


@dataclass
class Client:
    """A contact of the story: who leads it and how far it went."""

    id: int
    worker: Worker
    land: str
    stage: str = "new"
    has_number: bool = False
    is_company: bool = False
