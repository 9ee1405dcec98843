"""One pool of connections per PostgreSQL server and process, shared by all its projects."""

import atexit
import os
import threading
from collections.abc import Callable
from typing import Any

from psycopg_pool import ConnectionPool

_lock = threading.Lock()
_pools: dict[str, "ConnectionPool[Any]"] = {}

LIFETIME = 900.0
"""Seconds a server process lives: its relation cache grows by 0.6 MB a project and is never given back."""


def pool_of(address: str, make: Callable[[], "ConnectionPool[Any]"]) -> "ConnectionPool[Any]":
    """The pool of a server, made and opened at the first call."""
    found = _pools.get(address)
    if found is not None:
        return found
    made = make()
    with _lock:
        found = _pools.setdefault(address, made)
    if found is made:
        found.open()
    return found


def close_pools() -> None:
    """Close every pool: at exit, before a fork, and when a test drops its database."""
    with _lock:
        pools = list(_pools.values())
        _pools.clear()
    for pool in pools:
        pool.close()


def _start_anew() -> None:
    # In a forked child: the parent's pools are kept unused, since closing them would end the parent's sessions.
    _inherited.append(dict(_pools))
    _pools.clear()


_inherited: list[object] = []
atexit.register(close_pools)
os.register_at_fork(after_in_child=_start_anew)
