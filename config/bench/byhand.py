"""The best SQL that somebody would write by hand for one person and one order, to measure rights against.

Whoever writes by hand knows whose records the person sees and how many, and tries each way: walk the order and test;
collect everything seen and sort it; take the newest of each reason and merge (the newest only). Knows nothing of
`records.walk`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

MOST_COLLECTED, LEAST_WALKED, MOST_MERGED = 100_000, 0.002, 200
OPEN = "NOT (access = '')"
"""As the partial index of open records says it: SQLite knows it by no other words."""
Statement = tuple[str, list[Any]]


@dataclass(frozen=True)
class Person:
    """What is known of a reader: whose records, shared with whom, what part of all that is about."""

    owners: Sequence[int]
    principals: Sequence[int]
    has_shares: bool
    seen: float
    is_all: bool = False


@dataclass(frozen=True)
class Order:
    """What to sort by, as SQL; `can_miss` puts rows without a value last, the oldest first."""

    key: str
    is_down: bool
    can_miss: bool

    @property
    def sql(self) -> str:
        """What stands behind ORDER BY."""
        way = "DESC" if self.is_down else "ASC"
        if not self.can_miss:
            return f"{self.key} {way}, t.id {way}"
        last = f"CASE WHEN {self.key} IS NULL THEN t.id ELSE {'-t.id' if self.is_down else 't.id'} END"
        return f"({self.key} IS NULL), {self.key} {way}, {last}"

    @property
    def walked(self) -> str:
        """The same for rows that have a value, as an index keeps it."""
        way = "DESC" if self.is_down else "ASC"
        return f"{self.key} {way}, t.id {way}"


@dataclass(frozen=True)
class Writer:
    """Writes for one table: `columns` are what the page reads of it, aliased `t`."""

    table: str
    columns: str
    limit: int
    kind: str

    def shapes(self, person: Person, order: Order, rows: int) -> Iterator[tuple[str, Statement]]:
        """The ways worth trying for so many rows in the table."""
        is_newest = order.key == "t.stamp" and order.is_down
        if person.is_all:
            yield "walk", self._rest("TRUE", [], order)
            return
        if person.seen >= LEAST_WALKED:
            yield "walk", self._walk(person, order)
            yield "ids first", self._ids_first(person, order)
        if person.seen * rows <= MOST_COLLECTED:
            yield "collect", self._collect(person, order)
            yield "few", self._few(person, order)
        if is_newest and len(person.owners) <= MOST_MERGED:
            yield "merge", self._merge(person, order)
            if connection.vendor == "sqlite":
                yield "merge as it goes", self._flowing(person, order)

    def _walk(self, person: Person, order: Order) -> Statement:
        reasons, params = [f"(+t.responsible_id) {_in(person.owners)}"], [*_given(person.owners)]
        access = "+t.access" if connection.vendor == "sqlite" else "t.access"
        reasons.append(f"{access} IN ('read', 'write')")
        if person.has_shares:
            shared, given = self._shares(person)
            reasons.append(f"t.id IN ({shared})")
            params += given
        return self._rest(f"({' OR '.join(reasons)})", params, order)

    def _ids_first(self, person: Person, order: Order) -> Statement:
        """The same; whole rows are read of the page only."""
        walked, params = self._walk(person, order)
        ids = walked.replace(f"SELECT {self.columns}", "SELECT t.id", 1)
        return (
            f"SELECT {self.columns} FROM {self.table} t WHERE t.id IN (SELECT id FROM ({ids}) x) "  # noqa: S608
            f"ORDER BY {order.sql}",
            params,
        )

    def _rest(self, where: str, params: list[Any], order: Order) -> Statement:
        has_value = ">= ''" if connection.vendor == "sqlite" else "IS NOT NULL"
        valued = f" AND {order.key} {has_value}" if order.can_miss else ""
        return (
            f"SELECT {self.columns} FROM {self.table} t WHERE t.trashed_at IS NULL AND {where}{valued} "  # noqa: S608
            f"ORDER BY {order.walked} LIMIT {self.limit}",
            params,
        )

    def _seen(self, person: Person) -> Statement:
        """The ids of everything seen."""
        parts = [
            f"SELECT id FROM {self.table} WHERE responsible_id {_in(person.owners)} AND trashed_at IS NULL",  # noqa: S608
            f"SELECT id FROM {self.table} WHERE access IN ('read', 'write') AND {OPEN}",  # noqa: S608
        ]
        params = [*_given(person.owners)]
        if person.has_shares:
            shared, given = self._shares(person)
            parts.append(shared)
            params += given
        return " UNION ".join(parts), params

    def _collect(self, person: Person, order: Order) -> Statement:
        seen, params = self._seen(person)
        return (
            f"WITH seen AS MATERIALIZED ({seen}) SELECT {self.columns} FROM {self.table} t "  # noqa: S608
            f"WHERE t.id IN (SELECT id FROM seen) AND t.trashed_at IS NULL ORDER BY {order.sql} LIMIT {self.limit}",
            params,
        )

    def _few(self, person: Person, order: Order) -> Statement:
        """Sorts ids alone and reads whole rows of the page only."""
        seen, params = self._seen(person)
        return (
            f"SELECT {self.columns} FROM {self.table} t WHERE t.id IN (SELECT id FROM (SELECT t.id FROM {self.table} t "  # noqa: S608
            f"WHERE t.id IN ({seen}) AND t.trashed_at IS NULL ORDER BY {order.sql} LIMIT {self.limit}) x) "
            f"ORDER BY {order.sql}",
            params,
        )

    def _merge(self, person: Person, order: Order) -> Statement:
        newest = f"ORDER BY stamp DESC, id DESC LIMIT {self.limit}"
        of_one = f"SELECT id FROM {self.table} WHERE responsible_id = %s AND trashed_at IS NULL {newest}"  # noqa: S608
        if connection.vendor == "sqlite":
            parts = [f"SELECT id FROM ({of_one})"] * len(person.owners)  # noqa: S608
            params: list[Any] = [*person.owners]
        else:
            of_one = of_one.replace("%s", "o.owner")
            parts = [f"SELECT x.id FROM unnest(%s::bigint[]) o(owner) CROSS JOIN LATERAL ({of_one}) x"]  # noqa: S608
            params = [list(person.owners)]
        for level in ("read", "write"):
            of_all = f"access = '{level}' AND {OPEN} AND trashed_at IS NULL"
            parts.append(f"SELECT id FROM (SELECT id FROM {self.table} WHERE {of_all} {newest}) o{level}")  # noqa: S608
        if person.has_shares:
            shared, given = self._shares(person)
            parts.append(shared)
            params += given
        if connection.vendor == "sqlite" and len(parts) > MOST_PARTS:
            parts = [
                f"SELECT id FROM ({' UNION ALL '.join(parts[at : at + MOST_PARTS])})"  # noqa: S608
                for at in range(0, len(parts), MOST_PARTS)
            ]
        return (
            f"SELECT {self.columns} FROM {self.table} t WHERE t.id IN ({' UNION ALL '.join(parts)}) "  # noqa: S608
            f"AND t.trashed_at IS NULL ORDER BY {order.sql} LIMIT {self.limit}",
            params,
        )

    def _flowing(self, person: Person, order: Order) -> Statement:
        """A union whose parts have no end of their own: SQLite merges them row by row and stops at the page."""
        table = self.table
        parts = [
            f"SELECT id, stamp FROM {table} WHERE responsible_id = %s AND trashed_at IS NULL"  # noqa: S608
        ] * len(person.owners)
        for level in ("read", "write"):
            parts.append(
                f"SELECT id, stamp FROM {table} WHERE access = '{level}' AND {OPEN} AND trashed_at IS NULL"  # noqa: S608
            )
        params: list[Any] = [*person.owners]
        if person.has_shares:
            parts += [
                f"SELECT id, stamp FROM (SELECT record_id AS id, stamp FROM people_share WHERE kind = '{self.kind}' "  # noqa: S608
                f"AND principal = %s ORDER BY stamp DESC, record_id DESC LIMIT {self.limit})"
            ] * len(person.principals)
            params += person.principals
        newest = f"SELECT id FROM ({' UNION '.join(parts)} ORDER BY stamp DESC, id DESC LIMIT {self.limit})"  # noqa: S608
        return (
            f"SELECT {self.columns} FROM {table} t WHERE t.id IN ({newest}) ORDER BY {order.sql}",  # noqa: S608
            params,
        )

    def _shares(self, person: Person) -> Statement:
        return (
            f"SELECT record_id FROM people_share WHERE kind = '{self.kind}' AND principal {_in(person.principals)}",  # noqa: S608
            _given(person.principals),
        )


MOST_PARTS = 200
"""SQLite joins at most 500 selects into one."""


def _in(ids: Sequence[int]) -> str:
    if connection.vendor == "sqlite":
        return f"IN ({', '.join(['%s'] * len(ids))})"
    return "= ANY(%s)"


def _given(ids: Sequence[int]) -> list[Any]:
    return list(ids) if connection.vendor == "sqlite" else [list(ids)]
