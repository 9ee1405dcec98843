"""Whom a typed login or e-mail means."""

from django.db.models import Q

from opora.people.models import User

LONGEST_LOGIN = 254


def find_user(subject: str) -> User | None:
    """The user whose login or e-mail, folded, is this; a login goes before an e-mail."""
    if not subject:
        return None
    found = User.objects.select_related("role").filter(Q(login_key=subject) | Q(email_key=subject))
    return next(iter(sorted(found, key=lambda user: user.login_key != subject)), None)


def looks_like_email(text: str) -> bool:
    """Whether a text has the shape of an e-mail; whether it is one shows only a letter to it."""
    name, at, host = text.rpartition("@")
    return bool(name and at and "." in host.strip(".") and " " not in text)
