"""`opora user`: the accounts of a project, also the way back in when nobody else can open the door."""

from collections.abc import Callable
from typing import Any

import click
from django.utils import translation

from opora.kit.text import fold
from opora.people import accounts, factor
from opora.people.access import Access
from opora.people.limits import FACTOR, FACTOR_DAY, FACTOR_DEVICE, SIGN_IN_ACCOUNT, SIGN_IN_DEVICE, forget
from opora.people.models import AccountKind, Role, Status, User
from opora.people.seed import create_roles
from opora.records import dismissal
from opora.tenancy.context import find_project, project

VIA = "console"
in_project = click.option(
    "--project", "slug", required=True, help="The project's address, as in /projects/<slug>/."
)
the_password = click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out."
)


def inside(work: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the project its option names."""

    def run(slug: str, **options: Any) -> None:
        found = find_project(slug=slug)
        if found is None:
            raise click.ClickException(f"There is no project {slug!r}. `opora project list` shows them all.")
        with project(found):
            work(**options)

    run.__name__, run.__doc__ = work.__name__, work.__doc__
    return run


def find(login: str) -> User:
    """The user of a login in the entered project. Raises a clear error."""
    found = User.objects.select_related("role").filter(login_key=fold(login)).first()
    if found is None:
        raise click.ClickException(
            f"There is no user {login!r} in this project. `opora user list` shows them all."
        )
    return found


@click.group()
def command() -> None:
    """Users of a project."""


@in_project
@inside
def listing() -> None:
    """List the users: login, name, kind, role, status."""
    for user in User.objects.select_related("role").order_by("login_key"):
        click.echo("\t".join([user.login, user.name, user.kind, user.role.name, user.status]))


@click.argument("login")
@in_project
@the_password
@click.option("--first-name", default="", help="The login when left out.")
@click.option("--last-name", default="")
@click.option("--email", default="")
@click.option("--kind", type=click.Choice(AccountKind.values), default="manager", show_default=True)
@click.option(
    "--role", "role_name", default="", help="The name of a role; the ready one of the kind when left out."
)
@click.option("--head", "head_login", default="", help="The login of the head.")
@click.option("--language", default="", help="ru, uz or en.")
@inside
def create(
    login: str, password: str, first_name: str, last_name: str, email: str,
    kind: str, role_name: str, head_login: str, language: str,
) -> None:  # fmt: skip
    """Create a user who can sign in at once."""
    create_roles()
    new = accounts.NewUser(
        login=login,
        password=password,
        first_name=first_name or login,
        last_name=last_name,
        email=email,
        kind=kind,
        role=find_role(role_name) if role_name else None,
        head=find(head_login) if head_login else None,
        language=language,
    )
    user = accounts.create(Access.console(), new, via=VIA)
    click.echo(f"Created {user.login}.")


@click.argument("login")
@in_project
@the_password
@click.option("--must-change", is_flag=True, help="The password works once and must be changed at once.")
@inside
def password(login: str, password: str, must_change: bool) -> None:
    """Give a user a new password; all sessions of the user end."""
    accounts.give_password(Access.console(), find(login), password, via=VIA, must_change=must_change)
    click.echo(f"{login} signs in with the new password.")


@click.argument("login")
@click.argument("status", type=click.Choice(Status.values))
@in_project
@inside
def status(login: str, status: str) -> None:
    """Change the status of a user; sessions end at once, and keys too when the user may not come in any more."""
    accounts.set_status(Access.console(), find(login), status, via=VIA)
    click.echo(f"{login} is {status}.")


@click.argument("login")
@in_project
@inside
def unlock(login: str) -> None:
    """Let a user in again: forget wrong passwords and codes, and let who is limited by address in from anywhere."""
    user = find(login)
    for subject in {user.login_key, user.email_key} - {""}:
        for limit in (SIGN_IN_ACCOUNT, SIGN_IN_DEVICE):
            forget(limit, subject)
    for limit in (FACTOR, FACTOR_DEVICE, FACTOR_DAY):
        forget(limit, user.id)
    if user.status == Status.BY_ADDRESS:
        accounts.set_status(Access.console(), user, Status.ACTIVE, via=VIA)
    click.echo(f"{login} is {user.status} and may try again.")


@click.argument("login")
@in_project
@inside
def reset_factor(login: str) -> None:
    """Switch off the second factor of a user who lost phone and recovery codes; all sessions of the user end."""
    gone = factor.reset(Access.console(), find(login), via=VIA)
    click.echo(f"{login} signs in with the password alone." if gone else f"{login} has no second factor.")


@click.argument("login")
@in_project
@click.option("--yes", is_flag=True, help="Do it without asking.")
@inside
def dismiss(login: str, yes: bool) -> None:
    """Dismiss a user for good: say what goes to whom, ask, and hand everything over."""
    user = find(login)
    with translation.override("en"):
        found = dismissal.plan(Access.console(), user)
        for label, number in found.parts:
            click.echo(f"{label}: {number} -> {found.heir.login}")
    click.echo(
        f"Saved views: {found.views}, employees: {', '.join(found.reports) or '-'} -> {found.heir.login}"
    )
    click.echo(
        f"Ends: {found.sessions} sessions, {found.keys} keys, groups: {', '.join(found.groups) or '-'}"
    )
    if found.parting:
        click.echo(f"Will not see each other's records any more: {', '.join(found.parting)}")
    if not yes:
        click.confirm(f"Dismiss {login}?", abort=True)
    waiting = dismissal.dismiss(Access.console(), user, via=VIA)
    click.echo(f"{login} is dismissed." + (f" A job hands over {waiting} records." if waiting else ""))


def find_role(name: str) -> Role:
    """The role of a name or key in the entered project. Raises a clear error."""
    roles = list(Role.objects.order_by("id"))
    found = next((role for role in roles if fold(name) in (fold(role.name), role.key)), None)
    if found is None:
        names = ", ".join(role.name for role in roles)
        raise click.ClickException(f"There is no role {name!r}. There are: {names}.")
    return found


for work in (create, password, status, unlock, reset_factor, dismiss):
    command.command()(work)
command.command("list")(listing)
