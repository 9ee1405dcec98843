"""Making a backup of a project while people work in it."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from opora.tenancy import postgres
from opora.tenancy.backup import postgres_copy, sqlite_copy
from opora.tenancy.backup.archive import DRAFT, Manifest, Writer, check_members, read_archive, write_archive
from opora.tenancy.context import ProjectRef, project
from opora.tenancy.schema_version import applied_migrations, version_of

DRAFTS = "backup-"
DRAFT_LIFE = 24 * 3600
"""Seconds after which a draft can be nobody's any more."""


def backups_folder(ref: ProjectRef) -> Path:
    """Where a project's backups go unless another place is named."""
    return Path(settings.DATA) / "backups" / ref.slug


def write_backup(ref: ProjectRef, folder: Path | None = None) -> Path:
    """Write, open and check a backup of a project; the path of its file.

    Raises `BadBackup` when the copy can't be opened (the file is removed then), `OSError` when there is no space.
    """
    stamp = datetime.now(UTC)
    folder = folder or backups_folder(ref)
    sweep(folder, ref.data_dir)
    target = folder / f"{ref.slug}-{stamp:%Y%m%dT%H%M%S%f}.opora"
    with project(ref, direct=True):
        manifest = _manifest(ref, stamp)
        write_archive(target, manifest, lambda writer: _fill(writer, ref))
    try:
        verify_backup(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return target


def sweep(*folders: Path) -> None:
    """Remove the drafts of backups that were killed more than a day ago."""
    for folder in folders:
        for path in (*folder.glob(f".*{DRAFT}"), *folder.glob(f"{DRAFTS}*")):
            if path.stat().st_mtime > time.time() - DRAFT_LIFE:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _manifest(ref: ProjectRef, stamp: datetime) -> Manifest:
    connection = connections[DEFAULT_DB_ALIAS]
    applied = applied_migrations(connection)
    return Manifest(
        slug=ref.slug,
        name=ref.name,
        vendor=connection.vendor,
        made_at=stamp.isoformat(),
        schema_version=version_of(applied),
        migrations=sorted([app, name] for app, name in applied),
    )


def _fill(writer: Writer, ref: ProjectRef) -> None:
    # The database first: every file its rows name was on the disk before them (R13.04).
    if writer.manifest.vendor == "sqlite":
        with tempfile.TemporaryDirectory(prefix=DRAFTS, dir=ref.data_dir) as folder:
            sqlite_copy.dump(writer, Path(folder))
    else:
        postgres_copy.dump(writer, postgres.schema_of(ref.key))
    for path in _files(ref):
        try:
            writer.add_file(f"files/{path.relative_to(ref.data_dir / 'files').as_posix()}", path)
        except FileNotFoundError:
            continue  # removed meanwhile, as its row in the copy will be by the clean-up


def _files(ref: ProjectRef) -> Iterator[Path]:
    return (path for path in sorted((ref.data_dir / "files").rglob("*")) if path.is_file())


def verify_backup(path: Path) -> Manifest:
    """Check every checksum of a backup and open its database; what it says of itself. Raises `BadBackup`."""
    with read_archive(path) as (archive, manifest):
        check_members(archive, manifest)
        if manifest.vendor == "sqlite":
            sqlite_copy.verify(archive, manifest)
        else:
            postgres_copy.verify(archive, manifest)
    return manifest
