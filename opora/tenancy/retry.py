"""Repeating a whole transaction that lost against a simultaneous one (R12.06, R12.07)."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

T = TypeVar("T")

ATTEMPTS = 3
LONGEST_PAUSE = 0.05
LOST_RACE = ("40001", "40P01")


def whole_transaction(body: Callable[[], T]) -> T:
    """Run `body`, which opens its own transaction, again when the database asks for it: at most three times in all.

    Only deadlocks and serialization failures are repeated; inside a transaction that is open already nothing can
    be. Anything else is raised as it came.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return body()
        except OperationalError as error:
            if attempt == ATTEMPTS or connection.in_atomic_block or not lost_race(error):
                raise
            time.sleep(random.uniform(0, LONGEST_PAUSE))
    raise AssertionError("unreachable")


def lost_race(error: OperationalError) -> bool:
    """Whether the transaction was the victim of a deadlock or a serialization failure."""
    return getattr(error.__cause__, "sqlstate", None) in LOST_RACE
