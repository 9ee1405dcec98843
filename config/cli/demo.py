"""`opora demo`: the demo project."""

import click

from opora.demo import making
from opora.tenancy import provisioning


@click.command()
@click.option("--project", "slug", default=making.SLUG, show_default=True, help="Its address.")
@click.option("--reset", is_flag=True, help="Make it anew: everything done in it is lost.")
def command(slug: str, reset: bool) -> None:
    """Make the demo project: a believable firm with a year of history, logins demo and demosuper.

    One that is there stays as it is. A project of a customer is never touched.
    """
    provisioning.prepare()
    ref = making.make_anew(slug) if reset else making.make_if_missing(slug)
    click.echo(f"{ref.address} is ready: login demo, password demo.")
