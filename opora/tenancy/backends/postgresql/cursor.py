"""Cursors that carry the project: its role and search path ride on the first statement of a transaction.

The only state looked at is libpq's own transaction status, so commit, rollback, savepoints, errors and the return
to a pool need no bookkeeping, and a transaction-mode pooler between us and the server changes nothing
(`storage.md` 1.2, 1.6): every transaction says anew whose it is.
"""

from collections.abc import Iterable
from typing import Any

from django.db.backends.postgresql import base
from django.db.utils import ProgrammingError
from psycopg.pq import TransactionStatus

from opora.tenancy.postgres import Scope


class ScopedCursor(base.Cursor):
    """A client cursor of a pooled connection."""

    def _entrance(self) -> str | None:
        """The statement that enters the scope, when a transaction is about to begin."""
        scope: Scope | None = getattr(self.connection, "opora_scope", None)
        if scope is None:
            return None
        if self.connection.pgconn.transaction_status == TransactionStatus.IDLE:
            self.connection.opora_transaction = scope
            return scope.statement(local=True)
        if self.connection.opora_transaction != scope:
            raise ProgrammingError("The project changed inside a transaction.")
        return None

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """Run a statement inside the scope: one round trip, one transaction with the entrance."""
        entrance = self._entrance()
        if entrance is None:
            return super().execute(query, params, **options)
        text = query if isinstance(query, str) else query.as_string(self.connection)
        super().execute(f"{entrance};{text}", params, **options)
        self.nextset()
        return self

    def executemany(self, query: Any, params_seq: Iterable[Any], **options: Any) -> None:
        """Run a statement many times. Raises `ProgrammingError` outside a transaction."""
        self._enter_for("executemany")
        super().executemany(query, params_seq, **options)

    def copy(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """COPY. Raises `ProgrammingError` outside a transaction."""
        self._enter_for("COPY")
        return super().copy(statement, params, **options)

    def _enter_for(self, what: str) -> None:
        # These send several messages: only an open transaction keeps them inside one scope.
        entrance = self._entrance()
        if entrance is None:
            return
        if self.connection.autocommit:
            raise ProgrammingError(f"{what} needs a transaction: wrap it in transaction.atomic().")
        super().execute(entrance)
