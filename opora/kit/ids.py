"""Identifiers of records: 64-bit, sorted by time, with random low bits (R3.04).

An id shows neither how many records there are nor which hidden ones stand between two visible ones.
"""

import secrets
from collections import OrderedDict
from datetime import UTC, datetime
from threading import Lock

from opora.kit.errors import NotFound

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
RANDOM_BITS = 22
LARGEST = (1 << 63) - 1
REMEMBERED = 64
"""Milliseconds, the last asked for, of which a process remembers the ids it gave: thousands of records share one."""

_given: OrderedDict[int, set[int]] = OrderedDict()
_lock = Lock()


def new_id(at: datetime | None = None) -> int:
    """A new positive 63-bit id: milliseconds since 2020 above 22 random bits.

    `at` back-dates it (demo history, imports), so that ids keep sorting by the moment they stand for. A process
    never gives one id twice for a moment: of a thousand drawn blindly two would meet one time in eight.
    """
    moment = at or datetime.now(UTC)
    milliseconds = max(0, int((moment - EPOCH).total_seconds() * 1000))
    return (milliseconds << RANDOM_BITS) | _unused(milliseconds)


def _unused(milliseconds: int) -> int:
    with _lock:
        given = _given.setdefault(milliseconds, set())
        _given.move_to_end(milliseconds)
        while len(_given) > REMEMBERED:
            _given.popitem(last=False)
        bits = secrets.randbits(RANDOM_BITS)
        while bits in given:
            bits = secrets.randbits(RANDOM_BITS)
        given.add(bits)
    return bits


def parse(text: str | int) -> int:
    """The id that a path, query or body names.

    Raises `NotFound` for anything that is no 64-bit positive number: a forged id answers like an absent one.
    """
    value = str(text)
    if not (value.isascii() and value.isdigit() and len(value) <= 19) or int(value) > LARGEST:
        raise NotFound()
    return int(value)


def first_id(at: datetime) -> int:
    """The smallest id a record of that moment or later can have: what a range of time begins with."""
    return max(0, int((at - EPOCH).total_seconds() * 1000)) << RANDOM_BITS
