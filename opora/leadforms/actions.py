"""Receiving a lead: a contact nobody is responsible for, a task for today, and a note (N11, N15)."""

from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opora.contacts.models import Contact
from opora.kit.dates import moment
from opora.kit.text import fold
from opora.notes.manifest import NOTE
from opora.notes.models import Note
from opora.people.models import Token
from opora.planner.actions import open_tasks_of
from opora.planner.manifest import TASK
from opora.planner.models import Task
from opora.records import definitions, steps, verbs
from opora.records.actions import action
from opora.records.kinds import Kind, kind_of
from opora.records.places import reachable
from opora.records.work import Work

TWIN_WITHIN = timedelta(minutes=10)
NOTE_LENGTH = 20_000
PATIENCE = 2000
"""Milliseconds a lead waits for a busy database before it goes to the spool: sites give up after five seconds."""


@action(
    "contact.receive", right="create", event="received", label=_("Receive a lead"), makes=True, can_undo=False
)
def receive(
    work: Work, kind: Kind, records: Sequence[Any], *, values: Mapping[str, Any], note: str, token: int | None
) -> None:
    """A new contact from a lead, without a responsible person, with a task due today and what was said as a note.

    The same lead (name, phones, addresses) within ten minutes adds a note to the first contact instead (R9.02).
    """
    _be_brief()
    if token is not None:
        list(Token.objects.select_for_update().filter(pk=token))  # one lead of a key at a time
    twin = _twin(_draft(kind, values), work)
    if twin is not None:
        _write(work, twin, _repeated(note))
        return
    verbs.create(work, kind, records, values=values)
    contact = work.created()[0]
    contact.refresh_title()
    work.say(contact, "received")
    work.add(TASK, _task(work, contact), event="created")
    if note:
        _write(work, contact, note)


def _be_brief() -> None:
    """Wait for other transactions no longer than `PATIENCE`, until this one ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE}")


def _draft(kind: Kind, values: Mapping[str, Any]) -> Contact:
    """The contact as it would be, to be compared only."""
    contact, fields = Contact(**kind.initial), definitions.current().fields(kind.name)
    for name, raw in values.items():
        fields[name].set(contact, fields[name].type.parse(raw, fields[name]))
    contact.refresh_title()
    return contact


def _twin(contact: Contact, work: Work) -> Contact | None:
    recent = Contact.objects.filter(
        reachable(kind_of(contact)),
        created_at__gt=work.act.at - TWIN_WITHIN,
        created_by_id=None,
        title_key=contact.title_key,
    )
    return next(
        (other for other in recent.order_by("id") if _reached_by(other) == _reached_by(contact)), None
    )


def _reached_by(contact: Contact) -> tuple[frozenset[str], frozenset[str]]:
    return (
        frozenset(item["value"] for item in contact.phones or ()),
        frozenset(fold(item["value"]) for item in contact.emails or ()),
    )


def _repeated(note: str) -> str:
    return gettext("Repeated: the same lead came once more.") + ("\n\n" + note if note else "")


def _task(work: Work, contact: Contact) -> Task:
    zone = definitions.current().preferences.zone
    today = timezone.localdate(work.act.at, zone)
    return Task(
        title=(gettext("Contact the client: %(name)s") % {"name": contact.title})[:250],
        due_at=moment(today, time.min, zone),
        is_all_day=True,
        about_kind="contact",
        about_id=contact.id,
    )


def _write(work: Work, contact: Contact, text: str) -> None:
    """Notes on the contact: nothing that was said is cut."""
    for start in range(0, len(text), NOTE_LENGTH):
        part = text[start : start + NOTE_LENGTH]
        work.add(NOTE, Note(text=part, about_kind="contact", about_id=contact.id), event="created")


@steps.within("contact", "take")
def take_tasks(work: Work, contacts: Sequence[Any]) -> None:
    """Whoever takes a contact takes its open tasks that nobody holds."""
    tasks = open_tasks_of("contact", [contact.id for contact in contacts]).filter(responsible_id=None)
    numbers = list(tasks.values_list("pk", flat=True))
    for task in work.load(TASK, numbers, "take") if numbers else ():
        task.responsible_id = work.act.user_id
