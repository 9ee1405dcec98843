"""What a feed says of each kind of event: one sentence, which stands behind the name of the person who acted.

The words take no gender and no person: «этап: Разговор → Договор», not «сменила этап».
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opora.kit.registry import Registry

EVERYTHING = ("*",)


@dataclass(frozen=True)
class Sentence:
    """How an event looks in a feed.

    `words` follow the name. `icon` makes it a full row with a round mark of this `tone` (in, missed, mail, task);
    without one it is a small row. `shows` names the changed fields that are told: all of them, or some. `body` gives
    the text of the record that stands in a box below, `files` the files that stand under it, as a field holds them.
    """

    words: str | Promise
    icon: str = ""
    tone: str = ""
    shows: Sequence[str] = ()
    body: Callable[[Any], str] | None = None
    files: Callable[[Any], Sequence[Mapping[str, Any]]] | None = None


_sentences: Registry[Sentence] = Registry("sentence")


def say(
    event: str,
    words: str | Promise,
    *,
    icon: str = "",
    tone: str = "",
    shows: Sequence[str] = (),
    body: Callable[[Any], str] | None = None,
    files: Callable[[Any], Sequence[Mapping[str, Any]]] | None = None,
) -> None:
    """Give an event its sentence: of one kind (`note.created`) or of every kind that has none (`created`)."""
    _sentences.register(event, Sentence(words, icon, tone, tuple(shows), body, files))


def sentence_of(event: str) -> Sentence:
    """The sentence of an event; one that nobody described is told as a change."""
    return _sentences.get(event) or _sentences.get(event.rpartition(".")[2]) or _sentences["changed"]


def told() -> dict[str, str | Promise]:
    """The words of every event that has a sentence, by its name or its general part."""
    return {name: sentence.words for name, sentence in _sentences.items()}


def events_of(*kind_names: str) -> list[str]:
    """The names of all events described for these kinds, the general ones among them."""
    general = [name for name, __ in _sentences.items() if "." not in name]
    own = [name for name, __ in _sentences.items() if name.partition(".")[0] in kind_names and "." in name]
    return [f"{kind}.{name}" for kind in kind_names for name in general] + own


say("created", _("new record"), icon="plus")
say("received", _("new request"), icon="inbox", tone="in")
say("changed", _("changes:"), shows=EVERYTHING)
say("moved", _("stage:"), icon="stairs", shows=("stage",))
say("handed_over", _("responsible:"), shows=("responsible",))
say("taken", _("taken to work"), shows=())
say("trashed", _("moved to trash"))
say("restored", _("restored from the trash"))
say("undone", _("an action is undone:"), shows=EVERYTHING)
