"""When and from where people were last here (I08), without a write to the project at each request."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime

from opora.people.counters import Sight, counters
from opora.tenancy.context import require_project

NOTE_EVERY = 30.0
NOW_SECONDS = 120
MOST_REMEMBERED = 20_000

_noted: dict[str, float] = {}


def note(session_id: int, user_id: int, address: str) -> None:
    """Note a request of a session. The store is written at most once in half a minute for each session."""
    if _note(f"s:{session_id}", address):
        counters().see(f"{require_project().key}:u:{user_id}", address)


def note_key(token_id: int, address: str) -> None:
    """Note a request with an API key, as often."""
    _note(f"k:{token_id}", address)


def _note(what: str, address: str) -> bool:
    name, now = f"{require_project().key}:{what}", time.monotonic()
    if now - _noted.get(name, -NOTE_EVERY) < NOTE_EVERY:
        return False
    if len(_noted) > MOST_REMEMBERED:
        _noted.clear()
    counters().see(name, address)
    _noted[name] = now
    return True


def is_fresh(session_id: int) -> bool:
    """Whether this process noted the session within the last half minute, so that the store need not be asked."""
    name = f"{require_project().key}:s:{session_id}"
    return time.monotonic() - _noted.get(name, -NOTE_EVERY) < NOTE_EVERY


def of_session(session_id: int) -> Sight | None:
    """The last sight of a session."""
    return _seen("s", [session_id]).get(session_id)


def of_sessions(ids: Iterable[int]) -> dict[int, Sight]:
    """The last sights of several sessions."""
    return _seen("s", ids)


def of_users(ids: Iterable[int]) -> dict[int, Sight]:
    """The last sights of several users."""
    return _seen("u", ids)


def of_keys(ids: Iterable[int]) -> dict[int, Sight]:
    """The last uses of several API keys."""
    return _seen("k", ids)


def _seen(letter: str, ids: Iterable[int]) -> dict[int, Sight]:
    prefix = f"{require_project().key}:{letter}:"
    found = counters().seen(f"{prefix}{number}" for number in ids)
    return {int(name.removeprefix(prefix)): sight for name, sight in found.items()}


def moment(sight: Sight | None) -> datetime | None:
    """The moment of a sight, in UTC."""
    return datetime.fromtimestamp(sight.at, UTC) if sight else None


def is_now(sight: Sight | None) -> bool:
    """Whether somebody is here now: seen within the last two minutes."""
    return bool(sight and time.time() - sight.at < NOW_SECONDS)
