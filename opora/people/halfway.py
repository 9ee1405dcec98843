"""A half-finished sign-in: the password was right, the code is still to come.

It lives in a signed cookie for ten minutes, is no session and opens no route but the second step (R6.07).
"""

from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from opora.people import cookies
from opora.people.models import User
from opora.tenancy.context import require_project

COOKIE = "opora_half"
SECONDS = 600
SALT = "opora.people.halfway"


@dataclass(frozen=True)
class Half:
    """Who has given the right password, and whether the session is to outlive the browser."""

    user: User
    lasting: bool


def put(request: HttpRequest, response: HttpResponseBase, half: Half) -> None:
    """Remember in the browser that the password was right."""
    user = half.user
    value = signing.dumps([require_project().key, user.id, user.session_version, half.lasting], salt=SALT)
    cookies.put(request, response, COOKIE, value, SECONDS)


def drop(response: HttpResponseBase) -> None:
    """Forget it."""
    cookies.drop(response, COOKIE)


def of(request: HttpRequest) -> Half | None:
    """The half-finished sign-in of a browser; None when there is none, or the account has changed since."""
    try:
        key, user_id, version, lasting = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS
        )
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if key != require_project().key:
        return None
    user = User.objects.select_related("role").filter(pk=user_id, session_version=version).first()
    return Half(user, bool(lasting)) if user and user.has_factor else None
