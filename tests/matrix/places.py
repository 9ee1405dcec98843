"""What the rows of the permission table stand on: one record of each kind, and all that their addresses name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from opora.demo.defining import Defined, define
from opora.jobs.origin import acting
from opora.people.models import User
from opora.records import bulk, totals
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import ListEntry, OwnField, Process, SavedView, Section
from opora.records.operations import Act
from opora.timeline.models import Operation
from tests.kits.files import keep_file
from tests.matrix.routes import A_FILE, Row
from tests.people import PASSWORD, Cast, access

KINDS = ("contact", "deal", "task")


@dataclass(frozen=True)
class Places:
    """The words that stand in `{braces}` in the table."""

    words: Mapping[str, str]

    def fill(self, text: str) -> str:
        """The text with its words."""
        return text.format_map(self.words)

    def address(self, row: Row) -> str:
        """The concrete address of a row."""
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: self.fill(row.words[part[1]]), row.route)
        return f"/{path}" + (f"?{self.fill(row.query)}" if row.query else "")

    def body(self, row: Row) -> dict[str, Any]:
        """What the row sends."""
        return {
            name: SimpleUploadedFile("Лист.txt", b"words")
            if value == A_FILE
            else self.fill(value)
            if isinstance(value, str)
            else [self.fill(each) for each in value]
            if isinstance(value, list)
            else value
            for name, value in row.body.items()
        }


def new(user: User, kind: str, about: str | None = None, **values: Any) -> Any:
    """A record of a person, open to nobody else by its own access."""
    more = {"about": about} if about else {}
    made = perform("create", kinds[kind], Act(access(user)), values=values, **more).record
    if hasattr(made, "access"):
        kinds[kind].model._default_manager.filter(pk=made.pk).update(access="none")
        totals.rebuild(kinds[kind])
    return made


def prepare(cast: Cast, owner: User | None = None, defined: Defined | None = None) -> Places:
    """Records of `owner` (the manager), definitions, a view, a bulk that waits, an act that can be undone."""
    me = owner or cast.manager
    defined = defined or define(0)
    contact = new(me, "contact", first_name="Артём", last_name="Хлебников", phones="+7 843 000-27-16")
    buyer, guest = new(me, "contact", first_name="Покупатель"), new(me, "contact", first_name="Гость")
    deal = new(me, "deal", title="Печь", contact=buyer.id)
    task = new(me, "task", title="Перезвонить", due_at="01.10.2026 10:00")
    note = new(me, "note", f"contact:{contact.id}", text="Заметка")
    twin = new(me, "contact", first_name="Хлебников", last_name="Артем")
    firm = new(me, "contact", type="company", company_name="Хлебница")
    words = {
        "firm": firm.id,
        "twin": twin.id,
        "contact": contact.id,
        "deal": deal.id,
        "task": task.id,
        "note": note.id,
    }
    spare = {
        "contact": {"first_name": "Лишний"},
        "deal": {"title": "Лишняя"},
        "task": {"title": "Лишнее", "due_at": "01.10.2026"},
    }
    for kind, values in spare.items():
        gone, free = new(me, kind, **values), new(me, kind, **values)
        perform("trash", kinds[kind], Act(access(me)), [gone.id])
        kinds[kind].model._default_manager.filter(pk=free.id).update(responsible_id=None)
        words |= {f"trashed_{kind}": gone.id, f"free_{kind}": free.id}
        with acting(me.id, ""):
            words[f"job_{kind}"] = bulk.ask("trash", kinds[kind], Act(access(me)), [gone.id], {}, "").pk
    lost = keep_file(me, f"contact:{contact.id}", "Лишний")
    perform("trash", kinds["file"], Act(access(me)), [lost.id])
    words |= {"file": keep_file(me, f"contact:{contact.id}", "Лист").id, "trashed_file": lost.id}
    gone = new(me, "note", f"contact:{contact.id}", text="Лишняя")
    perform("trash", kinds["note"], Act(access(me)), [gone.id])
    done = perform("edit", kinds["task"], Act(access(me)), [task.id], values={"title": "Написать"})
    stage, field = defined.stages["equipment.talk"], defined.fields["inn"]
    words |= {
        "trashed_note": gone.id, "operation": done.undo_id or Operation.objects.latest("id").pk,
        "view": SavedView.objects.create(kind="contact", name="Вид", owner_id=me.id, query={}).pk,
        "stage_deal": stage.id, "stage_contact": defined.stages["clients.talk"].id,
        "empty_stage": defined.stages["repairs.visit"].id, "process": stage.process_id,
        "empty_process": Process.objects.create(kind="deal", name="Пустой", position=9).pk,
        "manager": me.id, "head": cast.head.id, "role": str(cast.manager.role_id), "password": PASSWORD,
    }  # fmt: skip
    perform("involve", kinds["deal"], Act(access(me)), [deal.id], contact=str(guest.id), role="Советует")
    words |= (
        own_field(field)
        | beside_the_questionnaire()
        | {"guest": guest.id, "reason": only_reason(), "entry": only_tag()}
    )
    return Places({name: str(value) for name, value in words.items()})


def own_field(name: str) -> dict[str, int]:
    """The ids of an own field and of its section."""
    from_name = next(row for row in OwnField.objects.all() if row.name == name)
    return {"field": from_name.id, "section": from_name.section_id}


def only_reason() -> int:
    """The id of the one reason why deals are lost that is on the list."""
    ListEntry.objects.filter(kind="deal", field="reason").delete()
    return ListEntry.objects.create(kind="deal", field="reason", name="Дорого").pk


def only_tag() -> int:
    """The id of the one tag of contacts that is left on the list."""
    ListEntry.objects.filter(kind="contact", field="tags").delete()
    return ListEntry.objects.create(kind="contact", field="tags", name="Пекарня", color="teal").pk


def beside_the_questionnaire() -> dict[str, int]:
    """The ids of a deleted field and of a section without fields."""
    gone = OwnField.objects.create(kind="contact", type="text", label="Бывшее", deleted_at=timezone.now())
    spare = Section.objects.create(kind="contact", name="Пустой")
    return {"gone_field": gone.id, "spare_section": spare.id}
