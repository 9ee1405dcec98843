"""The second factor of a person: an authenticator app, and recovery codes for when it is lost (R6.07).

A key of the API needs none: it is made in a session that had to pass the second step, and work of programs (leads
above all) must not stop at the moment a role begins to ask people for one. Signing in needs one from the next request.
"""

import hashlib
import secrets
import time
import unicodedata
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from opora.kit.errors import Forbidden, Invalid
from opora.people import passwords, totp
from opora.people.access import Access
from opora.people.accounts import lock, must_manage
from opora.people.journal import note
from opora.people.limits import FACTOR, OWN_PASSWORD, forget, spend
from opora.people.mail.letters import announce_factor
from opora.people.models import RecoveryCode, SecondFactor, User
from opora.people.seals import seal, unseal
from opora.people.sessions import end_sessions
from opora.tenancy.context import require_project

CODES = 10
CODE_LENGTH, CODE_GROUP = 16, 4
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 letters that nobody mixes up: sixteen of them are 80 random bits, so a plain hash keeps them."""
APP, RECOVERY = "app", "recovery"
LIFE = 30 * 60
"""Seconds in which a proposed secret may be confirmed."""


@dataclass(frozen=True)
class Proposal:
    """A secret that is not stored yet: as it is shown, and sealed for the form that confirms it."""

    secret: str
    sealed: str
    address: str

    @property
    def spoken(self) -> str:
        """The secret in groups of four, to be typed by hand."""
        return _grouped(self.secret)


def propose(user: User, sealed: str = "") -> Proposal:
    """A new secret for a person, or the one a form that was refused has shown already."""
    secret = _opened(user, sealed) or totp.new_secret()
    kept = seal(f"{user.id}:{int(time.time())}:{secret}")
    return Proposal(secret, kept, totp.address(secret, user.login, f"Opora {require_project().name}"))


@transaction.atomic
def switch_on(
    user: User, *, password: str, sealed: str, code: str, old_code: str, session_id: int
) -> list[str]:
    """Switch the second factor on, or move it to another app; gives the recovery codes, which are shown once.

    Asks for the password, a code of the new app and, to replace, one of the old. All other sessions end.
    Raises `Invalid` by field, `RateLimited` after too many wrong ones.
    """
    lock(user)
    _prove_password(user, password)
    if user.has_factor:
        _prove_code(user, old_code, field="old_code")
    secret = _opened(user, sealed)
    if not secret:
        raise Invalid({"code": _("This page is too old. Scan the new code.")})
    step = totp.matching_step(secret, plain(code), time.time())
    if step is None:
        raise Invalid({"code": _("This is not the code the app shows now.")})
    values = {"secret_sealed": seal(secret), "last_step": step, "created_at": timezone.now()}
    SecondFactor.objects.update_or_create(user=user, defaults=values)
    codes = _new_codes(user)
    _store(user, True, session_id)
    note("user.factor_on", user, via="page", actor=user.id)
    announce_factor(user, "on")
    return codes


@transaction.atomic
def switch_off(user: User, *, password: str, code: str, session_id: int) -> None:
    """Remove the own second factor: needs the password and a code (R6.07). All other sessions end.

    Raises `Invalid`, `RateLimited`, and `Forbidden` while the role asks for a second factor.
    """
    lock(user)
    if user.role.needs_factor:
        raise Forbidden(message=_("Your role needs a second factor: it can be moved, not removed."))
    _prove(user, password, code)
    _forget(user)
    _store(user, False, session_id)
    note("user.factor_off", user, via="page", actor=user.id)
    announce_factor(user, "off")


@transaction.atomic
def renew_codes(user: User, *, password: str, code: str) -> list[str]:
    """Ten new recovery codes; the ones before stop working. Raises `Invalid`, `RateLimited`."""
    _prove(user, password, code)
    codes = _new_codes(user)
    note("user.factor_codes", user, via="page", actor=user.id)
    announce_factor(user, "codes")
    return codes


@transaction.atomic
def reset(access: Access, user: User, *, via: str) -> bool:
    """Take somebody else's second factor away, for who lost phone and codes: sessions end, a letter tells of it.

    Gives whether there was one. Raises `Forbidden`; nobody resets the own one, which needs password and code.
    """
    must_manage(access, user)
    if user.pk == access.user_id:
        raise Forbidden(message=_("Your own second factor is changed in your profile."))
    lock(user)
    if not user.has_factor:
        return False
    _forget(user)
    _store(user, False, 0)
    note("user.factor_reset", user, via=via, actor=access.user_id or None)
    announce_factor(user, "reset")
    return True


def accept(user: User, code: str) -> str:
    """Which factor a code belongs to, `APP` or `RECOVERY`, or an empty string. An accepted code is used up."""
    sent = plain(code)
    if len(sent) == totp.DIGITS and sent.isascii() and sent.isdigit():
        return APP if _use_step(user, sent) else ""
    gone, _rows = RecoveryCode.objects.filter(user=user, code_hash=_hash(user, sent)).delete()
    return RECOVERY if gone else ""


def codes_left(user: User) -> int:
    """How many recovery codes a person still has."""
    return user.recovery_codes.count()


def is_readable(user: User) -> bool:
    """Whether this installation can check the app's codes: not after a restore with another key (R3.06)."""
    row = SecondFactor.objects.filter(user=user).first()
    return bool(row and unseal(row.secret_sealed))


def plain(code: str) -> str:
    """A code as it is compared: no blanks and dashes, capital letters."""
    text = unicodedata.normalize("NFKC", code[:100]).upper()
    return "".join(char for char in text if not (char.isspace() or char in "-–—‑"))


def _use_step(user: User, code: str) -> bool:
    """Spend a code of the app. A step is taken once, and by one of two requests at once (R6.07).

    A step far ahead was stored by a clock that ran ahead: it bars nobody (R14.03).
    """
    row, now = SecondFactor.objects.filter(user=user).first(), time.time()
    secret = unseal(row.secret_sealed) if row else ""
    step = totp.matching_step(secret, code, now) if secret else None
    if step is None:
        return False
    ahead = int(now // totp.PERIOD) + totp.DRIFT
    fresh = SecondFactor.objects.filter(Q(last_step__lt=step) | Q(last_step__gt=ahead), user=user)
    return bool(fresh.update(last_step=step))


def _prove(user: User, password: str, code: str) -> None:
    _prove_password(user, password)
    _prove_code(user, code, field="code")


def _prove_password(user: User, password: str) -> None:
    spend(OWN_PASSWORD, user.id)
    if not passwords.matches(user, password):
        raise Invalid({"password": _("This is not your current password.")})
    forget(OWN_PASSWORD, user.id)


def _prove_code(user: User, code: str, *, field: str) -> None:
    spend(FACTOR, user.id)
    if not accept(user, code):
        raise Invalid({field: _("This code does not fit. A code works once.")})
    forget(FACTOR, user.id)


def _opened(user: User, sealed: str) -> str:
    """The secret a form carries, if it was proposed to this person less than half an hour ago."""
    owner, _colon, rest = (unseal(sealed) or "").partition(":")
    made, _colon, secret = rest.partition(":")
    return secret if owner == str(user.id) and abs(time.time() - int(made)) < LIFE else ""


def _new_codes(user: User) -> list[str]:
    """Ten fresh codes instead of those before, as they are shown; only their hashes are stored."""
    user.recovery_codes.all().delete()
    codes = ["".join(secrets.choice(ALPHABET) for _letter in range(CODE_LENGTH)) for _code in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_hash(user, code)) for code in codes)
    return [_grouped(code, "-") for code in codes]


def _store(user: User, has_factor: bool, session_id: int) -> None:
    """Keep whether there is one; the person's other sessions and remembered browsers end."""
    user.has_factor = has_factor
    user.session_version += 1
    user.save(update_fields=["has_factor", "session_version"])
    end_sessions(user, but=session_id)
    user.sessions.filter(pk=session_id).update(version=user.session_version)


def _forget(user: User) -> None:
    SecondFactor.objects.filter(user=user).delete()
    user.recovery_codes.all().delete()


def _grouped(text: str, between: str = " ") -> str:
    return between.join(text[start : start + CODE_GROUP] for start in range(0, len(text), CODE_GROUP))


def _hash(user: User, code: str) -> str:
    """The stored form of a recovery code, bound to project and person (R3.01)."""
    return hashlib.sha256(f"{require_project().key}:recovery:{user.id}:{code}".encode()).hexdigest()
