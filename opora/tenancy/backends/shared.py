"""What both backends share: refusing outside a project and rows of other projects in writes."""

from typing import Any

from django.db.models import Model
from django.db.models.sql import compiler

from opora.tenancy.context import OutsideProject
from opora.tenancy.router import refuse_other_project

SQLCompiler = compiler.SQLCompiler
SQLDeleteCompiler = compiler.SQLDeleteCompiler
SQLAggregateCompiler = compiler.SQLAggregateCompiler


class SQLInsertCompiler(compiler.SQLInsertCompiler):
    """Refuses rows of another project, also in `bulk_create`, which asks no router about its rows."""

    def as_sql(self) -> Any:
        """The statement. Raises `CrossProject`."""
        for row in self.query.objs:
            refuse_other_project(row._state.db, self.connection.alias)
        return super().as_sql()


class SQLUpdateCompiler(compiler.SQLUpdateCompiler):
    """Refuses `update(field=row)` with a row of another project."""

    def as_sql(self) -> Any:
        """The statement. Raises `CrossProject`."""
        for _field, _model, value in self.query.values:
            if isinstance(value, Model):
                refuse_other_project(value._state.db, self.connection.alias)
        return super().as_sql()


class RefusesOutsideProject:
    """Mixin of connection wrappers: `default` connects only inside a project."""

    settings_dict: dict[str, Any]

    def connect(self) -> None:
        """Open the connection. Raises `OutsideProject` for the alias `default` outside a project."""
        if self.settings_dict.get("OUTSIDE"):
            raise OutsideProject()
        super().connect()
