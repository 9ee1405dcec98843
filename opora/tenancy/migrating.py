"""Bringing every project to the code's schema (R13.07): each by itself, resumable, one process at a time."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections

from opora.tenancy import directory, hooks
from opora.tenancy.context import ProjectRef, find_project, project
from opora.tenancy.locks import one_process
from opora.tenancy.models import Project
from opora.tenancy.provisioning import list_projects, prepare
from opora.tenancy.schema_version import applied_migrations, code_migrations, code_version
from opora.tenancy.upgrade_steps import find_script, play, run_migrations

log = logging.getLogger(__name__)
Backup = Callable[[ProjectRef], object]


@dataclass(frozen=True)
class Outcome:
    """What came of one project: `migrated`, `current` (nothing to do) or `failed`, with its error."""

    slug: str
    result: str
    seconds: float = 0.0
    error: str = ""


def pending(ref: ProjectRef) -> list[str]:
    """The migrations that a project lacks, as `app.name`."""
    with project(ref, direct=True):
        missing = code_migrations() - applied_migrations(connections[DEFAULT_DB_ALIAS])
    return sorted(f"{app}.{name}" for app, name in missing)


def migrate_all(
    slug: str = "", *, backup: Backup | None = None, tell: Callable[[Outcome], object] = lambda outcome: None
) -> list[Outcome]:
    """Migrate the directory, the template and every project, or only one.

    `backup` is called for each project that has something to migrate. A project that fails is left in
    maintenance with its data as they were, and the others go on. Raises `LookupError` for an unknown slug. Killed
    at any point it is simply started again; a second process waits for the first.
    """
    with one_process("migrate"):
        prepare()
        rows = [row for row in list_projects() if slug in ("", row.slug)]
        if slug and not rows:
            raise LookupError(f"There is no project {slug!r}.")
        outcomes = []
        for row in rows:
            outcomes.append(migrate_project(row.key, backup))
            tell(outcomes[-1])
        return outcomes


def migrate_project(key: str, backup: Backup | None = None) -> Outcome:
    """Migrate one project; its failure is an outcome, not an exception."""
    ref = find_project(key=key)
    if ref is None:
        raise LookupError(f"There is no project with the key {key!r}.")
    begun = time.monotonic()
    try:
        with one_process(f"project-{key}"):
            result = _migrate(ref, backup)
    except Exception as error:
        log.exception("The project %s could not be migrated", ref.slug)
        _mark(ref, status=directory.MAINTENANCE)
        return Outcome(ref.slug, "failed", time.monotonic() - begun, f"{type(error).__name__}: {error}")
    return Outcome(ref.slug, result, time.monotonic() - begun)


def _migrate(ref: ProjectRef, backup: Backup | None) -> str:
    missing = pending(ref)
    if missing and backup is not None:
        backup(ref)
    with project(ref, direct=True):
        if missing:
            upgrade_here()
        # Also without a migration: a process killed between the two leaves it to the next run.
        hooks.after_migrate.run(ref)
    _mark(ref, status=directory.ACTIVE, schema_version=code_version())
    return "migrated" if missing else "current"


def upgrade_here() -> None:
    """Bring the entered project (`direct=True`) to the code's schema, by the noted SQL when there is some."""
    connection = connections[DEFAULT_DB_ALIAS]
    applied = applied_migrations(connection)
    if applied >= code_migrations():
        return
    steps = find_script(applied, code_version(), connection.vendor)
    if steps is not None:
        play(connection, steps)
    else:
        run_migrations(connection)


def _mark(ref: ProjectRef, **values: str) -> None:
    Project.objects.filter(pk=ref.id).exclude(status=directory.REMOVED).update(**values)
    directory.forget()
