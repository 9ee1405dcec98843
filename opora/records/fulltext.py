"""SQLite's trigram index beside the table of search rows, and the triggers that keep it.

A migration that rebuilds the table drops its triggers without a word, so they are looked for after each one (R13.07).
"""

from django.db import connection

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
    f"{INDEX}_changed": f"CREATE TRIGGER {INDEX}_changed AFTER UPDATE ON {TABLE} BEGIN {_REMOVE} {_ADD} END",
}


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
