"""Schema editors that can note what they execute: a migration run once becomes SQL for every project."""

from typing import Any


class RecordsStatements:
    """Mixin of schema editors. While `connection.recorded` is a list, each statement is added to it."""

    connection: Any
    collect_sql: bool

    def execute(self, sql: Any, params: Any = ()) -> Any:
        """Run a statement, noting it first."""
        recorded = getattr(self.connection, "recorded", None)
        if recorded is not None and not self.collect_sql:
            recorded.append([str(sql), None if params is None else list(params)])
        return super().execute(sql, params)
