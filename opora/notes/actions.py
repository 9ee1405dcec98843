"""What is done with notes: they are written on a card."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from opora.notes.models import Note
from opora.records import about as cards
from opora.records import verbs
from opora.records.actions import action
from opora.records.kinds import Kind
from opora.records.work import Work


@action("note.create", right="create", event="created", label=_("Write a note"), makes=True)
def create(work: Work, kind: Kind, records: Sequence[Any], *, values: Mapping[str, Any], about: str) -> None:
    """A new note on the card `about` (`contact:42`). Raises `NotFound` for a card the person does not see (O32)."""
    verbs.create(work, kind, records, values=values)
    for note in work.created():
        if isinstance(note, Note):
            cards.stand_on(work, note, about)
