"""Queries that every request asks: their SQL is made once, since making it costs the ORM more than running it.

Nothing of an answer is kept: each run asks the database of the project that is entered.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.sql import UpdateQuery

from opora.tenancy.context import require_alias


class Prepared:
    """A query of the project's rows over texts and numbers that differ from run to run.

    `make` builds the query set once for each kind of database from `stand_ins`: values that nothing else in it
    equals and that reach the SQL as they are. `rows` puts the real ones in their places.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], **stand_ins: str | int) -> None:
        self._make = make
        self._stand_ins = stand_ins
        self._made: dict[str, _Made] = {}

    def rows(self, **values: str | int) -> list[Any]:
        """The instances, with what `select_related` joins, or the tuples of `values_list`.

        Raises `OutsideProject` when no project is entered.
        """
        alias = require_alias()
        connection = connections[alias]
        made = self._made.get(connection.vendor)
        if made is None:
            try:
                kept = frozenset(self._stand_ins.values())
                made = self._made[connection.vendor] = _Made.of(self._make(**self._stand_ins), alias, kept)
            except EmptyResultSet:
                return []
        given = {self._stand_ins[name]: value for name, value in values.items()}
        with connection.cursor() as cursor:
            cursor.execute(made.sql, [given.get(param, param) for param in made.params])
            found = cursor.fetchall()
        return made.read(found, alias)


class PreparedUpdate:
    """The same for a statement that changes rows: `make` builds the query set and what its columns become."""

    def __init__(
        self, make: Callable[..., tuple[QuerySet[Any, Any], Mapping[str, Any]]], **stand_ins: str | int
    ) -> None:
        self._make = make
        self._stand_ins = stand_ins
        self._made: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def run(self, **values: str | int) -> int:
        """Change the rows; returns how many. Raises `OutsideProject` when no project is entered."""
        alias = require_alias()
        connection = connections[alias]
        made = self._made.get(connection.vendor)
        if made is None:
            made = self._made[connection.vendor] = self._sql(alias)
        given = {self._stand_ins[name]: value for name, value in values.items()}
        with connection.cursor() as cursor:
            cursor.execute(made[0], [given.get(param, param) for param in made[1]])
            return int(cursor.rowcount)

    def _sql(self, alias: str) -> tuple[str, tuple[Any, ...]]:
        rows, columns = self._make(**self._stand_ins)
        query: Any = rows.order_by().query.chain(UpdateQuery)
        query.add_update_values(columns)
        sql, params = query.get_compiler(using=alias).as_sql()
        return sql, tuple(params)


@dataclass(frozen=True)
class _Made:
    """The SQL and how its rows are read; `classes` tells which columns make which instance."""

    sql: str
    params: tuple[Any, ...]
    converters: Mapping[int, Any]
    select: Any
    classes: Any

    @classmethod
    def of(cls, rows: QuerySet[Any, Any], alias: str, kept: frozenset[Any]) -> "_Made":
        compiler = rows.query.get_compiler(using=alias)
        sql, params = compiler.as_sql()
        if connections[alias].vendor == "sqlite":
            sql, params = _written_out(sql, params, kept)
        converters = compiler.get_converters([column[0] for column in compiler.select])
        is_instances = rows._iterable_class is ModelIterable
        return cls(
            sql, tuple(params), converters, compiler.select, compiler.klass_info if is_instances else None
        )

    def read(self, found: Iterable[tuple[Any, ...]], alias: str) -> list[Any]:
        rows = [self._converted(row, connections[alias]) for row in found]
        if self.classes is None:
            return rows
        first, last = self.classes["select_fields"][0], self.classes["select_fields"][-1] + 1
        names = [column[0].target.attname for column in self.select[first:last]]
        joined = get_related_populators(self.classes, self.select, alias)  # type: ignore[call-arg]  # stubs of Django 6
        instances = []
        for row in rows:
            instance = self.classes["model"].from_db(alias, names, row[first:last])
            for populator in joined:
                populator.populate(row, instance)
            instances.append(instance)
        return instances

    def _converted(self, row: tuple[Any, ...], connection: Any) -> tuple[Any, ...]:
        values = list(row)
        for place, (steps, expression) in self.converters.items():
            for step in steps:
                values[place] = step(values[place], expression, connection)
        return tuple(values)


PLACE = re.compile(r"%[s%]")
PLAIN = re.compile(r"[a-z_]*")


def _written_out(sql: str, params: Sequence[Any], kept: frozenset[Any]) -> tuple[str, list[Any]]:
    """The same with whole numbers and plain words in their places, but for those that differ from run to run.

    SQLite plans a statement anew at each run as long as a parameter may change which index serves it: the newest
    records of ten people took 1.8 ms with parameters and 0.7 without (docs/decisions, ways are reckoned).
    """
    given, left = iter(params), []

    def written(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return "%%"
        value = next(given)
        if value not in kept and type(value) is int:
            return str(value)
        if value not in kept and type(value) is str and PLAIN.fullmatch(value):
            return f"'{value}'"
        left.append(value)
        return "%s"

    return PLACE.sub(written, sql), left
