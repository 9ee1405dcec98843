"""`opora doctor`: look at the installation and say what is wrong and what to do."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import click
from django.conf import settings
from django.db import DatabaseError

from opora.jobs import doorbell, health
from opora.jobs.health import Finding
from opora.kit.dates import now
from opora.tenancy import sqlite_library
from opora.tenancy.backup.writing import backups_folder
from opora.tenancy.context import ProjectRef, project
from opora.tenancy.directory import MAINTENANCE
from opora.tenancy.migrating import pending
from opora.tenancy.provisioning import list_projects

FREE_WARNING, FREE_WRONG = 0.10, 0.05
BACKUP_AGE = 26 * 3600
MARKS = {"fine": "  ok   ", "warning": " look  ", "wrong": " WRONG "}


@click.command()
@click.option("--project", "slug", default="", metavar="SLUG", help="Only this project.")
def command(slug: str) -> None:
    """Check the installation and its projects. Exit code 1 when something does not work.

    Nothing is changed.
    """
    wrong = sum([tell("installation", finding) for finding in installation()])
    if not wrong:
        wrong += sum([tell(name, finding) for name, finding in projects(slug)])
    if wrong:
        raise click.ClickException(f"{wrong} things are wrong.")


def tell(where: str, finding: Finding) -> bool:
    """Print a finding; True when it means that something does not work."""
    click.echo(f"{MARKS[finding.level]} {where}: {finding.words}")
    return finding.level == "wrong"


def installation() -> Iterator[Finding]:
    """What all projects share."""
    yield from check_data(Path(settings.DATA))
    if settings.ONE_MACHINE:
        version = ".".join(map(str, sqlite_library.sqlite_version()))
        warning = sqlite_library.version_warning()
        yield Finding("warning" if warning else "fine", warning or f"SQLite {version}")
    yield from check_directory()


def check_data(data: Path) -> Iterator[Finding]:
    """The data folder: there, writable, with room."""
    if not data.is_dir():
        yield Finding("wrong", f"{data} is missing: start `opora serve` once, or set DATA")
        return
    trial = data / f".trial-{time.time_ns()}"
    try:
        trial.write_bytes(b"x" * 4096)
        trial.unlink()
        yield Finding("fine", f"{data} can be written")
    except OSError as error:
        yield Finding("wrong", f"{data} can't be written: {error.strerror}")
    usage = shutil.disk_usage(data)
    share = usage.free / usage.total
    level: health.Level = "wrong" if share < FREE_WRONG else "warning" if share < FREE_WARNING else "fine"
    yield Finding(level, f"{usage.free / 2**30:.1f} GB free ({share:.0%})")


def check_directory() -> Iterator[Finding]:
    """The directory database and the workers."""
    try:
        doorbell.probe()
        late = health.overdue_since()
    except DatabaseError as error:
        words = str(error).splitlines()[0]
        yield Finding("wrong", f"the directory of projects can't be used: {words}")
        return
    yield Finding("fine", "the directory of projects takes writes")
    if late:
        yield Finding("wrong", f"no worker answers since {late:%Y-%m-%d %H:%M} UTC: start `opora worker`")


def projects(slug: str) -> Iterator[tuple[str, Finding]]:
    """What each project says. Raises `LookupError` for an unknown one."""
    rows = [row for row in list_projects() if slug in ("", row.slug)]
    if slug and not rows:
        raise LookupError(f"There is no project {slug!r}.")
    for row in rows:
        ref = ProjectRef(row.id, row.key, row.slug, row.name, row.node.name, row.status, row.is_demo)
        if row.status == MAINTENANCE:
            yield row.slug, Finding("wrong", "is in maintenance: see the log of `opora migrate`")
        yield from ((row.slug, finding) for finding in check_project(ref))


def check_project(ref: ProjectRef) -> Iterator[Finding]:
    """One project: its database, schema, jobs, backups, and what apps check."""
    try:
        missing = pending(ref)
        if missing:
            yield Finding("wrong", f"{len(missing)} migrations wait: run `opora migrate`")
            return
        yield Finding("fine", "the database opens and has the schema of this version")
        with project(ref):
            for check in health.checks:
                yield from check()
    except DatabaseError as error:
        yield Finding("wrong", f"the database can't be used: {str(error).splitlines()[0]}")
    yield check_backup(ref)


def check_backup(ref: ProjectRef) -> Finding:
    """How old the newest backup is (R13.05)."""
    newest = max((path.stat().st_mtime for path in backups_folder(ref).glob("*.opora")), default=None)
    if newest is None:
        return Finding("warning", "has no backup: run `opora backup`")
    hours = (now().timestamp() - newest) / 3600
    return Finding("warning" if hours * 3600 > BACKUP_AGE else "fine", f"last backup {hours:.0f} hours ago")
