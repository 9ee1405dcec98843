"""SQLite: one file per project, kept open per thread, unable to reach any other file."""

from typing import Any

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.operations import DatabaseOperations as SQLiteOperations
from django.db.backends.sqlite3.schema import DatabaseSchemaEditor as SQLiteSchemaEditor

from opora.tenancy.backends.recording import RecordsStatements
from opora.tenancy.backends.shared import RefusesOutsideProject
from opora.tenancy.backends.sqlite.open_files import open_files

SQLITE_ATTACH = 24
SQLITE_DETACH = 25
SQLITE_OK = 0
SQLITE_DENY = 1


def deny_attach(action: int, *_details: Any) -> int:
    """Authorizer of SQLite: raw SQL can't open another project's file (VACUUM needs `direct:` aliases)."""
    return SQLITE_DENY if action in (SQLITE_ATTACH, SQLITE_DETACH) else SQLITE_OK


class DatabaseOperations(SQLiteOperations):
    """Django's, with our statements."""

    compiler_module = "opora.tenancy.backends.shared"


class DatabaseSchemaEditor(RecordsStatements, SQLiteSchemaEditor):
    """Django's, able to note its statements."""


class DatabaseWrapper(RefusesOutsideProject, base.DatabaseWrapper):
    """A project's file, or the directory's."""

    ops_class = DatabaseOperations
    SchemaEditorClass = DatabaseSchemaEditor
    recorded: list[Any] | None = None

    def connect(self) -> None:
        """Open the file and count it among the open ones."""
        super().connect()
        open_files.opened(self)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection with our pragmas, without ATTACH."""
        connection = super().get_new_connection(conn_params)
        if not self.settings_dict["MAY_ATTACH"]:
            connection.set_authorizer(deny_attach)
        return connection

    def release(self) -> None:
        """Keep the file open for the next request; a maintenance connection is closed."""
        if self.settings_dict["MAY_ATTACH"]:
            self.close()
        elif self.connection is not None:
            open_files.used(self)

    def _close(self) -> None:
        open_files.closed(self)
        super()._close()
