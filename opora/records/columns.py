"""Database columns whose order and folding are the same on SQLite and PostgreSQL."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class KeyField(models.CharField):
    """Folded text to compare and sort by: bytes decide, whatever locale the database was made with."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        parameters["collation"] = "C" if connection.vendor == "postgresql" else None
        return parameters


class DocumentField(models.JSONField):
    """A JSON object column; an own type so that nobody filters through the ORM's JSON look-ups by habit."""
