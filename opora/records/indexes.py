"""Run-time indexes of own fields: made when a field is to be filtered or sorted, found again after a migration.

A migration that rebuilds a SQLite table drops them (R13.07), so `reconcile` runs after each one and in `opora doctor`.
"""

from collections.abc import Iterator

from django.db import connection

from opora.jobs.tasks import task
from opora.records import definitions
from opora.records.fields import Field
from opora.records.kinds import Kind, kinds

PREFIX = "own_"
MOST_INDEXED = 25


def wanted() -> dict[str, str]:
    """The statements of all indexes that should stand, by index name."""
    return {name: sql for kind in kinds for name, sql in _of_kind(kind)}


def _of_kind(kind: Kind) -> Iterator[tuple[str, str]]:
    own = [f for f in definitions.current().fields(kind.name).values() if f.is_own and not f.type.is_multiple]
    for field in own[:MOST_INDEXED]:
        table, key = kind.model._meta.db_table, _key(field)
        if field.is_filterable and field.type.operators:
            name = f"{PREFIX}{kind.name}_{field.name}_w"
            yield name, f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({key}, stamp DESC, id DESC)"
        if field.is_sortable:
            name = f"{PREFIX}{kind.name}_{field.name}_s"
            tested = "responsible_id, access, trashed_at"
            yield name, f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({key}, id, {tested})"


def _key(field: Field) -> str:
    if connection.vendor == "postgresql":
        return f"""((keys ->> '{field.name}') COLLATE "C")"""
    return f"json_extract(keys, '$.{field.name}')"


def standing() -> set[str]:
    """The names of the own fields' indexes that stand in the database."""
    catalogue = (
        "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'index'"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        return {row[0] for row in cursor.fetchall() if row[0].startswith(PREFIX)}


def reconcile() -> tuple[set[str], set[str]]:
    """Make the indexes that are missing and drop those no field needs any more; returns both sets of names."""
    should, stand = wanted(), standing()
    made, dropped = set(should) - stand, stand - set(should)
    with connection.cursor() as cursor:
        for name in sorted(dropped):
            cursor.execute(f"DROP INDEX IF EXISTS {name}")
        for name in sorted(made):
            cursor.execute(should[name])
    return made, dropped


@task()
def reconcile_later() -> None:
    """The job that a change of fields asks for."""
    reconcile()
