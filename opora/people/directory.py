"""Who works in the project: names for pages and checks for fields, read once for a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from opora.people.models import User
from opora.people.models.user import Status, full_name
from opora.tenancy.context import require_project
from opora.tenancy.prepared import Prepared

GONE = (Status.DISMISSED, Status.OFF)


@dataclass(frozen=True)
class Person:
    """A user as shown beside records: a name and the hue of the avatar, nothing of the profile (R4.03)."""

    id: int
    name: str
    hue: int
    is_active: bool


_memo: ContextVar[dict[str, dict[int, Person]] | None] = ContextVar("people", default=None)


@contextmanager
def looked_up_once() -> Iterator[None]:
    """Within this block the people of a project are read at most once."""
    token = _memo.set({})
    try:
        yield
    finally:
        _memo.reset(token)


def people() -> dict[int, Person]:
    """All users of the project by id, dismissed ones too (history keeps their names)."""
    memo, key = _memo.get(), require_project().key
    if memo is not None and key in memo:
        return memo[key]
    found = {row[0]: _as_shown(*row) for row in _everybody.rows()}
    if memo is not None:
        memo[key] = found
    return found


_everybody = Prepared(
    lambda: User.objects.order_by().values_list("id", "first_name", "last_name", "login", "hue", "status")
)


@lru_cache(maxsize=10_000)
def _as_shown(number: int, first: str, last: str, login: str, hue: int, status: str) -> Person:
    """A row as a person; equal rows give the same one, so that a page makes only those that changed."""
    return Person(number, full_name(first, last) or login, hue, status not in GONE)


def person(user_id: int | None) -> Person | None:
    """The person of that id, or None."""
    return people().get(user_id) if user_id else None


def name_of(user_id: int | None) -> str:
    """The person's name, or an empty string."""
    found = person(user_id)
    return found.name if found else ""


def is_active(user_id: int) -> bool:
    """Whether records may be given to this person."""
    found = person(user_id)
    return bool(found and found.is_active)


def active() -> list[Person]:
    """The people whom records may be given to, by name."""
    return sorted((p for p in people().values() if p.is_active), key=lambda p: p.name.casefold())
