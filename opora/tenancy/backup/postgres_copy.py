"""The database part of a backup on PostgreSQL: its definition and COPY of every table in one snapshot."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction

from opora.tenancy import postgres, server_setup
from opora.tenancy.aliases import DIRECT_ALIAS
from opora.tenancy.backends.postgresql.snapshot import Definition, read_definition, reset_identities
from opora.tenancy.backup.archive import Manifest, Writer, pieces_of
from opora.tenancy.backup.errors import BadBackup
from opora.tenancy.locks import one_process

DEFINITION = "definition.json"
TRIAL = "trial"


def dump(writer: Writer, schema: str) -> None:
    """Copy the entered project (`direct=True`) as of this moment."""
    with transaction.atomic(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        definition = read_definition(cursor, schema)
        writer.add(DEFINITION, [json.dumps(asdict(definition), ensure_ascii=False).encode()])
        for table in definition.tables:
            writer.manifest.counts[table] = 0
            writer.add(_member(table), _rows(cursor, table, writer.manifest.counts))


def _member(table: str) -> str:
    return f"tables/{table}.copy"


def _rows(cursor: Any, table: str, counts: dict[str, int]) -> Iterator[bytes]:
    with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        for piece in copy:
            # In COPY's text form a line is a row: line breaks inside values are escaped.
            counts[table] += bytes(piece).count(b"\n")
            yield bytes(piece)


def load(archive: zipfile.ZipFile, manifest: Manifest, key: str) -> None:
    """Make a schema from a backup, with all its rows, indexes and references. Raises `BadBackup`."""
    server_setup.create_schema(postgres.Server.parse(settings.DATABASE_ADDRESS), key)
    alias = DIRECT_ALIAS + key
    try:
        definition = _definition(archive)
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            cursor.execute(";\n".join(definition.tables.values()))
            for table in definition.tables:
                _load_table(cursor, archive, table, manifest.counts.get(table, 0))
            cursor.execute(";\n".join([*definition.indexes, *definition.references]))
            reset_identities(cursor, definition.identities)
    except (DatabaseError, KeyError, ValueError) as error:
        raise BadBackup(f"The database in the backup can't be loaded: {error}") from error
    finally:
        connections[alias].close()


def _definition(archive: zipfile.ZipFile) -> Definition:
    content = json.loads(archive.read(DEFINITION))
    content["identities"] = [(table, column) for table, column in content["identities"]]
    return Definition(**content)


def _load_table(cursor: Any, archive: zipfile.ZipFile, table: str, expected: int) -> None:
    with archive.open(_member(table)) as member, cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
        for piece in pieces_of(member):
            copy.write(piece)
    cursor.execute(f'SELECT count(*) FROM "{table}"')
    if cursor.fetchone()[0] != expected:
        raise BadBackup(f"The backup does not have the rows of {table} that its manifest lists.")


def verify(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Load a backup into a schema of its own and drop it again. Raises `BadBackup`."""
    with one_process("trial"):
        server = postgres.Server.parse(settings.DATABASE_ADDRESS)
        # One name for all trials: what a killed process left goes with the next one.
        server_setup.drop_schema(server, TRIAL)
        try:
            load(archive, manifest, TRIAL)
        finally:
            server_setup.drop_schema(server, TRIAL)
