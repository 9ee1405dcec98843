"""Writing rows of the project by SQL made once a table: the ORM takes longer to make a statement than to run it.

For what every act writes (records, events, search rows). Rows are instances whose ids are set already. What Django's
own road refuses is refused here too: no project entered, a row of another project.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connections
from django.db.models import Field, Model

from opora.tenancy.context import require_alias
from opora.tenancy.router import refuse_other_project

MOST_PARAMS = 20_000
"""Values of one statement; SQLite takes 32,766."""


def insert(rows: Iterable[Model]) -> None:
    """Add rows, all of one model, in few statements."""
    _insert(list(rows), "")


def insert_new(row: Model, *, key: str) -> bool:
    """Add a row unless one with the same `key` (a unique column) stands there; returns whether it was added."""
    return _insert([row], f" ON CONFLICT ({key}) DO NOTHING") == 1


def put(rows: Iterable[Model], *, key: str, columns: Sequence[str]) -> None:
    """Add rows; of those that stand there already by their `key` (a unique column) these `columns` are renewed."""
    renewed = ", ".join(f'"{name}" = excluded."{name}"' for name in columns)
    _insert(list(rows), f' ON CONFLICT ("{key}") DO UPDATE SET {renewed}')


def update(rows: Sequence[Model], names: Iterable[str]) -> None:
    """Write these fields (by name or column) of rows of one model that stand in the database; the rest stays."""
    if not rows:
        return
    connection, model = _connection(), type(rows[0])
    chosen = set(names)
    fields = [f for f in model._meta.concrete_fields if {f.name, f.attname} & chosen and not f.primary_key]
    pk = model._meta.pk
    assert pk is not None
    many, one = _update_sql(connection.vendor, model, tuple(f.attname for f in fields))
    if len(rows) == 1:
        params = [*_values(rows[0], fields, connection, is_new=False), rows[0].pk]
        _run(connection, one, params)
        return
    for part in _parts(rows, len(fields) + 1):
        given = [v for row in part for v in (row.pk, *_values(row, fields, connection, is_new=False))]
        _run(connection, many(len(part), connection), given)


def _insert(rows: list[Model], ending: str) -> int:
    if not rows:
        return 0
    connection, model = _connection(), type(rows[0])
    fields = model._meta.concrete_fields
    beginning, places = _insert_sql(model)
    number = 0
    for part in _parts(rows, len(fields)):
        params = [value for row in part for value in _values(row, fields, connection, is_new=True)]
        number += _run(connection, f"{beginning}{', '.join([places] * len(part))}{ending}", params)
        for row in part:
            row._state.adding, row._state.db = False, connection.alias
    return number


def _connection() -> Any:
    return connections[require_alias()]


def _values(row: Model, fields: "Sequence[Field[Any, Any]]", connection: Any, *, is_new: bool) -> list[Any]:
    refuse_other_project(row._state.db, connection.alias)
    return [field.get_db_prep_save(field.pre_save(row, is_new), connection) for field in fields]


def _parts(rows: Sequence[Model], columns: int) -> Iterable[Sequence[Model]]:
    size = max(1, MOST_PARAMS // columns)
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _run(connection: Any, sql: str, params: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


@lru_cache(maxsize=500)
def _insert_sql(model: type[Model]) -> tuple[str, str]:
    columns = [f'"{field.column}"' for field in model._meta.concrete_fields]
    beginning = f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) VALUES '
    return beginning, f"({', '.join(['%s'] * len(columns))})"


@lru_cache(maxsize=2000)
def _update_sql(
    vendor: str, model: type[Model], attnames: tuple[str, ...]
) -> tuple[Callable[[int, Any], str], str]:
    """The statement for so many rows, and for one: columns of a list of values, which PostgreSQL wants typed."""
    table, pk = model._meta.db_table, model._meta.pk
    assert pk is not None
    fields = [pk, *(f for f in model._meta.concrete_fields if f.attname in attnames)]
    own, *others = [f'"{field.column}"' for field in fields]
    one = f'UPDATE "{table}" SET {", ".join(f"{name} = %s" for name in others)} WHERE {own} = %s'
    taken = ", ".join(f"{name} = v.column{place}" for place, name in enumerate(others, start=2))

    def many(number: int, connection: Any) -> str:
        typed = [_typed(field, connection) for field in fields]
        first, plain = f"({', '.join(typed)})", f"({', '.join(['%s'] * len(typed))})"
        rows = ", ".join([first, *([plain] * (number - 1))])
        return f'UPDATE "{table}" SET {taken} FROM (VALUES {rows}) AS v WHERE "{table}".{own} = v.column1'

    return many, one


def _typed(field: "Field[Any, Any]", connection: Any) -> str:
    if connection.vendor == "sqlite":
        return "%s"
    # A length in a cast would cut a text that is too long instead of refusing it.
    return "%s::" + re.sub(r"^varchar\(\d+\)", "varchar", str(field.db_type(connection)))
