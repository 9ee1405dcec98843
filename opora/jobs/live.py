"""Telling open pages what changed: a kind and ids, nothing more; the page fetches under its own rights (R6.10).

`ring("contact", [contact.id])` inside the transaction of the change is all a writer does. Where the change may take a
record out of somebody's sight, the ring also carries traces of how it could be reached before, so that whoever saw
it is told too; what a trace means is known to the floor that gave it. Higher floors say who
a request is (`recognise_with`) and what a person may see (`see_with`); until they do, nobody sees anything.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction

from opora.jobs import wire
from opora.jobs.hub import hub
from opora.tenancy.context import ProjectRef, require_project

Recognise = Callable[[ProjectRef, Mapping[str, str], str], int | None]
"""(project, headers by lower-case name, socket's address) -> the id of the signed-in user, or None."""
Changed = Mapping[int, Sequence[Any]]
"""The ids of changed records, each with the traces of how it could be reached before: plain JSON."""
See = Callable[[int, str, Changed], Collection[int]]
"""(user's id, kind, changed) -> those ids the user may see or saw before the change.

`Recognise` and `See` are called inside the project, in a thread.
"""


@dataclass
class _Watch:
    recognise: Recognise
    see: See


_watch = _Watch(recognise=lambda project, headers, address: None, see=lambda user_id, kind, changed: ())


def recognise_with(recognise: Recognise) -> None:
    """Let this function say who opens a stream and whether he still may. Called when apps are loaded."""
    _watch.recognise = recognise


def see_with(see: See) -> None:
    """Let this function say which of some ids a person may see. Called when apps are loaded."""
    _watch.see = see


def recognise(project: ProjectRef, headers: Mapping[str, str], address: str) -> int | None:
    """The id of the user whose stream this is; None when nobody may have it (any more)."""
    return _watch.recognise(project, headers, address)


def visible(user_id: int, kind: str, changed: Changed) -> list[int]:
    """The ids of those changed records that the user may be told of, in their order."""
    seen = set(_watch.see(user_id, kind, changed))
    return [each for each in changed if each in seen]


def ring(kind: str, changed: Iterable[int] | Changed) -> None:
    """Tell every open page of this project, once the open transaction has committed, that records changed."""
    found = dict(changed) if isinstance(changed, Mapping) else dict.fromkeys(changed, ())
    if found:
        transaction.on_commit(partial(_publish, require_project().key, kind, found))


def _publish(project: str, kind: str, changed: Changed) -> None:
    hub.publish(project, kind, changed)
    wire.ring_live(project, kind, changed)
