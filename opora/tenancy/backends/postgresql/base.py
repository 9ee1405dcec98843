"""PostgreSQL: a schema and a role per project, one pool per server, safe behind a transaction-mode pooler."""

from typing import Any

from django.db import connections
from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations as PostgreSQLOperations
from django.db.backends.postgresql.schema import DatabaseSchemaEditor as PostgreSQLSchemaEditor
from django.db.utils import ProgrammingError
from django.utils.functional import cached_property
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool

from opora.tenancy.aliases import DIRECTORY
from opora.tenancy.backends.postgresql.cursor import ScopedCursor
from opora.tenancy.backends.postgresql.pools import LIFETIME, pool_of
from opora.tenancy.backends.recording import RecordsStatements
from opora.tenancy.backends.shared import RefusesOutsideProject
from opora.tenancy.postgres import Scope, Server, pool_size


class DatabaseOperations(PostgreSQLOperations):
    """Django's, with our statements."""

    compiler_module = "opora.tenancy.backends.shared"


class DatabaseSchemaEditor(RecordsStatements, PostgreSQLSchemaEditor):
    """Django's, able to note its statements."""


class DatabaseWrapper(RefusesOutsideProject, base.DatabaseWrapper):
    """A project's schema or the directory's. `DIRECT` ones have a connection and session of their own."""

    ops_class = DatabaseOperations
    SchemaEditorClass = DatabaseSchemaEditor
    recorded: list[Any] | None = None

    @property
    def server(self) -> Server:
        """The server this database lies on."""
        server: Server = self.settings_dict["SERVER"]
        return server

    @property
    def scope(self) -> Scope:
        """The schema and role of this database."""
        scope: Scope = self.settings_dict["SCOPE"]
        return scope

    @property
    def is_direct(self) -> bool:
        """Whether the connection is its own, past the pool."""
        return bool(self.settings_dict["DIRECT"])

    @property
    def pool(self) -> "ConnectionPool[Any] | None":
        """The pool of the server, shared by all its projects."""
        if self.is_direct or self.settings_dict["OUTSIDE"]:
            return None
        return pool_of(self.server.address, self._make_pool)

    def _make_pool(self) -> "ConnectionPool[Any]":
        return ConnectionPool(
            kwargs={**self.get_connection_params(), "autocommit": True},
            open=False,
            configure=self._configure_connection,
            min_size=0,
            max_size=pool_size(),
            max_lifetime=LIFETIME,
            timeout=10,
        )

    def close_pool(self) -> None:
        """The pool belongs to every project of the server: it is not closed through one of them."""

    @cached_property
    def pg_version(self) -> int:
        """The server's version; outside a project it is asked through the directory."""
        if self.settings_dict["OUTSIDE"]:
            return int(connections[DIRECTORY].pg_version)
        with self.temporary_connection():
            return int(self.connection.info.server_version)

    def get_connection_params(self) -> dict[str, Any]:
        """How to connect: Django's own parameters with the server's login."""
        params = super().get_connection_params()
        login = self.server.admin_params() if self.is_direct else self.server.running_params()
        factory = params["cursor_factory"] if self.is_direct else ScopedCursor
        return {**params, **login, "cursor_factory": factory}

    def connect(self) -> None:
        """Lease a connection; what this thread holds for other projects, idle, goes back first.

        Without that, a loop over many projects in one thread would exhaust the pool (`storage.md` 1.3).
        """
        for other in connections.all(initialized_only=True):
            if other is not self and other.connection is not None and not other.in_atomic_block:
                other.release()
        super().connect()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that knows its scope."""
        connection = super().get_new_connection(conn_params)
        if self.is_direct:
            connection.execute(self.scope.statement(local=False))
            connection.commit()
        else:
            connection.opora_scope = self.scope
        return connection

    def release(self) -> None:
        """Give the connection back to the pool; a direct one is closed."""
        self.close()

    def _close(self) -> None:
        if self.connection is not None:
            self.connection.opora_scope = None
        super()._close()

    def chunked_cursor(self) -> Any:
        """A server-side cursor inside a transaction; outside one, rows come through an ordinary cursor.

        A named cursor that outlives its statement can't carry the scope.
        """
        if not self.is_direct and not self.in_atomic_block:
            return self.cursor()
        return super().chunked_cursor()

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor. Raises `ProgrammingError` for a named one outside a transaction."""
        if name and not self.is_direct:
            if self.connection.autocommit:
                raise ProgrammingError("A server-side cursor needs a transaction: use transaction.atomic().")
            if self.connection.pgconn.transaction_status == TransactionStatus.IDLE:
                # The named cursor can't carry the entrance itself, so the transaction enters the scope first.
                with self.connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
        return super().create_cursor(name)
