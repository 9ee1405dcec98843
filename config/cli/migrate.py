"""`opora migrate`: bring every project to the schema of the code."""

import click

from opora.tenancy.backup.writing import write_backup
from opora.tenancy.context import ProjectRef, find_project
from opora.tenancy.migrating import Outcome, migrate_all, pending
from opora.tenancy.provisioning import list_projects, prepare


@click.command()
@click.option("--project", "slug", default="", metavar="SLUG", help="Only this project.")
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when something waits.")
@click.option("--without-backup", is_flag=True, help="Don't back each project up first.")
def command(slug: str, check: bool, without_backup: bool) -> None:
    """Migrate the projects to the schema of this version, each after a backup.

    Killed at any moment it is simply started again. A project that fails stays in maintenance with its data as
    they were; the others go on.
    """
    if check:
        check_only(slug)
        return
    outcomes = migrate_all(slug, backup=None if without_backup else write_backup, tell=tell)
    failed = [outcome for outcome in outcomes if outcome.result == "failed"]
    if failed:
        raise click.ClickException(
            f"{len(failed)} of {len(outcomes)} projects failed and are in maintenance."
        )


def tell(outcome: Outcome) -> None:
    """One line for one project."""
    click.echo(f"{outcome.slug}\t{outcome.result}\t{outcome.seconds:.2f} s\t{outcome.error}".rstrip())


def check_only(slug: str) -> None:
    """Say what waits, and fail when anything does."""
    prepare()
    waiting = 0
    for row in list_projects():
        ref = find_project(key=row.key) if slug in ("", row.slug) else None
        missing = waits(ref)
        if missing:
            waiting += 1
            click.echo(f"{row.slug}\t{', '.join(missing)}")
    if waiting:
        raise click.ClickException(f"{waiting} projects wait for `opora migrate`.")


def waits(ref: ProjectRef | None) -> list[str]:
    """The migrations that a project lacks."""
    return pending(ref) if ref else []
