"""Changes of what a project defines, in the log (R16.01)."""

from collections.abc import Mapping
from typing import Any

from opora.people.access import Access
from opora.records import definitions
from opora.timeline.events import Entry, Ref, record


def note(access: Access, name: str, subject: Ref, changes: Mapping[str, list[Any]]) -> None:
    """Write that a definition was changed, and let every process load the definitions anew.

    Called inside the transaction of the change. Nothing is written when nothing changed.
    """
    differing = {key: pair for key, pair in changes.items() if pair[0] != pair[1]}
    if not differing:
        return
    record([Entry(name, subject, changes=differing)], actor_id=access.user_id or None, via="page")
    definitions.changed()
