"""Rules of passwords (R6.04) and their checking in the same time for known and unknown accounts (R6.05)."""

import unicodedata
from functools import cache

from django.contrib.auth.hashers import make_password, verify_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.utils import timezone
from django.utils.translation import gettext as _

from opora.kit.errors import Invalid
from opora.kit.text import fold
from opora.people.models import User
from opora.people.security import rules

LONGEST = 128


def normal(password: str) -> str:
    """The password that is hashed: NFKC, so that another keyboard's way to write the same letters still matches."""
    return unicodedata.normalize("NFKC", password)


def hint() -> str:
    """The rule in force, as fields for a new password say it."""
    return _("At least %(n)d characters, not one of the commonest.") % {"n": rules().password_length}


@cache
def commonest() -> frozenset[str]:
    """The commonest passwords, folded. The list is the one bundled with Django."""
    return frozenset(fold(word) for word in CommonPasswordValidator().passwords)


def check_rules(password: str, user: User | None = None, *, field: str = "password") -> None:
    """Raise `Invalid` when a new password is too short, too long, too common or the person's own login."""
    text = normal(password)
    shortest = rules().password_length
    if len(text) < shortest:
        raise Invalid({field: _("At least %(n)d characters.") % {"n": shortest}})
    if len(text) > LONGEST:
        raise Invalid({field: _("At most %(n)d characters.") % {"n": LONGEST}})
    if fold(text) in commonest():
        raise Invalid({field: _("This password is one of the commonest. Choose another one.")})
    if user and fold(text) in {fold(user.login), fold(user.email), fold(user.name)} - {""}:
        raise Invalid({field: _("The password must differ from the login, the e-mail and the name.")})


def put(user: User, password: str, *, checked: bool = True) -> None:
    """Set a user's password, in memory. `checked=False` is for demo logins, which are exempt (R6.04).

    Raises `Invalid` when a rule of passwords is broken.
    """
    if checked:
        check_rules(password, user)
    user.password = make_password(normal(password))
    user.password_changed_at = timezone.now()


@cache
def _nobody() -> str:
    """A hash that takes as long as a real one to check, for accounts that don't exist."""
    return make_password("nobody has this password")


def matches(user: User | None, password: str) -> bool:
    """Whether the password is the user's. The hash is computed also when there is no such user.

    An accepted password whose hash was made with other settings gets a new hash, in memory.
    """
    encoded = user.password if user and user.password else _nobody()
    right, outdated = verify_password(normal(password)[: LONGEST + 1], encoded)
    if right and outdated and user:
        user.password = make_password(normal(password))
    return right and user is not None
