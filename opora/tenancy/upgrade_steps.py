"""Running migrations one by one, noting their SQL, and playing the notes to other databases.

Django's executor takes over a second a project, most of it spent on drawing up models; the notes of one run play
in some 50 ms (`storage.md` 2).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.recorder import MigrationRecorder

from opora.tenancy.models import UpgradeScript
from opora.tenancy.schema_version import Migrations, version_of

Step = dict[str, Any]
"""{app, name, statements: [[sql, params], …] or None when the migration runs code}"""


class NotingExecutor(MigrationExecutor):
    """Runs each migration in one transaction with its row in `django_migrations`, noting its statements.

    Django records a migration that has deferred SQL after its transaction: killed in between, it would be applied
    and not known to be.
    """

    connection: Any

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self.steps: list[Step] = []

    def apply_migration(self, state: Any, migration: Migration, *args: Any, **options: Any) -> Any:
        """Apply and record one migration."""
        if not migration.atomic:
            self.steps.append({"app": migration.app_label, "name": migration.name, "statements": None})
            return super().apply_migration(state, migration, *args, **options)
        self.connection.recorded = []
        try:
            with one_schema_change(self.connection):
                state = super().apply_migration(state, migration, *args, **options)
            self.steps.append(self._step(migration))
        finally:
            self.connection.recorded = None
        return state

    def _step(self, migration: Migration) -> Step:
        statements = None if runs_code(migration) else self.connection.recorded
        return {"app": migration.app_label, "name": migration.name, "statements": statements}


def runs_code(migration: Migration) -> bool:
    """Whether a migration does more than SQL that is the same in every project."""
    return not all(operation.reduces_to_sql for operation in migration.operations)


@contextmanager
def one_schema_change(connection: Any) -> Iterator[None]:
    """A transaction in which tables may be rebuilt: SQLite checks references after it, not during it."""
    is_sqlite = connection.vendor == "sqlite"
    if is_sqlite:
        connection.disable_constraint_checking()
    try:
        with transaction.atomic(using=connection.alias):
            yield
            if is_sqlite:
                connection.check_constraints()
    finally:
        if is_sqlite:
            connection.enable_constraint_checking()


def run_migrations(connection: Any) -> list[Step]:
    """Bring a database to the code's schema with Django's executor; the steps it took."""
    executor = NotingExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    return executor.steps


def keep_script(before: Migrations, after: Migrations, vendor: str, steps: list[Step]) -> None:
    """Keep the steps for the databases that still are where this one was."""
    UpgradeScript.objects.update_or_create(
        from_version=version_of(before),
        to_version=version_of(after),
        vendor=vendor,
        defaults={"steps": steps},
    )


def find_script(before: Migrations, to_version: str, vendor: str) -> list[Step] | None:
    """The steps from a schema to the code's, when some database has gone that way."""
    found = UpgradeScript.objects.filter(
        from_version=version_of(before), to_version=to_version, vendor=vendor
    )
    script = found.first()
    return script.steps if script else None


def play(connection: Any, steps: list[Step]) -> None:
    """Bring a database along the noted steps: SQL in one transaction as far as it goes, code by the executor."""
    while steps:
        sql = _leading_sql(steps)
        if sql:
            _play_sql(connection, sql)
            steps = steps[len(sql) :]
        else:
            _run_one(connection, steps[0])
            steps = steps[1:]


def _leading_sql(steps: list[Step]) -> list[Step]:
    for position, step in enumerate(steps):
        if step["statements"] is None:
            return steps[:position]
    return steps


def _play_sql(connection: Any, steps: list[Step]) -> None:
    recorder = MigrationRecorder(connection)
    with one_schema_change(connection), connection.cursor() as cursor:
        for step in steps:
            for sql, params in step["statements"]:
                cursor.execute(sql, params)
            if connection.vendor == "postgresql":
                # Rows changed by one migration may not wait for their checks while the next alters the table.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            recorder.record_applied(step["app"], step["name"])


def _run_one(connection: Any, step: Step) -> None:
    executor = NotingExecutor(connection)
    executor.migrate([(step["app"], step["name"])])
