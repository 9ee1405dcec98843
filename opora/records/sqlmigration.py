"""A migration step written in SQL for each database, for what Django's models can't say."""

from typing import Any

from django.db import router
from django.db.migrations.operations.base import Operation


class DatabaseSQL(Operation):
    """Runs one list of statements on SQLite, another on PostgreSQL.

    It collects like any SQL, so that many projects migrate fast.
    """

    reduces_to_sql = True
    reversible = False

    def __init__(self, sqlite: list[str], postgresql: list[str]) -> None:
        self.sqlite, self.postgresql = sqlite, postgresql

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay as they are."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Run the statements of this database; the directory, where the app has no tables, gets none."""
        if not router.allow_migrate(schema_editor.connection.alias, app_label):
            return
        statements = self.postgresql if schema_editor.connection.vendor == "postgresql" else self.sqlite
        for statement in statements:
            schema_editor.execute(statement)

    def describe(self) -> str:
        """What `migrate` prints."""
        return "SQL for this database"
