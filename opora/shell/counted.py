"""The figures of the navigation: what waits for this person, in one query a thing."""

from dataclasses import dataclass

from django.db.models import Count, Q

from opora.contacts.manifest import CONTACT
from opora.kit.dates import day_bounds
from opora.people import rights
from opora.people.access import Access
from opora.planner.lists import of_clients
from opora.planner.manifest import TASK
from opora.planner.models import Task
from opora.records import listing, sight
from opora.shell.clock import here, today


@dataclass(frozen=True)
class Figure:
    """A number beside an entry; a hot one asks for action."""

    id: str
    number: int
    is_hot: bool


def counts(access: Access) -> list[Figure]:
    """The figures of all entries that have one."""
    due, waiting = tasks_of(access)
    return [
        Figure("today", due, True),
        Figure("tasks", waiting, False),
        Figure("contacts", untaken(access), True),
    ]


def tasks_of(access: Access) -> tuple[int, int]:
    """How many tasks of this person are due by the end of today, and how many are open at all."""
    if not rights.may(access, TASK.name, "see"):
        return 0, 0
    _start, end = day_bounds(today(), here())
    mine = Task.objects.filter(responsible_id=access.user_id, done_at=None, trashed_at=None)
    due = mine.filter(of_clients(), due_at__lt=end).order_by()
    found = mine.aggregate(due=Count("pk", filter=Q(pk__in=due.values("pk"))), waiting=Count("pk"))
    return found["due"], found["waiting"]


def untaken(access: Access) -> int:
    """How many new contacts wait for somebody to take them, as far as this person may."""
    if not rights.may(access, CONTACT.name, "take"):
        return 0
    return listing.capped_count(sight.visible(access, CONTACT, "take"))
