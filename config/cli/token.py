"""`opora token`: API keys of a project."""

from datetime import timedelta

import click
from django.utils import timezone

from config.cli.user import find, in_project, inside
from opora.people.models import Token
from opora.people.models.token import TokenScope
from opora.people.tokens import issue


@click.group()
def command() -> None:
    """API keys: what a program shows instead of a password."""


@in_project
@click.option(
    "--user", "login", required=True, help="The owner's login: the key never may more than the owner."
)
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(TokenScope.values),
    multiple=True,
    required=True,
    help="May be repeated.",
)
@click.option("--name", default="", help="What the key is for.")
@click.option("--days", type=click.IntRange(min=1), help="How long it works; without end when left out.")
@click.option(
    "--from", "ranges", multiple=True, help="Addresses it works from (CIDR or from-to). May be repeated."
)
@inside
def create(login: str, scopes: tuple[str, ...], name: str, days: int | None, ranges: tuple[str, ...]) -> None:
    """Make a key and print it, and nothing else. It is shown only now."""
    expires = timezone.now() + timedelta(days=days) if days else None
    _token, key = issue(find(login), scopes, name=name, expires_at=expires, ranges=ranges)
    click.echo(key)


@in_project
@inside
def listing() -> None:
    """List the keys: beginning, owner, scopes, until when, name."""
    for token in Token.objects.select_related("owner").order_by("id"):
        until = token.expires_at.date().isoformat() if token.expires_at else "-"
        click.echo("\t".join([token.prefix, token.owner.login, ",".join(token.scopes), until, token.name]))


@click.argument("prefix")
@in_project
@inside
def revoke(prefix: str) -> None:
    """Revoke the key that begins so: it stops working at once."""
    found = list(Token.objects.filter(prefix=prefix))
    if not found:
        raise click.ClickException(f"No key begins with {prefix!r}. `opora token list` shows them all.")
    for token in found:
        token.delete()
    click.echo(f"Revoked {prefix}.")


for work in (create, revoke):
    command.command()(work)
command.command("list")(listing)
