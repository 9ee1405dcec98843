"""Links that open an account once: made, found and spent (R6.03, R6.13, R6.14)."""

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from opora.kit.errors import NotFound
from opora.people.mail import servers
from opora.people.models import MailLink, Status, User
from opora.people.models.mail import LinkPurpose
from opora.tenancy.context import require_project

LIFE = timedelta(hours=24)
LONGEST_KEY = 100


def issue(user: User, purpose: str, *, address: str = "") -> str:
    """A new key for the account; the one before it stops working. It is stored nowhere but as its hash.

    `address` is the new e-mail a link of that purpose is for; all others are bound to the one the account has.
    """
    key, now = secrets.token_urlsafe(32), timezone.now()
    MailLink.objects.update_or_create(
        user=user,
        purpose=purpose,
        defaults={
            "key_hash": _hash(key),
            "address": address or user.email_key,
            "created_at": now,
            "expires_at": now + LIFE,
        },
    )
    return key


def address_of(key: str, base: str = "") -> str:
    """The address of a link: on the configured site, else on the one given."""
    return f"{servers.site() or base.rstrip('/')}{require_project().address}link/{key}/"


def find(key: str) -> MailLink:
    """The living link of a key. Raises `NotFound` when it is used, old, or the account has changed since."""
    rows = MailLink.objects.select_related("user__role").filter(expires_at__gt=timezone.now())
    link = rows.filter(key_hash=_hash(key)).first() if len(key) <= LONGEST_KEY else None
    if link is None or not _fits(link):
        raise NotFound()
    return link


def spend(link: MailLink) -> None:
    """Use the link up. Raises `NotFound` when another request has done so meanwhile."""
    gone, _rows = MailLink.objects.filter(pk=link.pk, key_hash=link.key_hash).delete()
    if not gone:
        raise NotFound()


def forget(user: User) -> None:
    """No link of this person works any more."""
    MailLink.objects.filter(user=user).delete()


def _fits(link: MailLink) -> bool:
    if link.purpose == LinkPurpose.EMAIL:
        return link.user.may_enter
    if link.address != link.user.email_key:
        return False
    if link.purpose == LinkPurpose.INVITATION:
        return link.user.status == Status.ACTIVATION
    return link.user.may_enter


def _hash(key: str) -> str:
    return hashlib.sha256(f"{require_project().key}:link:{key}".encode()).hexdigest()
