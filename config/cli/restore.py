"""`opora restore`: bring a project back from a backup."""

from pathlib import Path

import click

from opora.tenancy.backup.restoring import restore
from opora.tenancy.provisioning import prepare


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--project", "slug", default="", metavar="SLUG", help="At this address instead of its own.")
@click.option("--replace", is_flag=True, help="In the place of the project that stands there.")
@click.option("--without-backup", is_flag=True, help="With --replace: don't back up what stands there first.")
def command(file: Path, slug: str, replace: bool, without_backup: bool) -> None:
    """Restore the backup FILE.

    Checksums, counts and schema are checked first; an older schema is migrated, a newer one refused. Sessions and
    tokens of the backup no longer work, outgoing integrations are off.
    """
    prepare()
    report = restore(file, slug, replace=replace, keep_old=not without_backup)
    click.echo(f"{report.project.address} is as it was at {report.manifest.made_at}:")
    click.echo(f"  {report.rows} rows, {report.files} files{', migrated' if report.migrated else ''}")
    if report.replaced:
        click.echo(f"  what stood there before: {report.replaced}")
