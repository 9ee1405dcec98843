"""The template database: always at the code's schema, cloned for every new project (11 ms against seconds)."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from opora.tenancy import postgres, server_setup
from opora.tenancy.aliases import DIRECT_ALIAS, DIRECTORY
from opora.tenancy.backends.postgresql.snapshot import read_definition, reset_identities
from opora.tenancy.context import ProjectRef, project
from opora.tenancy.directory import MAINTENANCE
from opora.tenancy.placement import is_sqlite, project_folder
from opora.tenancy.schema_version import applied_migrations, code_migrations
from opora.tenancy.upgrade_steps import keep_script, run_migrations

KEY = "template"
TEMPLATE = ProjectRef(id=0, key=KEY, slug="", name="", status=MAINTENANCE)


def migrate_directory() -> None:
    """Bring the directory database to the code's schema."""
    connection = connections[DIRECTORY]
    if not applied_migrations(connection) >= code_migrations():
        run_migrations(connection)


def prepare_template() -> None:
    """Make the template when it is missing and bring it to the code's schema when it is behind.

    What that took is kept as the script by which projects follow.
    """
    if is_sqlite(settings.DATABASE_ADDRESS):
        make_sqlite_file(KEY)
    else:
        server = postgres.Server.parse(settings.DATABASE_ADDRESS)
        if not server_setup.schema_exists(server, KEY):
            server_setup.create_schema(server, KEY)
    with project(TEMPLATE, direct=True):
        connection = connections[DEFAULT_DB_ALIAS]
        before = applied_migrations(connection)
        if not before >= code_migrations():
            steps = run_migrations(connection)
            if before:
                keep_script(before, applied_migrations(connection), connection.vendor, steps)


def make_sqlite_file(key: str) -> Path:
    """The folder and an empty database file of a project, readable by the product's user alone (R3.07)."""
    folder = make_folder(key)
    path = folder / "project.sqlite"
    path.touch(mode=0o600, exist_ok=True)
    return path


def make_folder(key: str) -> Path:
    """The folder of a project with its place for files."""
    folder = project_folder(key)
    for each in (folder.parent, folder, folder / "files"):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def clone_sqlite(key: str) -> None:
    """A new project's file: a copy of the template, complete before it gets its name."""
    source = project_folder(KEY) / "project.sqlite"
    target = make_folder(key) / "project.sqlite"
    draft = target.with_suffix(".draft")
    draft.touch(mode=0o600)
    shutil.copyfile(source, draft)
    draft.rename(target)


def clone_postgres(server: postgres.Server, key: str) -> None:
    """A new project's schema: the template's definition and rows, in one transaction."""
    server_setup.create_schema(server, key)
    with project(TEMPLATE, direct=True), connections["default"].cursor() as cursor:
        definition = read_definition(cursor, postgres.schema_of(KEY))
        rows = {table: _rows(cursor, table) for table in definition.tables}
    alias = DIRECT_ALIAS + key
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(";\n".join(definition.tables.values()))
        for table, content in rows.items():
            if content:
                with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                    copy.write(content)
        cursor.execute(";\n".join([*definition.indexes, *definition.references]))
        reset_identities(cursor, definition.identities)
    connections[alias].close()


def _rows(cursor: Any, table: str) -> bytes:
    with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(bytes(piece) for piece in copy)
