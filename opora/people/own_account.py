"""What a person does with the own account: password, sessions, API keys (R6.04, R6.08, R6.09)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from opora.kit.errors import Forbidden, Invalid, NotFound
from opora.kit.text import clean, is_blank
from opora.people import passwords
from opora.people.access import Access
from opora.people.accounts import lock, must_manage
from opora.people.journal import note
from opora.people.limits import OWN_PASSWORD, forget, spend
from opora.people.mail import links
from opora.people.mail.letters import announce_password
from opora.people.models import Session, Token, User
from opora.people.sessions import end_sessions
from opora.people.switches import TOKENS
from opora.people.tokens import issue

MOST_KEYS = 50
DAYS = (30, 90, 365, 0)
"""For how long a key may be asked; 0 is without end."""


@transaction.atomic
def placed(user: User) -> User:
    """The person with role, head, department and branch, for the own profile."""
    return User.objects.select_related("role", "head", "department", "branch").get(pk=user.pk)


@transaction.atomic
def change_password(user: User, current: str, new: str, *, session_id: int) -> None:
    """Change the own password; all other sessions end (R6.04). Raises `Invalid`, `RateLimited` for guesses."""
    lock(user)
    spend(OWN_PASSWORD, user.id)
    if not passwords.matches(user, current):
        raise Invalid({"current": _("This is not your current password.")})
    forget(OWN_PASSWORD, user.id)
    if passwords.normal(current) == passwords.normal(new):
        raise Invalid({"password": _("The new password must differ from the current one.")})
    passwords.put(user, new)
    user.must_change_password = False
    links.forget(user)
    user.session_version += 1
    end_sessions(user, but=session_id)
    user.sessions.filter(pk=session_id).update(version=user.session_version)
    user.save()
    note("user.password_changed", user, via="page", actor=user.id)
    announce_password(user)


def take_letters(user: User, *, on: bool) -> None:
    """Whether notices come by e-mail too; letters about the account itself always do."""
    user.takes_letters = on
    user.save(update_fields=["takes_letters"])


def end_session(user: User, session_id: int) -> None:
    """End one session of this person. Raises `NotFound` for a session that is none of his."""
    gone, _rows = Session.objects.filter(user=user, pk=session_id).delete()
    if not gone:
        raise NotFound()
    note("user.session_ended", user, via="page", actor=user.id)


@transaction.atomic
def end_other_sessions(user: User, *, but: int) -> None:
    """End all sessions of this person but one; browsers that were remembered are strangers again."""
    user.session_version += 1
    user.save(update_fields=["session_version"])
    end_sessions(user, but=but)
    user.sessions.filter(pk=but).update(version=user.session_version)
    note("user.sessions_ended", user, via="page", actor=user.id)


@transaction.atomic
def end_all_of(access: Access, user: User) -> None:
    """End all sessions of somebody else. Raises `Forbidden`."""
    must_manage(access, user)
    user.session_version += 1
    user.save(update_fields=["session_version"])
    end_sessions(user)
    note("user.sessions_ended", user, via="page", actor=access.user_id)


def make_key(
    user: User, password: str, *, name: str, scopes: Iterable[str], ranges: Iterable[str], days: int
) -> str:
    """A new API key of this person, who proves by the password that it is him; the key is shown once.

    Raises `Invalid` by field, and `RateLimited` after too many wrong passwords.
    """
    spend(OWN_PASSWORD, user.id)
    if not passwords.matches(user, password):
        raise Invalid({"password": _("This is not your current password.")})
    forget(OWN_PASSWORD, user.id)
    name = clean(name, 100, field="name")
    if is_blank(name):
        raise Invalid({"name": _("Fill this in.")})
    if days not in DAYS:
        raise Invalid({"days": _("Choose one of the list.")})
    if user.tokens.count() >= MOST_KEYS:
        raise Invalid({"name": _("At most %(n)d keys. Revoke one first.") % {"n": MOST_KEYS}})
    wanted = list(scopes)
    if not wanted:
        raise Invalid({"scopes": _("Choose what the key may do.")})
    with transaction.atomic():
        token, key = issue(user, wanted, name=name, expires_at=_until(days), ranges=ranges)
        note("user.key_made", user, via="page", actor=user.id, changes={"key": [None, token.prefix]})
    return key


def keys_of(access: Access, user: User | None = None) -> list[Token]:
    """The keys of one person, or (for who manages them) of all. Raises `Forbidden`."""
    rows = Token.objects.select_related("owner").order_by("-id")
    if user is not None:
        return list(rows.filter(owner=user))
    if not access.has(TOKENS.name):
        raise Forbidden(TOKENS.label)
    return list(rows[:500])


@transaction.atomic
def revoke_key(access: Access, token_id: int) -> None:
    """A key stops working at once: an own one, or anybody's for who manages keys. Raises `NotFound`."""
    token = Token.objects.select_related("owner").filter(pk=token_id).first()
    if token is None or not (token.owner_id == access.user_id or access.has(TOKENS.name)):
        raise NotFound()
    token.delete()
    note(
        "user.key_revoked",
        token.owner,
        via="page",
        actor=access.user_id,
        changes={"key": [token.prefix, None]},
    )


def _until(days: int) -> datetime | None:
    return timezone.now() + timedelta(days=days) if days else None
