"""The card of a record: its head, its fields, its history, what stands around it."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from opora.people import directory, rights
from opora.people.access import Access
from opora.people.guards import right
from opora.people.middleware import access_of
from opora.people.rules import Rule
from opora.people.why import why
from opora.records import sight
from opora.records.kinds import Kind, kind_of, kinds
from opora.records.numbers import dial_for, number_for
from opora.records.screens import feed, related
from opora.records.screens.acts import address
from opora.records.screens.chevrons import Way, way_of
from opora.records.screens.faces import Face, face_of
from opora.records.screens.sections import Cells, SectionOfCard, is_whole_day
from opora.records.screens.standing import Standing, roles_that_see
from opora.tenancy.prepared import Prepared
from opora.timeline.events import Ref
from opora.timeline.models import Event
from opora.ui import formats, render

OPEN_TASKS = 20
SOON = {
    "0": gettext_lazy("Today"),
    "1": gettext_lazy("Tomorrow"),
    "3": gettext_lazy("3 days"),
    "7": gettext_lazy("A week"),
}
PARTS = {
    "card-head": "records/card_head.html",
    "card-fields": "records/card_fields.html",
    "card-links": "records/card_links.html",
    "card-late": "records/card_late.html",
    "": "records/card.html",
}


class Card:
    """Everything a card's templates ask for; each part is read when it is first drawn."""

    def __init__(self, access: Access, kind: Kind, record: Any) -> None:
        self.access, self.kind, self.record = access, kind, record
        self.standing = Standing(access, kind, record)

    @property
    def url(self) -> str:
        """The card's own address."""
        return address(self.kind, self.record.id)

    def at(self, *parts: str) -> str:
        """An address below the card."""
        return address(self.kind, self.record.id, *parts)

    @property
    def list_url(self) -> str:
        """The list of the kind."""
        return address(self.kind)

    @property
    def face(self) -> Face:
        """What the kind adds to the generic card."""
        return face_of(self.kind.name)

    @property
    def owner(self) -> directory.Person | None:
        """The person responsible."""
        return directory.person(self.record.responsible_id)

    @property
    def trasher(self) -> str:
        """The name of the person who put the record into the trash."""
        return directory.name_of(self.record.trashed_by_id)

    @property
    def next_step(self) -> formats.Due | None:
        """When the next step is due; None when nothing is set."""
        at = self.record.next_step_at
        return formats.due(timezone.localtime(at).date() if is_whole_day(at) else at) if at else None

    @cached_property
    def way(self) -> Way | None:
        """The process with the record's place in it."""
        return way_of(self.kind, self.record)

    @cached_property
    def cells(self) -> Cells:
        """The fields in their states."""
        near = {kind_of(r).ref(r): r.title for block in self.blocks for r in block.records}
        return Cells(self.access, self.kind, self.record, may_edit=self.standing.may_edit, near=near)

    @cached_property
    def hidden(self) -> set[str]:
        """The fields that do not concern this record."""
        return {*self.face.hidden(vars(self.record)), *self.face.apart, *self.face.beside, "next_step_at"}

    @cached_property
    def sections(self) -> list[SectionOfCard]:
        """The sections of fields."""
        return self.cells.sections(self.hidden)

    @property
    def missing(self) -> int:
        """How many fields must still be filled."""
        return sum(section.missing for section in self.sections)

    @cached_property
    def blocks(self) -> list[related.Block]:
        """What stands at the right."""
        return related.blocks_of(self.kind.name, self.access, self.record)

    @property
    def has_late(self) -> bool:
        """Whether more blocks are asked for when the card stands."""
        return related.has_late(self.kind.name)

    @property
    def late_blocks(self) -> list[related.Block]:
        """The blocks that the card asks for when it stands."""
        return related.blocks_of(self.kind.name, self.access, self.record, late=True)

    @cached_property
    def open_tasks(self) -> list[Any]:
        """The open tasks of the card, soonest first."""
        return self._read_tasks(set())

    @cached_property
    def history(self) -> feed.History:
        """The newest page of the history; records that other parts show are read once."""
        return feed.history(self.access, Ref(self.kind.name, self.record.id), known=self.known)

    def known(self, events: Sequence[Event] = (), *, with_blocks: bool = True) -> dict[Ref, Any]:
        """The records that the page has read anyway, and the tasks of these events together with the open ones."""
        tasks = self._read_tasks({event.subject_id for event in events if event.subject_kind == "task"})
        found = {Ref(self.kind.name, self.record.id): self.record}
        found |= {Ref("task", task.id): task for task in tasks}
        for block in self.blocks if with_blocks else ():
            for record in block.records:
                found[Ref(type(record).kind_name, record.id)] = record
        return found

    def _read_tasks(self, also: set[int]) -> list[Any]:
        tasks = tasks_of(self.access, self.kind, self.record.id, also)
        self.__dict__["open_tasks"] = [t for t in tasks if t.done_at is None and not t.is_trashed][
            :OPEN_TASKS
        ]
        return tasks

    @cached_property
    def closable(self) -> set[int]:
        """The open tasks that the person may close."""
        rule = rights.compiled(self.access, "task", "edit")
        return {task.id for task in self.open_tasks if rule.holds(task)}

    @property
    def filters(self) -> Mapping[str, Any]:
        """What the history may be narrowed to."""
        return feed.FILTERS

    @property
    def soon(self) -> Mapping[str, Any]:
        """The near days that a new task is set for."""
        return SOON

    @property
    def people(self) -> list[directory.Person]:
        """To whom a task may be given."""
        return directory.active()

    @property
    def may_set_tasks(self) -> bool:
        """Whether the person may set tasks at all."""
        return rights.may(self.access, "task", "create")

    def may_create(self, kind_name: str) -> bool:
        """Whether the person may make records of a kind."""
        return kind_name in kinds and rights.may(self.access, kind_name, "create")

    @staticmethod
    def new_url(kind_name: str) -> str:
        """The form of a new record of a kind."""
        return f"{address(kinds[kind_name])}new/"

    def phone_of(self, record: Any) -> str:
        """The first phone of a contact as this person may read it."""
        return number_for(self.access, record)

    def dial_of(self, record: Any) -> str:
        """What a link to the first phone dials; empty where the number is hidden."""
        return dial_for(self.access, record)

    @staticmethod
    def url_of(record: Any) -> str:
        """The address of another record's card."""
        return address(kind_of(record), record.id)

    @staticmethod
    def task_url(task: Any) -> str:
        """The address of a task."""
        return address(kinds["task"], task.id)

    @staticmethod
    def due_of(task: Any) -> formats.Due | None:
        """A task's date in words; a whole day has no hour."""
        return due_of(task)

    @staticmethod
    def person(user_id: int | None) -> directory.Person | None:
        """A person by id."""
        return directory.person(user_id)

    @property
    def may_write(self) -> bool:
        """Whether notes and tasks may be added: by whoever sees the card, unless it lies in the trash."""
        return not self.record.is_trashed and self.face.has_composer

    @property
    def photo_url(self) -> str:
        """The address of the record's photo; empty for one without."""
        held = getattr(self.record, "photo", None) or ()
        return next((f"{get_script_prefix()}files/{each['id']}/preview/" for each in held), "")

    @property
    def upload_url(self) -> str:
        """Where files are sent."""
        return f"{get_script_prefix()}api/v1/files"

    @property
    def may_add_files(self) -> bool:
        """Whether files may be put on the card: by whoever sees it, unless it lies in the trash (I03, I04)."""
        return not self.record.is_trashed and self.access.leaves("create")


def tasks_of(access: Access, kind: Kind, record_id: int, also: Collection[int] = ()) -> list[Any]:
    """The open tasks that stand on a card or below it, and those named, as far as the person sees them; soonest first.

    One statement for both.
    """
    if "task" not in kinds:
        return []
    named = {f"also{number}": task_id for number, task_id in enumerate(also)}
    rule = rights.compiled(access, "task")
    return _tasks(rule, len(also)).rows(kind=kind.name, record_id=record_id, **named)


@lru_cache(maxsize=4000)
def _tasks(rule: Rule, also: int) -> Prepared:
    """The question of `tasks_of` under a rule, with so many tasks named; its SQL is made once."""

    def make(kind: str, record_id: int, **named: int) -> QuerySet[Any]:
        here = Q(about_kind=kind, about_id=record_id) | Q(root_kind=kind, root_id=record_id)
        wanted = Q(here, done_at=None, trashed_at=None) | Q(pk__in=list(named.values()))
        found = kinds["task"].model._default_manager.filter(rule.q()).filter(wanted)
        return found.order_by("due_at", "id")[: OPEN_TASKS + also]

    stand_ins = {f"also{number}": -2 - number for number in range(also)}
    return Prepared(make, kind="?", record_id=-1, **stand_ins)


def due_of(task: Any) -> formats.Due | None:
    """When a task is due, in words; a whole day has no hour."""
    if task.due_at is None:
        return None
    return formats.due(timezone.localtime(task.due_at).date() if task.is_all_day else task.due_at)


def card_of(request: HttpRequest, kind_name: str, record_id: int, verb: str = "see") -> Card:
    """The card of a record the person sees. Raises `NotFound`, or `Forbidden` when the verb does not reach it."""
    kind = kinds[kind_name]
    access = access_of(request)
    return Card(access, kind, sight.get_visible(access, kind, record_id, verb))


@right("{kind}.see")
@require_safe
def card(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """The page of a record, or the part of it that htmx asks for anew."""
    shown = card_of(request, kind, record_id)
    context = {"card": shown, "record": shown.record, "kind": shown.kind, "current": shown.kind.url}
    return render.page(request, "records/card.html", context, fragment=PARTS)


@right("{kind}.see")
@require_safe
def card_feed(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """The history of a card: filtered, further down (`before`), or anew with as many lines as were shown."""
    shown = card_of(request, kind, record_id)
    before, is_more = _number(request.GET.get("before")), "before" in request.GET
    lengths = [_number(text) or 0 for text in request.GET.getlist("shown")]
    history = feed.history(
        shown.access,
        Ref(kind, record_id),
        chosen=request.GET.get("of", ""),
        before=before,
        limit=max([feed.PAGE, *lengths]) if not is_more else feed.PAGE,
        day=request.GET.get("day", "") if is_more else "",
        known=partial(shown.known, with_blocks=False),
    )
    context = {
        "card": shown, "record": shown.record, "kind": shown.kind, "history": history, "current": shown.kind.url,
        "title": _("History"),
    }  # fmt: skip
    part = "records/feed_rows.html" if is_more else "records/feed.html"
    return render.page(request, "records/feed_page.html", context, fragment=part)


@right("{kind}.see")
@require_safe
def access(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """Why the person sees this record, in a sentence, and whose roles see it too (R4.06)."""
    shown = card_of(request, kind, record_id)
    context = {
        "card": shown, "record": shown.record, "kind": shown.kind, "current": shown.kind.url,
        "title": _("Access"), "words": why(shown.access, kind, shown.record), "back": shown.url,
        "by_role": roles_that_see(shown.kind, shown.record),
    }  # fmt: skip
    return render.page(request, "records/access_page.html", context, fragment="records/access.html")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 20 else None
