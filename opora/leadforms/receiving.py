"""From what was sent to a contact: read the lead in the project's own language and day, and carry the action out."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone, translation

from opora.contacts.manifest import CONTACT
from opora.kit.dates import now
from opora.leadforms import lead
from opora.leadforms.actions import PATIENCE
from opora.leadforms.bodies import Sent
from opora.notes.models import Note
from opora.people.access import Access
from opora.people.models import Token
from opora.records import definitions
from opora.records.actions import Outcome, perform
from opora.records.operations import Act
from opora.timeline.models import Event

KEY_LENGTH = 64


@dataclass(frozen=True)
class Arrival:
    """How a lead came. `key` is the client's Idempotency-Key or one of ours, so that it is never stored twice."""

    key: str
    at: datetime
    address: str = ""
    request: str = ""

    @classmethod
    def now(cls, key: str, address: str = "", request: str = "") -> "Arrival":
        """An arrival at this moment; a long key is remembered by its digest."""
        short = key if len(key) <= KEY_LENGTH else hashlib.sha256(key.encode()).hexdigest()
        return cls(short, now(), address, request)


@dataclass(frozen=True)
class Received:
    """The contact a lead became. `is_replay`: this very request was carried out; `is_twin`: the same lead was."""

    contact_id: int
    is_replay: bool = False
    is_twin: bool = False


def receive(sent: Sent, token: Token | None, access: Access, arrival: Arrival) -> Received:
    """Store a lead, once for each arrival.

    `token` is None for the lead of a key that was removed since. Raises `Invalid` when nothing was said,
    `IdempotencyMismatch` for another lead under the same key.
    """
    chosen = definitions.current().preferences
    with timezone.override(chosen.zone), translation.override(chosen.language), _patience():
        found = lead.read(sent, access)
        if token and token.name:
            found.values.setdefault("source", token.name)
        owner = token.id if token else None
        act = Act(
            Access.nobody(),
            via="lead",
            key=f"lead:{owner or 0}:{arrival.key}",
            at=arrival.at,
            request=arrival.request,
            address=arrival.address,
            is_trusted=True,
            is_soft=True,
        )
        outcome = perform(
            "receive", CONTACT, act, values=found.values, note="\n".join(found.note), token=owner
        )
    is_twin = not outcome.ids
    return Received(_contact_of(outcome) if is_twin else outcome.ids[0], outcome.is_replay, is_twin)


def _contact_of(outcome: Outcome) -> int:
    """The first contact, on which a repeated lead only left a note."""
    event = Event.objects.get(operation=outcome.operation, subject_kind="note", name="note.created")
    return int(Note.objects.values_list("about_id", flat=True).get(pk=event.subject_id))


@contextmanager
def _patience() -> Iterator[None]:
    """Wait for SQLite's one writer less long than a page does; on PostgreSQL the action itself says so."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        usual = int(cursor.fetchone()[0])
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
