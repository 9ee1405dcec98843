"""`opora backup`: write a backup of one project or of all."""

from pathlib import Path

import click

from opora.tenancy.backup.writing import verify_backup, write_backup
from opora.tenancy.context import find_project
from opora.tenancy.provisioning import list_projects, prepare


@click.command()
@click.option("--project", "slug", default="", metavar="SLUG", help="Only this project.")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the files (default: DATA/backups/SLUG).",
)
@click.option(
    "--verify",
    "existing",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check this backup instead of making one.",
)
def command(slug: str, folder: Path | None, existing: Path | None) -> None:
    """Write backups while people work: database, files, checksums; each one is opened and checked."""
    prepare()
    if existing is not None:
        manifest = verify_backup(existing)
        click.echo(f"{existing} is whole: {manifest.slug} of {manifest.made_at}.")
        return
    refs = [find_project(key=row.key) for row in list_projects() if slug in ("", row.slug)]
    if slug and not refs:
        raise LookupError(f"There is no project {slug!r}.")
    for ref in filter(None, refs):
        click.echo(write_backup(ref, folder))
