"""A person's own e-mail: changed only when a link sent to the new address is followed (R6.03, R6.06)."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from opora.kit.errors import Forbidden, Invalid, NotFound
from opora.kit.text import clean, fold
from opora.people import passwords
from opora.people.entry import may_use
from opora.people.journal import note
from opora.people.limits import EMAIL_DAY, EMAIL_HOUR, OWN_PASSWORD, forget, spend
from opora.people.logins import looks_like_email
from opora.people.mail import letters, links, servers
from opora.people.models import MailLink, User
from opora.people.models.mail import LinkPurpose

LENGTH = 254


def waiting(user: User) -> str:
    """The new address that waits for its link to be followed, or an empty string."""
    return str(_waiting(user).values_list("address", flat=True).first() or "")


def ask(user: User, password: str, email: str) -> None:
    """Send a link to the new address and a notice to the old one; a wish before this one is dropped.

    Raises `Invalid` by field, `RateLimited` after too many wrong passwords and above two letters an hour and five
    a day (R6.06), `Forbidden` where no letters are sent.
    """
    if not servers.can_write():
        raise Forbidden(message=_("This project sends no letters: an administrator changes the e-mail."))
    spend(OWN_PASSWORD, user.id)
    if not passwords.matches(user, password):
        raise Invalid({"password": _("This is not your current password.")})
    forget(OWN_PASSWORD, user.id)
    email = clean(email, LENGTH, field="email")
    _check(user, email)
    spend(EMAIL_HOUR, user.id)
    spend(EMAIL_DAY, user.id)
    with transaction.atomic():
        links.issue(user, LinkPurpose.EMAIL, address=email)
        letters.write_email_change.enqueue(user.pk)
        letters.announce_email(user, user.email, email, "asked")
        note("user.email_asked", user, via="page", actor=user.id, changes={"email": [user.email, email]})


def cancel(user: User) -> None:
    """Drop the wish: the link that was sent opens nothing any more."""
    _waiting(user).delete()


@transaction.atomic
def confirm(link: MailLink, address: str) -> User:
    """Whoever reads the new mailbox has followed the link: the e-mail is changed, the old address is told.

    Raises `NotFound` when the link is used up or somebody else has the e-mail by now, and what `may_use` raises for
    a person who may not come in from this network address.
    """
    user, before = link.user, link.user.email
    may_use(user, address)
    links.spend(link)
    user.email = link.address
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "email_key"])
    except IntegrityError:
        raise NotFound() from None
    note("user.email_changed", user, via="page", actor=user.id, changes={"email": [before, user.email]})
    letters.announce_email(user, before, user.email, "changed")
    return user


def _waiting(user: User) -> QuerySet[MailLink]:
    return MailLink.objects.filter(user=user, purpose=LinkPurpose.EMAIL, expires_at__gt=timezone.now())


def _check(user: User, email: str) -> None:
    if not looks_like_email(email):
        raise Invalid({"email": _("Write an e-mail, for example name@company.ru.")})
    if fold(email) == user.email_key:
        raise Invalid({"email": _("This is your e-mail already.")})
    if User.objects.filter(email_key=fold(email)).exists():
        raise Invalid({"email": _("A user with this e-mail already exists.")})
