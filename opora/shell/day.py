"""The day of a person or a team: late, due, new leads, what moved. Each part is read when it is shown."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from opora.contacts.manifest import CONTACT
from opora.deals import progress
from opora.deals.manifest import DEAL
from opora.deals.progress import Progress
from opora.kit.dates import day_bounds
from opora.people import rights
from opora.people.access import Access
from opora.people.scopes import Scope
from opora.planner.lists import of_clients
from opora.planner.manifest import TASK
from opora.planner.models import Task
from opora.records import definitions, listing, sight
from opora.shell.clock import here, today
from opora.shell.recent import Recent, among, cards, recent, touched_by
from opora.timeline.events import Ref
from opora.ui import formats

MOST_TASKS = 200
MOST_LEADS = 10
MINE, TEAM = "mine", "team"


@dataclass(frozen=True)
class Due:
    """A task as it stands in the list: what it is about, when it is due, whether it is late."""

    task: Task
    about: Ref | None
    about_title: str
    due: formats.Due
    is_late: bool


@dataclass(frozen=True)
class Leads:
    """Contacts nobody is responsible for yet: the newest, and how many there are."""

    contacts: Sequence[Any]
    number: int


class Day:
    """The parts of the page "Сегодня" for one person, mine or my team's.

    `is_whole` says that all parts will be shown: the cards that several of them name are then read together.
    """

    def __init__(
        self, access: Access, whose: str = MINE, now: datetime | None = None, *, is_whole: bool = False
    ) -> None:
        self.access = access
        self._is_whole = is_whole
        self.now = now or timezone.now()
        self.date: date = today()
        self.start, self.end = day_bounds(self.date, here())
        self.whose = TEAM if whose == TEAM and self.has_team else MINE

    @cached_property
    def has_team(self) -> bool:
        """Whether the person may see the tasks of others (N22)."""
        return self.access.owners(TASK.name, "see") != frozenset({self.access.user_id}) and self.access.scope(
            TASK.name, "see"
        ) not in (Scope.NONE, Scope.OWN)

    @property
    def people(self) -> Collection[int] | None:
        """Whose day it is; None for everybody's."""
        return self.access.owners(TASK.name, "see") if self.whose == TEAM else (self.access.user_id,)

    @cached_property
    def due(self) -> list[Due]:
        """Open tasks due by the end of today, the oldest first."""
        refs = {task.id: _about(task) for task in self._due_tasks}
        if self._is_whole:
            titles = {ref: card.title for ref, card in self._cards.items()}
        else:
            titles = sight.titles(self.access, [ref for ref in refs.values() if ref])
        return [self._row(task, refs[task.id], titles) for task in self._due_tasks]

    @cached_property
    def _due_tasks(self) -> list[Task]:
        return list(self._open_tasks().order_by("due_at", "id")[:MOST_TASKS])

    @cached_property
    def _touched(self) -> dict[Ref, datetime]:
        return touched_by(self.access)

    @cached_property
    def _cards(self) -> dict[Ref, Any]:
        """What the tasks are about and what was worked on last, as far as the person sees it."""
        about = {ref for task in self._due_tasks if (ref := _about(task))}
        return cards(self.access, about | set(self._touched))

    def _open_tasks(self) -> QuerySet[Any]:
        found = sight.visible(self.access, TASK).filter(of_clients(), done_at=None, due_at__lt=self.end)
        return found if self.people is None else found.filter(responsible_id__in=list(self.people))

    def _row(self, task: Task, about: Ref | None, titles: dict[Ref, str]) -> Due:
        moment = task.due_at or self.end
        words = formats.due(formats.local(moment).date() if task.is_all_day else moment, self.now)
        is_late = moment < self.start if task.is_all_day else moment < self.now
        seen = about if about in titles else None
        return Due(task, seen, titles[seen] if seen else "", words, is_late)

    @property
    def late(self) -> list[Due]:
        """What should have been done before."""
        return [row for row in self.due if row.is_late]

    @property
    def now_due(self) -> list[Due]:
        """What is to be done today."""
        return [row for row in self.due if not row.is_late]

    @cached_property
    def leads(self) -> Leads | None:
        """New contacts that wait to be taken; None for who may not take any."""
        if not rights.may(self.access, CONTACT.name, "take"):
            return None
        waiting = sight.visible(self.access, CONTACT, "take")
        newest = list(waiting.order_by("-stamp", "-pk")[: MOST_LEADS + 1])
        number = len(newest) if len(newest) <= MOST_LEADS else listing.capped_count(waiting)
        return Leads(newest[:MOST_LEADS], number)

    @cached_property
    def funnel(self) -> Progress | None:
        """What deals did today; None where the project switched it off or the person sees no deals."""
        shown = definitions.current().preferences.day_funnel and rights.may(self.access, DEAL.name, "see")
        return progress.entered(self.access, self.start, self.end, self.people) if shown else None

    @cached_property
    def recent(self) -> list[Recent]:
        """The cards the person worked on last."""
        return among(self._touched, self._cards) if self._is_whole else recent(self.access)

    @cached_property
    def month(self) -> tuple[int, dict[str, Decimal]] | None:
        """What the person won this month: how many deals and their sums."""
        if not rights.may(self.access, DEAL.name, "see"):
            return None
        start, _end = day_bounds(self.date.replace(day=1), here())
        return progress.won_since(self.access, start, self.access.user_id)


def _about(task: Task) -> Ref | None:
    return Ref(task.about_kind, task.about_id) if task.about_id else None
