"""The letters themselves: each is a job, written in the language of whoever gets it.

A job carries no key: it makes the link when it writes, so no link is ever stored in a readable form.
"""

from contextlib import suppress

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opora.jobs.running import GiveUp
from opora.jobs.tasks import task
from opora.kit.errors import Refusal
from opora.people.entry import may_use
from opora.people.logins import find_user
from opora.people.mail import links, posting, servers
from opora.people.models import MailLink, Status, User
from opora.people.models.mail import LinkPurpose
from opora.tenancy.context import require_project

EMAIL_NEWS = {
    "asked": gettext_lazy(
        "The e-mail of your account in “%(project)s” is asked to become %(email)s. "
        "It does when the link sent there is followed; a change of your password stops it."
    ),
    "changed": gettext_lazy("The e-mail of your account in “%(project)s” is %(email)s now."),
}
FACTOR_NEWS = {
    "on": gettext_lazy("The second factor of your account in “%(project)s” is switched on."),
    "off": gettext_lazy("The second factor of your account in “%(project)s” is switched off."),
    "reset": gettext_lazy(
        "An administrator has switched off the second factor of your account in “%(project)s”."
    ),
    "codes": gettext_lazy("New recovery codes for your account in “%(project)s” have been made."),
    "recovery": gettext_lazy("Somebody signed in to your account in “%(project)s” with a recovery code."),
}


@task(atomic=False, max_attempts=8)
def write_invitation(user_id: int) -> None:
    """Invite a person who waits for it."""
    user = User.objects.filter(pk=user_id, status=Status.ACTIVATION).exclude(email="").first()
    if user is None or not servers.can_write():
        return
    with translation.override(user.language or translation.get_language()):
        where = links.address_of(links.issue(user, LinkPurpose.INVITATION))
        text = _(
            "Hello, %(name)s!\n\nYou are invited to “%(project)s” in Opora.\nChoose a password and come in:\n"
            "%(link)s\n\nThe link works once, for 24 hours. If you expected no invitation, do nothing."
        )
        _post(user, _("Invitation to “%(project)s”"), text, where)


@task(atomic=False, max_attempts=8)
def write_reset(user_id: int) -> None:
    """Send a person a link that sets a new password."""
    user = User.objects.filter(pk=user_id).exclude(email="").first()
    if user is None or not user.may_enter or not servers.can_write():
        return
    with translation.override(user.language or translation.get_language()):
        where = links.address_of(links.issue(user, LinkPurpose.RESET))
        text = _(
            "Hello, %(name)s!\n\nThis link sets a new password for “%(project)s”:\n%(link)s\n\n"
            "It works once, for 24 hours. If you did not ask for it, do nothing: the old password still works."
        )
        _post(user, _("New password for “%(project)s”"), text, where)


@task(atomic=False, max_attempts=8)
def answer_forgotten(subject: str, address: str) -> None:
    """Somebody at this network address asked for a new password; whether there is such a user is found out here.

    The page has answered already, the same for known and unknown accounts (R6.05).
    """
    user = find_user(subject)
    if user is None or not user.email:
        return
    with suppress(Refusal):
        may_use(user, address)
        write_reset.call(user.pk)


@task(atomic=False, max_attempts=8)
def tell_of_password(user_id: int) -> None:
    """Tell a person that the password is another one now (R6.04)."""
    user = User.objects.filter(pk=user_id).exclude(email="").first()
    if user is None:
        return
    with translation.override(user.language or translation.get_language()):
        text = _(
            "Hello, %(name)s!\n\nYour password for “%(project)s” has been changed.\n\n"
            "If it was not you, tell your administrator at once."
        )
        _post(user, _("The password for “%(project)s” is changed"), text)


@task(atomic=False, max_attempts=8)
def write_email_change(user_id: int) -> None:
    """Send the link that confirms a new e-mail to that very address, if the wish still stands."""
    user = User.objects.filter(pk=user_id).first()
    wish = MailLink.objects.filter(user_id=user_id, purpose=LinkPurpose.EMAIL).first()
    if user is None or wish is None or not user.may_enter or not servers.can_write():
        return
    with translation.override(user.language or translation.get_language()):
        where = links.address_of(links.issue(user, LinkPurpose.EMAIL, address=wish.address))
        text = _(
            "Hello, %(name)s!\n\nThis link makes this address the e-mail of your account in “%(project)s”:\n"
            "%(link)s\n\nIt works once, for 24 hours. If you did not ask for it, do nothing."
        )
        _post(user, _("Confirm the e-mail for “%(project)s”"), text, where, to=wish.address)


@task(atomic=False, max_attempts=8)
def tell_of_email(user_id: int, old: str, new: str, what: str) -> None:
    """Tell the old address that another one is asked for, or in force; `what` is a key of `EMAIL_NEWS`."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return
    with translation.override(user.language or translation.get_language()):
        text = _("Hello, %(name)s!\n\n%(news)s\n\nIf it was not you, tell your administrator at once.")
        news = str(EMAIL_NEWS[what]) % {"project": require_project().name, "email": new}
        _post(user, _("The e-mail of your account in “%(project)s”"), text, to=old, news=news)


def announce_email(user: User, old: str, new: str, what: str) -> None:
    """Ask for the letter above, where letters are sent and there was an old address."""
    if old and servers.current():
        tell_of_email.enqueue(user.pk, old, new, what)


def write_of_share(user: User, who: str, title: str, where: str) -> None:
    """Tell a person that a record is shared with him; `where` is its address inside the project."""
    with translation.override(user.language or translation.get_language()):
        text = _(
            "Hello, %(name)s!\n\n%(news)s\n%(link)s\n\nThese letters are switched off in your profile: “About me”."
        )
        news = _("%(who)s has shared with you: %(title)s") % {"who": who, "title": title}
        link = f"{servers.site()}{require_project().address}{where}"
        _post(user, _("Shared with you in “%(project)s”"), text, link, news=news)


@task(atomic=False, max_attempts=8)
def tell_of_factor(user_id: int, what: str) -> None:
    """Tell a person what became of the second factor (R6.07); `what` is a key of `FACTOR_NEWS`."""
    user = User.objects.filter(pk=user_id).exclude(email="").first()
    if user is None:
        return
    with translation.override(user.language or translation.get_language()):
        text = _("Hello, %(name)s!\n\n%(news)s\n\nIf it was not you, tell your administrator at once.")
        news = str(FACTOR_NEWS[what]) % {"project": require_project().name}
        _post(user, _("Signing in to “%(project)s”"), text, news=news)


def announce_factor(user: User, what: str) -> None:
    """Ask for the letter above, where letters are sent and the person has an e-mail."""
    if user.email and servers.current():
        tell_of_factor.enqueue(user.pk, what)


def announce_password(user: User) -> None:
    """Ask for the letter above, where letters are sent and the person has an e-mail."""
    if user.email and servers.current():
        tell_of_password.enqueue(user.pk)


def _post(user: User, subject: str, text: str, link: str = "", *, to: str = "", news: str = "") -> None:
    """Write to a person, at the own e-mail or at `to`.

    Raises `NotPosted`, which is tried again, or `GiveUp` when the letter itself is refused.
    """
    server = servers.current()
    if server is None:
        return
    words = {"name": user.name, "project": require_project().name, "link": link, "news": news}
    try:
        made = posting.letter(server, to or user.email, subject % words, text % words)
        posting.post(server, made)
    except (posting.LetterRefused, ValueError) as error:
        raise GiveUp("The mail server refuses the sender or the recipient.") from error
