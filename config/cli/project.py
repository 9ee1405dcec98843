"""`opora project`: make, list and remove projects."""

import click

from opora.tenancy import provisioning


@click.group()
def command() -> None:
    """Projects: firms on this server, each with its own database."""


@command.command()
@click.argument("slug")
@click.option("--name", default="", help="What people call it; the address when left out.")
@click.option("--node", default=provisioning.MAIN_NODE, show_default=True, help="Where its database lies.")
def create(slug: str, name: str, node: str) -> None:
    """Make the project SLUG: 2 to 40 small Latin letters, digits and hyphens."""
    provisioning.prepare()
    ref = provisioning.create_project(slug, name or slug, node=node)
    click.echo(f"{ref.address} is ready.")


@command.command("list")
def list_() -> None:
    """List the projects: address, state, name."""
    provisioning.prepare()
    for row in provisioning.list_projects():
        click.echo(f"{row.slug}\t{row.status}\t{row.name}")


@command.command()
@click.argument("slug")
@click.option("--yes", is_flag=True, help="Don't ask.")
def remove(slug: str, yes: bool) -> None:
    """Remove the project SLUG with its database and files. Its address stays taken for 90 days."""
    provisioning.prepare()
    if not yes:
        click.confirm(f"Remove {slug} with everything in it?", abort=True)
    provisioning.remove_project(slug)
    click.echo(f"{slug} is removed. Its backups stay.")
