"""The card of a task: small, without a history of its own to write in; and what hand-overs take along."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from opora.people.access import Access
from opora.planner.actions import open_tasks_of
from opora.planner.models import Task
from opora.records import sight
from opora.records.screens.faces import Face, faces
from opora.records.screens.related import Block, block, goes_along
from opora.records.sentences import EVERYTHING, say
from opora.timeline.events import Ref


@block("task", place=10)
def card_of(access: Access, task: Task) -> Block | None:
    """The card that the task stands on."""
    if not task.about_id:
        return None
    found = sight.find(access, Ref(task.about_kind, task.about_id))
    return Block("about", _("On the card"), "planner/about.html", [found] if found else [])


@goes_along("contact")
def tasks_along(contact_id: int) -> str:
    """How many open tasks go along with a client who is handed over (U12)."""
    number = open_tasks_of("contact", [contact_id]).count()
    return ngettext("%(n)d open task", "%(n)d open tasks", number) % {"n": number} if number else ""


def badge(task: Any) -> str:
    """«Закрыта»; an open task needs no word."""
    return str(_("Closed")) if task.is_done else ""


faces.register(
    "task",
    Face(
        badge=badge,
        actions="planner/actions.html",
        has_avatar=False,
        has_composer=False,
        new_text=_("New task"),
        made_text=_("The task is set"),
        fields_title=_("Task"),
    ),
)
say("task.created", _("new task"), icon="checkbox", tone="task")
say("task.closed", _("task closed"), icon="check", tone="in")
say("task.reopened", _("task open again"), icon="checkbox", tone="task")
say("task.changed", _("task changed:"), shows=EVERYTHING)
