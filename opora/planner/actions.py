"""What is done with tasks: set on a card, close, reopen; and what follows from them on the cards."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from opora.kit.errors import Forbidden
from opora.planner.manifest import TASK
from opora.planner.models import Task
from opora.records import about, sight, steps, verbs
from opora.records.actions import action
from opora.records.kinds import Kind, kinds
from opora.records.work import Saved, Work
from opora.tenancy.prepared import PreparedUpdate


@action("task.create", right="create", event="created", label=_("Set a task"), makes=True)
def create(
    work: Work,
    kind: Kind,
    records: Sequence[Any],
    *,
    values: Mapping[str, Any],
    about: str = "",
    is_all_day: bool | None = None,
) -> None:
    """A new task, on the card `about` (`contact:42`) when one is named.

    A due day without a time means the whole day. Raises `NotFound` for a card the person does not see.
    """
    verbs.create(work, kind, records, values=values)
    for task in _new_tasks(work):
        if about:
            stand(work, task, about)
        task.is_all_day = is_all_day if is_all_day is not None else _names_no_time(values.get("due_at"))


def stand(work: Work, task: Task, card: str) -> None:
    """Put a new task onto a card."""
    about.stand_on(work, task, card)


def _new_tasks(work: Work) -> list[Task]:
    return [record for record in work.created() if isinstance(record, Task)]


def _names_no_time(due: Any) -> bool:
    return not due or (isinstance(due, str) and ":" not in due)


@steps.within("task", "edit")
def keep_all_day(work: Work, tasks: Sequence[Task]) -> None:
    """A due moment typed anew is a whole day when no time was typed."""
    values = work.sent.get("values")
    if isinstance(values, Mapping) and "due_at" in values:
        for task in tasks:
            task.is_all_day = _names_no_time(values["due_at"])


@action("task.close", right="edit", event="closed", label=_("Close the task"), touches=("done_at",))
def close(work: Work, kind: Kind, records: Sequence[Any]) -> None:
    """Tasks are done; those already closed stay as they are."""
    for task in records:
        task.done_at = task.done_at or work.act.at


@action("task.reopen", right="edit", event="reopened", label=_("Open the task again"), touches=("done_at",))
def reopen(work: Work, kind: Kind, records: Sequence[Any]) -> None:
    """Closed tasks are to be done again."""
    for task in records:
        task.done_at = None


@steps.within("contact", "hand_over")
def hand_over_tasks(work: Work, contacts: Sequence[Any]) -> None:
    """A client's open tasks go along, whoever held them; one that may not be given away stops the whole (U12)."""
    if not work.sent.get("with_linked", True):
        return
    numbers = [contact.id for contact in contacts]
    to = contacts[0].responsible_id if contacts else None
    tasks = list(open_tasks_of("contact", numbers).exclude(responsible_id=to).values_list("pk", flat=True))
    if not tasks:
        return
    _must_edit(work, tasks)
    for task in work.load(TASK, tasks, "edit"):
        task.responsible_id = to


def _must_edit(work: Work, tasks: Sequence[int]) -> None:
    if work.act.is_trusted:
        return
    reached = set(sight.visible(work.access, TASK, "edit").filter(pk__in=tasks).values_list("pk", flat=True))
    left = len(set(tasks) - reached)
    if left:
        words = ngettext(
            "%(n)d open task can't be handed over by you.",
            "%(n)d open tasks can't be handed over by you.",
            left,
        )
        raise Forbidden(code="linked_refused", message=words % {"n": left})


def open_tasks_of(kind_name: str, numbers: Sequence[int]) -> Any:
    """The open tasks that stand on these cards or below them; nobody's rights are asked."""
    return Task.objects.filter(
        Q(about_kind=kind_name, about_id__in=numbers) | Q(root_kind=kind_name, root_id__in=numbers),
        done_at=None,
        trashed_at=None,
    )


@steps.derived_from("task")
def refresh_next_steps(work: Work, saved: Sequence[Saved]) -> None:
    """The nearest open task is the next step of its card and of the card on top (N22). One statement a kind."""
    for kind_name, numbers in _cards(saved).items():
        if kind_name not in kinds:
            continue
        if len(numbers) == 1:
            _stepped(kind_name).run(number=next(iter(numbers)))
            continue
        kinds[kind_name].model._default_manager.filter(pk__in=sorted(numbers)).update(
            next_step_at=Subquery(_nearest(kind_name))
        )


@lru_cache(maxsize=100)
def _stepped(kind_name: str) -> PreparedUpdate:
    """The same for one card, which is most of all; its SQL is made once."""

    def make(number: int) -> tuple[Any, Mapping[str, Any]]:
        card = kinds[kind_name].model._default_manager.filter(pk=number)
        return card, {"next_step_at": Subquery(_nearest(kind_name))}

    return PreparedUpdate(make, number=-1)


def _cards(saved: Sequence[Saved]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for each in saved:
        for ref in TASK.parents(each.record):
            found.setdefault(ref.kind, set()).add(ref.id)
    return found


def _nearest(kind_name: str) -> Any:
    standing = Q(about_kind=kind_name, about_id=OuterRef("pk")) | Q(
        root_kind=kind_name, root_id=OuterRef("pk")
    )
    waiting = Task.objects.filter(standing, done_at=None, trashed_at=None, due_at__isnull=False)
    return waiting.order_by("due_at").values("due_at")[:1]
