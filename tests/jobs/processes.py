"""What the crash tests run as processes of their own: `python -m tests.jobs.processes produce|work …`.

Leases and sweeps are shortened, so that a death is noticed within the test's patience. `--die POINT` ends the
process, as `kill -9` would, when it reaches that point for the first time.
"""

import argparse
import itertools
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

import config  # noqa: F401 - chooses SQLite's library

django.setup()

from django.db import transaction  # noqa: E402

from opora.jobs import claims, doorbell, leases, running, turns, wire, worker  # noqa: E402
from opora.tenancy.context import project  # noqa: E402
from tests.jobs import work  # noqa: E402


def shorten() -> None:
    """A second and a half instead of a minute."""
    claims.LEASE = timedelta(seconds=1.5)
    leases.EVERY = 0.4
    doorbell.TURN = timedelta(seconds=2)
    worker.SWEEP_EVERY = worker.FIRST_SWEEP = timedelta(seconds=1)
    worker.SWEEP_LOOK = 0.3


def die(*_given: Any, **_named: Any) -> None:
    """What `kill -9` does."""
    os._exit(9)


def then_die(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, and death right after it."""

    def both(*given: Any, **named: Any) -> None:
        function(*given, **named)
        die()

    return both


def set_trap(point: str) -> None:
    """Let this process die at a named point between two commits."""
    if point == "between commit and bell":
        wire.ring_bell = die
    elif point == "while ringing":
        doorbell.ring = die
    elif point == "after the claim":
        running.run = die
    elif point == "after the effects, before their commit":
        claims.finish = then_die(claims.finish)
    elif point == "after the end of the job":
        running.run = then_die(running.run)
    elif point == "before the bell is put down":
        doorbell.put_down = die
    elif point == "in the sweep":
        turns.sweep = then_die(turns.sweep)


def produce(key: str, name: str, limit: int) -> None:
    """Make records, each with a job in the same transaction; print what was committed."""
    for number in itertools.islice(itertools.count(), limit):
        with project(key), transaction.atomic():
            work.count(f"made:{name}:{number}")
            work.effect.enqueue(f"did:{name}:{number}")
        sys.stdout.write(f"{name}:{number}\n")
        sys.stdout.flush()
    wire.flush()


def labour(keys: list[str]) -> None:
    """Work on the jobs of these projects until told to stop."""
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_signal: told.set())
    workers = worker.Workers(2, lambda: keys)
    workers.start()
    told.wait()
    workers.stop()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["produce", "work"])
    parser.add_argument("--projects", default="t1")
    parser.add_argument("--name", default="a")
    parser.add_argument("--limit", type=int, default=1_000_000)
    parser.add_argument("--die", default="")
    asked = parser.parse_args()
    shorten()
    set_trap(asked.die)
    keys = asked.projects.split(",")
    if asked.part == "produce":
        produce(keys[0], asked.name, asked.limit)
    else:
        labour(keys)


if __name__ == "__main__":
    main()
