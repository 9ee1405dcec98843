"""Ways into an account that begin with a link: invitation, and a new password (R6.03, R6.13, U02)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Forbidden
from opora.people import accounts, passwords
from opora.people.access import Access
from opora.people.entry import may_use
from opora.people.journal import note
from opora.people.mail import letters, links, servers
from opora.people.models import MailLink, Status, User
from opora.people.models.mail import LinkPurpose
from opora.people.sessions import end_sessions


@transaction.atomic
def send(access: Access, user: User, *, via: str) -> str:
    """Send the link that fits the account: an invitation, or one that sets a new password.

    Gives the key to pass on by hand where no letter can be sent, else an empty string. Raises `Forbidden`.
    """
    accounts.must_manage(access, user)
    accounts.spare_own(access, user)
    is_invited = user.status == Status.ACTIVATION
    if not (is_invited or user.may_enter):
        raise Forbidden(_("sending a link to a closed account"))
    note("user.link_sent", user, via=via, actor=access.user_id or None)
    if not (user.email and servers.can_write()):
        return links.issue(user, LinkPurpose.INVITATION if is_invited else LinkPurpose.RESET)
    (letters.write_invitation if is_invited else letters.write_reset).enqueue(user.pk)
    return ""


@transaction.atomic
def open_by(link: MailLink, password: str, address: str) -> User:
    """Set the password that whoever followed the link has chosen; an invited account becomes active.

    Raises `Invalid` for a weak password, `NotFound` when the link is used up, `AddressRefused` for a person who
    is limited by address and is elsewhere. All sessions end.
    """
    user = link.user
    accounts.lock(user)
    if link.purpose == LinkPurpose.RESET:
        may_use(user, address)
    passwords.put(user, password)
    links.spend(link)
    links.forget(user)
    before, user.must_change_password = user.status, False
    if link.purpose == LinkPurpose.INVITATION:
        user.status = Status.ACTIVE
    user.session_version += 1
    end_sessions(user)
    user.save()
    changes = {"status": [before, user.status]} if before != user.status else {}
    name = "user.activated" if changes else "user.password_reset"
    note(name, user, via="page", actor=user.id, changes=changes)
    if not changes:
        letters.announce_password(user)
    return user
