"""Bringing a project back from a backup, as a new project or in the place of one."""

import dataclasses
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

from django.db import connections

from opora.tenancy import directory, hooks
from opora.tenancy.aliases import DIRECTORY
from opora.tenancy.backup import postgres_copy, sqlite_copy
from opora.tenancy.backup.archive import Manifest, check_members, extract, read_archive, safe_path
from opora.tenancy.backup.errors import BadBackup, TargetTaken
from opora.tenancy.backup.writing import write_backup
from opora.tenancy.context import ProjectRef, find_project, project
from opora.tenancy.locks import one_process
from opora.tenancy.migrating import upgrade_here
from opora.tenancy.models import Node, Project
from opora.tenancy.placement import project_folder
from opora.tenancy.provisioning import MAIN_NODE, destroy, discard, finish, new_key, reserve
from opora.tenancy.schema_version import code_migrations, code_version
from opora.tenancy.slugs import check_slug


@dataclass(frozen=True)
class Report:
    """What a restore did. `replaced` is the backup made of the project that stood there, if any."""

    project: ProjectRef
    manifest: Manifest
    rows: int
    files: int
    migrated: bool
    replaced: Path | None = None


def restore(path: Path, slug: str = "", *, replace: bool = False, keep_old: bool = True) -> Report:
    """Restore a backup at `slug` (default: its own address).

    Checks checksums, counts and schema before anything changes; migrates an older schema; afterwards sessions and
    tokens of the backup are invalid and outgoing integrations are off (`hooks.after_restore`). With `replace` the
    project that stands there is backed up first (unless `keep_old` is false) and goes when the new one is ready.
    Raises `BadBackup` (also for a newer schema or another database system), `TargetTaken`, `Invalid`.
    """
    with read_archive(path) as (archive, manifest):
        slug = check_slug(slug or manifest.slug)
        check_fits(manifest)
        check_members(archive, manifest)
        standing = find_project(slug=slug)
        if standing is None:
            return _restore_new(archive, manifest, slug)
        if not replace:
            raise TargetTaken(
                f"There is a project at {standing.address}. Say --replace to put the backup there."
            )
        return _restore_over(archive, manifest, standing, keep_old)


def check_fits(manifest: Manifest) -> None:
    """Refuse what this installation can't hold. Raises `BadBackup`."""
    vendor = connections[DIRECTORY].vendor
    if manifest.vendor != vendor:
        raise BadBackup(f"The backup is of {manifest.vendor}, this installation keeps projects in {vendor}.")
    unknown = {(app, name) for app, name in manifest.migrations} - code_migrations()
    if unknown:
        app, name = sorted(unknown)[0]
        raise BadBackup(f"The backup has a newer schema than this Opora ({app}.{name}). Upgrade first.")


def _restore_new(archive: zipfile.ZipFile, manifest: Manifest, slug: str) -> Report:
    row = reserve(slug, manifest.name, new_key(), MAIN_NODE)
    try:
        files = _load(archive, manifest, row.key)
        _make_current(ProjectRef(row.id, row.key, slug, manifest.name))
    except BaseException:
        discard(row)
        raise
    return _report(finish(row), manifest, files, None)


def _restore_over(
    archive: zipfile.ZipFile, manifest: Manifest, standing: ProjectRef, keep_old: bool
) -> Report:
    """Fill a new database, then let the address point to it: a failure leaves the old project as it was."""
    row = Project.objects.select_related("node").get(pk=standing.id)
    fresh = new_key()
    with one_process(f"project-{standing.key}"):
        _close_doors(row)
        try:
            replaced = write_backup(standing) if keep_old else None
            files = _load(archive, manifest, fresh)
            _make_current(dataclasses.replace(standing, key=fresh))
        except BaseException:
            destroy(fresh, Node.objects.get(name=MAIN_NODE))
            finish(row, row.schema_version)
            raise
        main = Node.objects.get(name=MAIN_NODE)
        Project.objects.filter(pk=row.pk).update(key=fresh, node=main)
        row.key = fresh
        ref = finish(row)
        destroy(standing.key, row.node)
    return _report(ref, manifest, files, replaced)


def _close_doors(row: Project) -> None:
    Project.objects.filter(pk=row.pk).update(status=directory.MAINTENANCE)
    directory.forget()
    # Other processes trust what they remember of the directory for this long.
    time.sleep(directory.REMEMBERED + 0.1)


def _load(archive: zipfile.ZipFile, manifest: Manifest, key: str) -> int:
    if manifest.vendor == "sqlite":
        sqlite_copy.load(archive, manifest, key)
    else:
        postgres_copy.load(archive, manifest, key)
    files = [path for path in manifest.members if path.startswith("files/")]
    for path in files:
        extract(archive, path, project_folder(key) / safe_path(path))
    (project_folder(key) / "files").mkdir(mode=0o700, parents=True, exist_ok=True)
    return len(files)


def _make_current(ref: ProjectRef) -> None:
    with project(ref, direct=True):
        upgrade_here()
        hooks.after_migrate.run(ref)
    with project(ref):
        hooks.after_restore.run(ref)


def _report(ref: ProjectRef, manifest: Manifest, files: int, replaced: Path | None) -> Report:
    return Report(
        project=ref,
        manifest=manifest,
        rows=sum(manifest.counts.values()),
        files=files,
        migrated=manifest.schema_version != code_version(),
        replaced=replaced,
    )
