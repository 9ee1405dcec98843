"""The database part of a backup on SQLite: a file made by VACUUM INTO, while people work."""

import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from django.db import DEFAULT_DB_ALIAS, connections

from opora.tenancy.backup.archive import Manifest, Writer, extract
from opora.tenancy.backup.errors import BadBackup
from opora.tenancy.template import make_folder

MEMBER = "database.sqlite"


def dump(writer: Writer, folder: Path) -> None:
    """Copy the entered project (`direct=True`) as of this moment; drafts go to `folder`."""
    draft = folder / MEMBER
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    connection.connection.execute("VACUUM INTO ?", [str(draft)])
    draft.chmod(0o600)
    with opened(draft) as copy:
        writer.manifest.counts = counts(copy)
    writer.add_file(MEMBER, draft)


@contextmanager
def opened(path: Path) -> Iterator["sqlite3.Connection"]:
    """A database file, read only."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
        yield connection


def counts(connection: "sqlite3.Connection") -> dict[str, int]:
    """Rows of every ordinary table; the shadow tables of a search index follow from the others."""
    tables = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    ).fetchall()
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in tables}


def check(path: Path, manifest: Manifest) -> None:
    """Open a copy: whole, its references intact, its counts those of the manifest. Raises `BadBackup`."""
    try:
        with opened(path) as copy:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
            broken = copy.execute("PRAGMA foreign_key_check").fetchone()
            found = counts(copy)
    except sqlite3.Error as error:
        raise BadBackup(f"The database in the backup can't be opened: {error}") from error
    if verdict != "ok" or broken is not None:
        raise BadBackup(f"The database in the backup is damaged: {verdict if verdict != 'ok' else broken}")
    if found != manifest.counts:
        raise BadBackup("The database in the backup does not have the rows its manifest lists.")


def verify(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Open the copy inside a backup. Raises `BadBackup`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / MEMBER
        extract(archive, MEMBER, path)
        check(path, manifest)


def load(archive: zipfile.ZipFile, manifest: Manifest, key: str) -> None:
    """Put the database of a backup into a new project's folder. Raises `BadBackup`."""
    target = make_folder(key) / "project.sqlite"
    for leftover in target.parent.glob("project.sqlite*"):
        leftover.unlink()
    extract(archive, MEMBER, target)
    check(target, manifest)
