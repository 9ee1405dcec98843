"""What rights cost the database: a list's first page for very different people beside the best SQL by hand.

Runs in a process of its own in an installation that `crowd` filled.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from config.bench import byhand
from config.bench.crowd import CIRCLES, CONTACT, OPEN, SHARES
from config.bench.filling import SLUG
from opora.people import rights
from opora.people.access import Access
from opora.people.models import GroupMember, User
from opora.records import definitions, listing, ways
from opora.records.fields import Field
from opora.records.fields.types import Asker
from opora.records.kinds import kinds
from opora.tenancy.context import find_project, project

ROUNDS = 15
SLOW = 0.25
"""Seconds after which a statement is asked once and not again."""
KIND = kinds[CONTACT]


@dataclass(frozen=True)
class Result:
    """One first page: milliseconds of database time (the best of the rounds), by the product and by hand."""

    reader: str
    order: str
    ms: float
    by_hand_ms: float
    by_hand: str
    ratio: float
    statements: int
    rights_queries: int
    estimate_ms: float


@dataclass(frozen=True)
class Reader:
    """Somebody who opens the list."""

    name: str
    access: Access
    person: byhand.Person
    rights_queries: int


def measure(readers: Sequence[str] = (), orders: Sequence[str] = ()) -> list[Result]:
    """All readers by all orders that the list offers; `readers` and `orders` choose some by their names."""
    ref = find_project(slug=SLUG)
    assert ref is not None
    with project(ref), transaction.atomic():
        rows = KIND.model._default_manager.count()
        found = []
        for reader in _readers():
            for order in sorts():
                if _chosen(reader.name, readers) and _chosen(order, orders):
                    found.append(_one(reader, order, rows))
                    print(json.dumps(asdict(found[-1])), file=sys.stderr, flush=True)
        return found


def main(*words: str) -> None:
    """What the measuring process runs: readers and orders as `reader=…` and `order=…`; prints one line of JSON."""
    chosen: dict[str, list[str]] = {"reader": [], "order": []}
    for word in words:
        name, _, value = word.partition("=")
        chosen[name].append(value)
    print(json.dumps([asdict(result) for result in measure(chosen["reader"], chosen["order"])]))


def sorts() -> list[str]:
    """Every order that the list of contacts offers, both ways."""
    fields = definitions.current().fields(CONTACT).values()
    names = ["stamp", *(field.name for field in fields if field.is_sortable and not field.type.is_multiple)]
    return [sign + name for name in names for sign in ("-", "")]


def _chosen(name: str, wanted: Sequence[str]) -> bool:
    return not wanted or name in wanted


def _readers() -> Iterator[Reader]:
    yield _reader("all", "director-0", 1.0, has_shares=False)
    for circle in CIRCLES:
        login = f"r-{circle.name.replace(' ', '-')}"
        yield _reader(circle.name, f"{login}-0", circle.part + OPEN, has_shares=False)
        yield _reader(f"{circle.name}, shares", f"{login}-1", circle.part + OPEN + SHARES, has_shares=True)


def _reader(name: str, login: str, seen: float, *, has_shares: bool) -> Reader:
    user = User.objects.select_related("role", "department").get(login_key=login)
    with CaptureQueriesContext(connection) as asked:
        access = Access.of(user)
    groups = GroupMember.objects.filter(user=user).values("group_id")
    owners = GroupMember.objects.filter(group_id__in=groups, group__name=name.removesuffix(", shares"))
    person = byhand.Person(
        owners=list(owners.values_list("user_id", flat=True)),
        principals=sorted(access.principals),
        has_shares=has_shares,
        seen=seen,
        is_all=access.is_director,
    )
    return Reader(name, access, person, len(asked) + 1)


def _one(reader: Reader, order: str, rows: int) -> Result:
    fields, asker = definitions.current().readable(reader.access, CONTACT), _asker(reader)
    ways._estimates.clear()
    estimate = _timed(lambda: ways.estimate(KIND, rights.compiled(reader.access, CONTACT)))
    asked = listing.Asked(sort=order)
    captured: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        captured.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        page = listing.page(reader.access, KIND, fields, asked, asker)
    ours = _Statements(captured, by_name=order)
    wanted = [record.id for record in page.records]
    hands = []
    for name, statement in _written(reader.person, fields.get(order.removeprefix("-")), order, rows):
        hand = _Statements([statement], by_name=name)
        if hand.ids()[: listing.PAGE] == wanted:
            hands.append(hand)
    for _round in range(ROUNDS):
        for each in (ours, *hands):
            each.run()
    best = min(hands, key=lambda hand: hand.best, default=None)
    return Result(
        reader=reader.name,
        order=order,
        ms=round(ours.best * 1000, 2),
        by_hand_ms=round(best.best * 1000, 2) if best else 0.0,
        by_hand=best.name if best else "none",
        ratio=round(ours.best / best.best, 2) if best else 0.0,
        statements=len(captured),
        rights_queries=reader.rights_queries,
        estimate_ms=round(estimate * 1000, 2),
    )


def _asker(reader: Reader) -> Asker:
    return Asker(reader.access.user_id, datetime.now(UTC).date(), ZoneInfo("UTC"))


def _written(
    person: byhand.Person, field: Field | None, order: str, rows: int
) -> Iterator[tuple[str, byhand.Statement]]:
    table = KIND.model._meta.db_table
    columns = ", ".join(f't."{column.column}"' for column in KIND.model._meta.concrete_fields)
    writer = byhand.Writer(table, columns, listing.PAGE + 1, CONTACT)
    return writer.shapes(person, byhand.Order(*_key(field, order)), rows)


def _key(field: Field | None, order: str) -> tuple[str, bool, bool]:
    is_down = order.startswith("-")
    if field is None:
        return "t.stamp", is_down, False
    if field.column:
        return f"t.{field.key_column or field.column}", is_down, field.name not in ("title", "created_at")
    if connection.vendor == "sqlite":
        return f"json_extract(t.keys, '$.{field.name}')", is_down, True
    return f"""((t.keys ->> '{field.name}') COLLATE "C")""", is_down, True


class _Statements:
    """Statements that make a page together, and how long they took."""

    def __init__(self, statements: Sequence[tuple[str, Any]], by_name: str) -> None:
        self.name = by_name
        self._statements = statements
        self._took: list[float] = []

    @property
    def best(self) -> float:
        """Seconds; the best of all rounds, since whatever else runs on the machine only adds."""
        return min(self._took)

    def ids(self) -> list[int]:
        """What they find, in order."""
        with connection.cursor() as cursor:
            (sql, params), *_rest = self._statements
            cursor.execute(sql, params)
            names = [column[0] for column in cursor.description]
            return [row[names.index("id")] for row in cursor.fetchall()]

    def run(self) -> None:
        """Ask once more; one that took very long is not asked again."""
        if self._took and max(self._took) > SLOW:
            return
        self._took.append(_timed(self._ask))

    def _ask(self) -> None:
        for sql, params in self._statements:
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
                cursor.fetchall()


def _timed(do: Callable[[], object]) -> float:
    """Seconds of processor time that the database took: others on the machine don't count."""
    clock = _clock()
    start = clock()
    do()
    return clock() - start


def _clock() -> Callable[[], float]:
    """SQLite works in this thread; PostgreSQL in a process whose time Linux tells; elsewhere the time on the wall."""
    if connection.vendor == "sqlite":
        return time.thread_time
    work = Path(f"/proc/{_server_process()}/schedstat")
    return (lambda: int(work.read_text().split()[0]) / 1e9) if work.exists() else time.perf_counter


@cache
def _server_process() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])
