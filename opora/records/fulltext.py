"""What was typed, found in the search rows by trigrams: SQLite's FTS5 beside the table, pg_trgm on PostgreSQL.

A migration that rebuilds the table drops the triggers that keep SQLite's index without a word, so they are looked for
after each one (R13.07).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import connection

HITS = 2000
SHORTEST_TRIGRAM = 3
TABLE = "records_searchrow"
INDEX = "records_search_fts"
_REMOVE = (
    f"INSERT INTO {INDEX}({INDEX}, rowid, text, phones) VALUES ('delete', old.id, old.text, old.phones);"  # noqa: S608
)
_ADD = f"INSERT INTO {INDEX}(rowid, text, phones) VALUES (new.id, new.text, new.phones);"  # noqa: S608

MAKE_INDEX = (
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5(text, phones, content='{TABLE}', content_rowid='id', "
    "tokenize='trigram', detail='column', columnsize=0)"
)
MAKE_TRIGGERS = {
    f"{INDEX}_added": f"CREATE TRIGGER {INDEX}_added AFTER INSERT ON {TABLE} BEGIN {_ADD} END",
    f"{INDEX}_removed": f"CREATE TRIGGER {INDEX}_removed AFTER DELETE ON {TABLE} BEGIN {_REMOVE} END",
    f"{INDEX}_changed": (
        f"CREATE TRIGGER {INDEX}_changed AFTER UPDATE OF text, phones ON {TABLE} BEGIN {_REMOVE} {_ADD} END"
    ),
}


class Found(NamedTuple):
    """A record that was found, and the stamp it had when its search row was written."""

    kind: str
    record_id: int
    stamp: int


def holding(pieces: Mapping[str, Sequence[str]], names: Sequence[str]) -> list[Found]:
    """The records of the kinds `names` whose columns hold all of their pieces, newest made first, at most `HITS`.

    Rows are walked in the order of their ids and the walk ends with the last one wanted, so a word that stands in
    every row costs no more than a rare one.
    """
    with connection.cursor() as cursor:
        cursor.execute(*statement(pieces, names))
        return [Found(*row) for row in cursor.fetchall()]


def statement(pieces: Mapping[str, Sequence[str]], names: Sequence[str]) -> tuple[str, list[str]]:
    """The SQL of `holding` and its parameters."""
    each = [(column, piece) for column, some in pieces.items() for piece in some]
    among = ", ".join(["%s"] * len(names))
    held = "".join(f" AND s.{column} LIKE %s ESCAPE '\\'" for column, _piece in each)
    params = [*names, *(f"%{connection.ops.prep_for_like_query(piece)}%" for _column, piece in each)]
    rows, order = f"{TABLE} s", "s.id"
    if connection.vendor == "sqlite" and (grams := _trigrams(each)):
        rows, order = f"{INDEX} CROSS JOIN {TABLE} s ON s.id = {INDEX}.rowid", f"{INDEX}.rowid"
        held += f" AND {INDEX} MATCH %s"
        params.append(grams)
    sql = (
        f"SELECT s.kind, s.record_id, s.stamp FROM {rows} "  # noqa: S608 - names of our own
        f"WHERE s.kind IN ({among}){held} ORDER BY {order} DESC LIMIT {HITS}"
    )
    return sql, params


def _trigrams(pieces: Sequence[tuple[str, str]]) -> str:
    """What FTS5 is asked for: every trigram of the pieces, in their columns.

    The index keeps no positions (a third of the size), so it knows trigrams and not their order; the statement
    compares the pieces themselves.
    """
    found = dict.fromkeys((c, p[i : i + 3]) for c, p in pieces for i in range(len(p) - 2))
    return " AND ".join(f'{column} : "{gram.replace(chr(34), chr(34) * 2)}"' for column, gram in found)


def missing() -> set[str]:
    """The names of the triggers that should stand and do not; nothing on PostgreSQL, which has a real index."""
    if connection.vendor != "sqlite":
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return set(MAKE_TRIGGERS) - {row[0] for row in cursor.fetchall()}


def reconcile() -> set[str]:
    """Make the missing triggers and read the table into the index anew; returns the names made."""
    lost = missing()
    if lost:
        with connection.cursor() as cursor:
            for name in sorted(lost):
                cursor.execute(MAKE_TRIGGERS[name])
            cursor.execute(f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')")  # noqa: S608
    return lost
