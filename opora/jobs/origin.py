"""On whose behalf the code runs now: carried from the request that asked for a job into the job itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """Who acts (a user's id of the current project, None for the system), in which request, from where.

    `address` and `device` ("Chrome, Windows") are empty for what is done without a request.
    """

    actor_id: int | None = None
    request: str = ""
    address: str = ""
    device: str = ""


NOBODY = Origin()

_current: ContextVar[Origin] = ContextVar("opora_origin", default=NOBODY)


def current_origin() -> Origin:
    """The origin of what runs now; of nobody outside requests and jobs."""
    return _current.get()


@contextmanager
def acting(actor_id: int | None, request: str = "", address: str = "", device: str = "") -> Iterator[Origin]:
    """Run the body on behalf of this user: jobs asked for inside carry the person and the request."""
    origin = Origin(actor_id, request, address, device)
    token = _current.set(origin)
    try:
        yield origin
    finally:
        _current.reset(token)
