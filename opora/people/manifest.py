"""What people register with the floors below: routes' check, streams' sight, a project's first and restored day."""

from opora.jobs import live
from opora.people import checks
from opora.people.mail import servers
from opora.people.models import MailLink, Session, Token
from opora.people.seed import create_roles
from opora.people.streams import recognise
from opora.tenancy import hooks
from opora.tenancy.context import ProjectRef

__all__ = ["checks"]


@hooks.after_create.register
def ready_roles(project: ProjectRef) -> None:
    """A new project starts with the ready roles."""
    create_roles()


@hooks.after_restore.register
def end_all(project: ProjectRef) -> None:
    """A restored project starts without the sessions, keys and links of the copy, its letters off (R13.06, R3.06)."""
    Session.objects.all().delete()
    Token.objects.all().delete()
    MailLink.objects.all().delete()
    servers.switch_off()


live.recognise_with(recognise)
