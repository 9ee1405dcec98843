"""`opora security`: from which addresses limited users get in, and the way back for who locked himself out."""

import click

from config.cli.user import VIA, in_project, inside
from opora.people import ranges
from opora.people.access import Access


@click.group()
def command() -> None:
    """Allowed addresses of a project."""


@in_project
@inside
def listing() -> None:
    """List the ranges and who is limited by them."""
    for row in ranges.all_ranges():
        click.echo(f"{row.span}\t{row.name}")
    click.echo("limited: " + (", ".join(user.login for user in ranges.limited()) or "nobody"))


@click.argument("range", metavar="RANGE")
@in_project
@click.option("--name", default="", help="What is there.")
@inside
def allow(range: str, name: str) -> None:
    """Let limited users in from RANGE: CIDR, from-to or one address."""
    ranges.add(Access.console(), range, name, via=VIA)
    click.echo(f"Limited users get in from {range}.")


@in_project
@click.option("--yes", is_flag=True, help="Do it without asking.")
@inside
def opening(yes: bool) -> None:
    """Let everybody who is limited by address in from anywhere: their status becomes active."""
    if not yes:
        click.confirm("Let them all in from anywhere?", abort=True)
    people = ranges.open_to_all(via=VIA)
    click.echo("Active again: " + (", ".join(user.login for user in people) or "nobody was limited"))


command.command("list")(listing)
command.command("allow")(allow)
command.command("open")(opening)
