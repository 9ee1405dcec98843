"""A file on a card, made without a request: what the matrices stand on."""

from typing import Any

from opora.documents import shelf
from opora.documents.arrived import Stored
from opora.people.models import User
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from tests.people import access


def keep_file(owner: User, about: str, word: str, *, is_trusted: bool = False) -> Any:
    """A kept text whose name says the word, with something to be shown in its place."""
    draft = shelf.Draft()
    draft.write(word.encode())
    draft.end()
    place = draft.keep()
    shelf.path_of(place, shelf.PREVIEW).write_bytes(b"small")
    stored = Stored(f"{word}.txt", place, draft.size, "text/plain", draft.sha256, has_preview=True)
    act = Act(access(owner), via="system", is_trusted=True) if is_trusted else Act(access(owner))
    return perform("create", kinds["file"], act, stored=stored, about=about).record
