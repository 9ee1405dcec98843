"""Which database a model's rows live in, and the refusal of rows that belong to another project."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from opora.tenancy.aliases import DIRECTORY, is_project_alias, key_of
from opora.tenancy.context import current_alias


class CrossProject(RuntimeError):
    """A row of one project was used inside another (R3.02)."""

    def __init__(self, row_of: str | None, inside: str | None) -> None:
        super().__init__(f"A row of the project {row_of!r} can't be used inside {inside!r}.")


def refuse_other_project(row_alias: str | None, alias: str | None) -> None:
    """Raise `CrossProject` when a row loaded through one alias meets another project's alias."""
    row_key, key = key_of(row_alias), key_of(alias)
    if row_key is not None and row_key != key:
        raise CrossProject(row_key, key)


def in_directory(model: type[Model]) -> bool:
    """Whether a model (also a historical one in a migration) belongs to the directory."""
    return bool(getattr(model, "directory", False))


class ProjectRouter:
    """Directory models to the directory, all others to the current project."""

    def _database(self, model: type[Model], **hints: Any) -> str:
        if in_directory(model):
            return DIRECTORY
        alias = current_alias()
        instance = hints.get("instance")
        if instance is not None:
            refuse_other_project(instance._state.db, alias)
        # Outside a project the alias may be named (queries are built, forms are drawn); connecting refuses.
        return alias or DEFAULT_DB_ALIAS

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        """Where rows are read."""
        return self._database(model, **hints)

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        """Where rows are written."""
        return self._database(model, **hints)

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        """Rows point at each other only inside one database."""
        aliases = [row._state.db for row in (one, other) if row._state.db is not None]
        keys = {key_of(alias) if is_project_alias(alias) else alias for alias in aliases}
        return len(keys) < 2

    def allow_migrate(self, alias: str, app_label: str, model: Any = None, **hints: Any) -> bool | None:
        """Directory tables only in the directory, all others only in projects.

        RunPython and RunSQL, which name no model, run in projects unless their hints say `directory=True`.
        """
        if alias == DEFAULT_DB_ALIAS:
            return False
        wanted = in_directory(model) if model is not None else bool(hints.get("directory"))
        return wanted == (alias == DIRECTORY)
