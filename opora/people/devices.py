"""Browsers in which a person has signed in before: there the right password works even while others guess (R6.06)."""

from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from opora.people import cookies
from opora.people.models import User
from opora.tenancy.context import require_project

COOKIE = "opora_device"
SECONDS = 180 * 24 * 3600


def is_known(request: HttpRequest, user: User | None) -> bool:
    """Whether the browser carries this person's mark, made since the sessions were last ended."""
    raw = request.COOKIES.get(COOKIE)
    if user is None or not raw:
        return False
    try:
        return bool(signing.loads(raw, salt=COOKIE, max_age=SECONDS) == _mark(user))
    except signing.BadSignature:
        return False


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Leave the person's mark in the browser."""
    cookies.put(request, response, COOKIE, signing.dumps(_mark(user), salt=COOKIE), SECONDS)


def _mark(user: User) -> list[str | int]:
    return [require_project().key, user.id, user.session_version]
