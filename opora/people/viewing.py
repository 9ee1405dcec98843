"""Seeing the CRM as another person sees it: an administrator's own session, read-only, logged, left by one click."""

from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Forbidden
from opora.people import cookies
from opora.people.access import Access
from opora.people.journal import note
from opora.people.models import Session, User
from opora.people.switches import GENERAL, ROLES, SWITCHES
from opora.tenancy.context import require_project

COOKIE = "opora_view_as"
SECONDS = 3600
SALT = "opora.people.viewing"


def may_view(access: Access, target: User) -> bool:
    """Whether a person may look through another's eyes: never with rights of authorisation one lacks oneself (N08)."""
    if not access.has(ROLES.name) or target.pk == access.user_id or not target.may_enter:
        return False
    if target.is_director:
        return False
    apart = {name for name in target.role.switches if name in SWITCHES and SWITCHES[name].area != GENERAL}
    return all(access.has(name) for name in apart)


def begin(request: HttpRequest, response: HttpResponseBase, session: Session, target: User) -> None:
    """Look as `target` from the next request on, for an hour at most. Raises `Forbidden`."""
    if not may_view(Access.of(session.user), target):
        raise Forbidden(_("seeing the CRM as this person"))
    value = signing.dumps([require_project().key, session.pk, target.pk], salt=SALT)
    cookies.put(request, response, COOKIE, value, SECONDS)
    note("user.viewed_as", target, via="page", actor=session.user_id)


def end(response: HttpResponseBase, viewer: User, target: User) -> None:
    """Be oneself again."""
    cookies.drop(response, COOKIE)
    note("user.view_ended", target, via="page", actor=viewer.pk)


def viewed(request: HttpRequest, session: Session) -> User | None:
    """The person this session looks as; None also when the right to do so has gone meanwhile."""
    value = request.COOKIES.get(COOKIE, "")
    if not value:
        return None
    try:
        key, session_id, user_id = signing.loads(value, salt=SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    if (key, session_id) != (require_project().key, session.pk):
        return None
    target = User.objects.select_related("role", "department").filter(pk=user_id).first()
    return target if target and may_view(Access.of(session.user), target) else None
