"""Which migrations the code has, which ones a database has."""

import hashlib
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Migrations = frozenset[tuple[str, str]]


@cache
def code_migrations() -> Migrations:
    """Every migration (app, name) that this code brings."""
    return frozenset(MigrationLoader(None).disk_migrations)


def code_version() -> str:
    """The version of the code's schema, as it stands in the directory and in backups."""
    return version_of(code_migrations())


def version_of(migrations: Iterable[tuple[str, str]]) -> str:
    """A short digest of a set of migrations."""
    lines = "\n".join(sorted(f"{app}.{name}" for app, name in migrations))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def applied_migrations(connection: Any) -> Migrations:
    """The migrations that a database says it has."""
    return frozenset(MigrationRecorder(connection).applied_migrations())
