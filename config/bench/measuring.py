"""Measuring: a page and its floor in turns, so that what disturbs one disturbs both; then eight clients at once."""

import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from config.bench.client import Answer, Asked, Client
from config.bench.pages import Measured

CLIENTS = 8
WARM = 4


@dataclass(frozen=True)
class Length:
    """How long a page is measured: at most so many turns and so many seconds, then so long with eight clients."""

    turns: int = 60
    seconds: float = 6.0
    storm: float = 2.5


@dataclass(frozen=True)
class Result:
    """One line of the table; milliseconds, requests a second, bytes of the body."""

    name: str
    database: str
    p50_ms: float
    p95_ms: float
    rps: float
    queries: int
    bytes: int
    floor_ms: float
    ratio: float


class WrongAnswer(RuntimeError):
    """A page answered otherwise than a page that works."""

    def __init__(self, page: Measured, answer: Answer, path: str = "") -> None:
        super().__init__(f"{page.name}: {path or page.path} answered {answer.status}: {answer.body[:300]!r}")


def measure(page: Measured, filled: dict[str, object], database: str, port: int, length: Length) -> Result:
    """One page on a running server. Raises `WrongAnswer` as soon as an answer is not the right one."""
    client, people = Client(port), page.as_people(filled)
    try:
        for __ in range(WARM):
            seen = _checked(page, client.send(next(people), count=True))
        floor = page.on_floor(len(seen.body))
        mine, below = _in_turns(page, client, people, floor, length)
    finally:
        client.close()
    quick = statistics.median(below)
    return Result(
        name=page.name,
        database=database,
        p50_ms=round(statistics.median(mine) * 1000, 2),
        p95_ms=round(statistics.quantiles(mine, n=20)[-1] * 1000, 2),
        rps=round(_storm(page, filled, port, length.storm), 1),
        queries=seen.queries or 0,
        bytes=len(seen.body),
        floor_ms=round(quick * 1000, 2),
        ratio=round(statistics.median(mine) / quick, 2),
    )


def _in_turns(
    page: Measured, client: Client, people: Iterator[Asked], floor: Asked, length: Length
) -> tuple[list[float], list[float]]:
    mine: list[float] = []
    below: list[float] = []
    until = time.monotonic() + length.seconds
    for __ in range(WARM):
        client.send(floor)
    while len(mine) < 4 or (len(mine) < length.turns and time.monotonic() < until):
        found = client.send(floor)
        if found.status >= 400:
            raise WrongAnswer(page, found, floor.path)
        below.append(found.seconds)
        mine.append(_checked(page, client.send(next(people))).seconds)
    return mine, below


def _storm(page: Measured, filled: dict[str, object], port: int, seconds: float) -> float:
    """Requests a second with eight clients at once."""
    until = time.monotonic() + seconds
    done = [0] * CLIENTS
    wrong: list[Exception] = []

    def come(place: int) -> None:
        client, people = Client(port), page.as_people(filled)
        for __ in range(place * 2):
            next(people)
        try:
            while time.monotonic() < until:
                _checked(page, client.send(next(people)))
                done[place] += 1
        except Exception as error:
            wrong.append(error)
        finally:
            client.close()

    threads = [threading.Thread(target=come, args=[place]) for place in range(CLIENTS)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    return sum(done) / (time.monotonic() - start)


def _checked(page: Measured, answer: Answer) -> Answer:
    if answer.status != page.answers:
        raise WrongAnswer(page, answer)
    return answer
