"""Makes many records of few, set-wise: what a measurement needs of a million loads ten times as quickly.

Copies have the owners, values and keys of the record they are made of, and their own ids, titles and stamps.
"""

from collections.abc import Mapping

from django.db import connection, transaction
from django.db.models import Model

from opora.records import totals
from opora.records.kinds import Kind
from opora.records.models import FieldKey, SearchRow

APART = 1 << 56
"""Between the ids of copies of rows whose ids were drawn at once: half a year, more than loading takes."""


def multiply(kind: Kind, times: int) -> None:
    """Copy all records of a kind, with their keys and search rows, until there are so many times as many.

    At most ten times. The sums are counted anew. Not for records that something else points to.
    """
    if times < 2:
        return
    own = {"id": "{t}.id + n.n", "stamp": "{t}.stamp * 10 + n.n"}
    named = {name: f"{{t}}.{name} || ' ' || n.n" for name in ("title", "title_key")}
    beside = {"id": f"{{t}}.id - {APART} * n.n", "record_id": "{t}.record_id + n.n"}
    with transaction.atomic():
        _copy(kind.model, own | named, times)
        _copy(FieldKey, beside, times)
        totals.rebuild(kind)
    with transaction.atomic(), _Unindexed():
        _copy(SearchRow, beside | {"stamp": own["stamp"]}, times)


def analyse() -> None:
    """Let the database look at what stands in it, as its own housekeeping does in time."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # As `PRAGMA optimize` does: without samples of values, for which each statement is planned anew.
            cursor.execute("PRAGMA analysis_limit = 1000")
        cursor.execute("ANALYZE")


def _copy(model: type[Model], changed: Mapping[str, str], times: int) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    columns = [str(field.column) for field in model._meta.concrete_fields]
    quoted = [connection.ops.quote_name(column) for column in columns]
    values = [changed.get(c, f"{{t}}.{q}").format(t=table) for c, q in zip(columns, quoted, strict=True)]
    numbers = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(1, times))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(quoted)}) SELECT {', '.join(values)} "  # noqa: S608 - columns of a model
            f"FROM {table} CROSS JOIN ({numbers}) AS n ORDER BY {table}.id, n.n"
        )
        if "stamp" in changed:
            # The originals stay the oldest of their copies.
            cursor.execute(f"UPDATE {table} SET stamp = stamp * 10 WHERE stamp < %s", [EARLIEST_COPY])  # noqa: S608


EARLIEST_COPY = 10**16
"""Stamps are microseconds: those of copies are ten times what a clock gives before the year 2286."""


class _Unindexed:
    """PostgreSQL's trigram indexes are made anew afterwards: adding a million rows one by one takes minutes."""

    def __enter__(self) -> None:
        self._made: list[str] = []
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() "
                    "AND tablename = %s AND indexdef LIKE '%% USING gin %%'",
                    [SearchRow._meta.db_table],
                )
                for name, made in cursor.fetchall():
                    cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
                    self._made.append(made)

    def __exit__(self, *_error: object) -> None:
        with connection.cursor() as cursor:
            for made in self._made:
                cursor.execute(made)
