"""How notes are told in the history of a card."""

from django.utils.translation import gettext_lazy as _

from opora.records.sentences import say

say(
    "note.created",
    _("note"),
    icon="note",
    body=lambda note: str(note.text),
    files=lambda note: note.files or (),
)
say("note.changed", _("note changed"), body=lambda note: str(note.text), files=lambda note: note.files or ())
