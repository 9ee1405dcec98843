"""Entries of the log about people themselves: sign-ins, status, rights, passwords, keys (R16.01)."""

from collections.abc import Mapping
from typing import Any

from opora.people.models import User
from opora.timeline.events import Entry, Ref, record

SUBJECT = "user"


def note(
    name: str,
    user: User | None,
    *,
    via: str,
    actor: int | None,
    changes: Mapping[str, list[Any]] | None = None,
) -> None:
    """Write one event about a user, in the transaction that is open.

    Never give it a password, a key or an unknown login: the log is read by people (R16.02). An attempt on an account
    that does not exist is counted but leaves no event.
    """
    if user is None:
        return
    record([Entry(name, Ref(SUBJECT, user.id), changes=dict(changes or {}))], actor_id=actor, via=via)
