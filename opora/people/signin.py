"""Signing in (N02): limits, the hash, the status (R6.04-R6.06), and the second factor where there is one (R6.07)."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opora.kit.errors import Invalid, RateLimited
from opora.kit.text import fold
from opora.people import devices, factor, passwords
from opora.people.addresses import client_address
from opora.people.entry import let_in
from opora.people.halfway import Half
from opora.people.journal import note
from opora.people.limits import (
    FACTOR,
    FACTOR_DAY,
    FACTOR_DEVICE,
    SIGN_IN_ACCOUNT,
    SIGN_IN_ADDRESS,
    SIGN_IN_DEVICE,
    forget,
    give_back,
    spend,
)
from opora.people.logins import LONGEST_LOGIN, find_user
from opora.people.mail.letters import announce_factor
from opora.people.models import Session, User
from opora.people.sessions import open_session


@dataclass(frozen=True)
class SignedIn:
    """Who signed in, and the new session with the value of its cookie."""

    user: User
    session: Session
    key: str


def sign_in(request: HttpRequest, login: str, password: str, *, lasting: bool = True) -> SignedIn | Half:
    """Check login (or e-mail) and password and open a session; with a second factor, stop halfway.

    Raises `RateLimited` after too many failures, `Invalid` for a wrong pair (the same for known and unknown
    accounts), and `AccountBlocked` or `AddressRefused` only after the right password.
    """
    subject = fold(login)[:LONGEST_LOGIN]
    user = find_user(subject)
    address = client_address(request)
    known = devices.is_known(request, user)
    account = SIGN_IN_DEVICE if known else SIGN_IN_ACCOUNT
    tries = spend(account, subject)
    if not known:
        spend(SIGN_IN_ADDRESS, address)
    is_right = passwords.matches(user, password)  # computed for nobody too: the same time class
    if user is None or not is_right:
        note("user.sign_in_failed", user, via="page", actor=None)
        raise _wrong(_("Wrong login or password."), "password", account.hits - tries.hits, tries.left)
    let_in(user, address)
    forget(account, subject)
    if not known:
        give_back(SIGN_IN_ADDRESS, address)
    return Half(user, lasting) if user.has_factor else _enter(request, user, lasting)


def finish(request: HttpRequest, half: Half, code: str) -> SignedIn:
    """The second step: a code of the app or a recovery code opens the session.

    Guesses are counted for the account and for the address, apart from those of the password (R6.06). Raises
    `RateLimited`, `Invalid` for a wrong or used code, `AccountBlocked` or `AddressRefused`.
    """
    user, address = half.user, client_address(request)
    let_in(user, address)
    known = devices.is_known(request, user)
    limit = FACTOR_DEVICE if known else FACTOR
    tries = spend(limit, user.id)
    if not known:
        spend(SIGN_IN_ADDRESS, address)
        spend(FACTOR_DAY, user.id)
    way = factor.accept(user, code)
    if not way:
        note("user.factor_failed", user, via="page", actor=None)
        raise _wrong(_("Wrong code."), "code", limit.hits - tries.hits, tries.left)
    forget(limit, user.id)
    if not known:
        give_back(SIGN_IN_ADDRESS, address)
        give_back(FACTOR_DAY, user.id)
    entered = _enter(request, user, half.lasting)
    if way == factor.RECOVERY:
        note("user.recovery_code_used", user, via="page", actor=user.id)
        announce_factor(user, "recovery")
    return entered


def _enter(request: HttpRequest, user: User, lasting: bool) -> SignedIn:
    session, key = open_session(request, user, lasting=lasting)
    user.last_seen_at, user.last_address = timezone.now(), session.address
    user.save(update_fields=["last_seen_at", "last_address", "password"])
    note("user.signed_in", user, via="page", actor=user.id)
    return SignedIn(user, session, key)


def _wrong(words: str, field: str, left: int, seconds: float) -> Invalid | RateLimited:
    if left <= 0:
        return RateLimited(max(1, int(seconds) + 1), words)
    more = ngettext("%(n)d attempt is left.", "%(n)d attempts are left.", left) % {"n": left}
    return Invalid({field: f"{words} {more}"}, code=f"wrong_{field}")
