"""Who is here, and whether the route lets them in: everything is refused that is not declared open."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opora.jobs.origin import Origin, acting
from opora.kit.errors import Forbidden, Refusal
from opora.people import agents, presence
from opora.people.access import Access
from opora.people.addresses import client_address
from opora.people.entry import let_in
from opora.people.guards import Guard, guard_of
from opora.people.limits import API_REQUESTS, API_WRITES, spend
from opora.people.models import Token, User
from opora.people.models.token import TokenScope
from opora.people.sessions import find_session
from opora.people.tokens import authenticate
from opora.people.viewing import viewed
from opora.tenancy.context import current_project
from opora.ui.htmx import redirect
from opora.ui.refusals import API_PREFIX, respond

Next = Callable[[HttpRequest], HttpResponseBase]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Nobody:
    """The user of a request that nobody signed."""

    id = None
    is_authenticated = False
    language = theme = time_zone = name = ""


class SignInMiddleware:
    """Puts `user`, `access`, `session_row` and `token` on the request, and asks the view's guard before it runs."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        _set(
            request,
            user=Nobody(),
            access=Access.nobody(),
            session_row=None,
            token=None,
            refusal=None,
            viewer=None,
        )
        if current_project():
            try:
                _identify(request)
            except Refusal as refusal:
                _set(request, refusal=refusal)
        user: Any = request.user
        with timezone.override(_zone(user.time_zone)), _acting(request, user.id):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], parts: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Ask the guard. A view without one is refused to everybody (R2.03)."""
        guard = guard_of(view)
        try:
            if guard is None:
                raise Forbidden(code="undeclared_route")
            if request.refusal and not guard.is_public:  # type: ignore[attr-defined]
                raise request.refusal  # type: ignore[attr-defined]
            due = "" if guard.is_public or _owes_nothing(request) else first_due(request.user, guard)
            if due:
                return _to_due(request, due)
            guard.check(request, parts)
            if viewer_of(request) and request.method not in SAFE and not guard.ends_viewing:
                raise Forbidden(
                    code="read_only", message=_("You only look here as another person. Leave first.")
                )
        except Refusal as refusal:
            return respond(request, refusal)
        return None


def _owes_nothing(request: HttpRequest) -> bool:
    return bool(getattr(request, "token", None) or viewer_of(request))


def first_due(user: Any, guard: Guard | None = None) -> str:
    """The route a person must go to before anything else, or nothing: a new password, then a second factor (R6.07).

    Keys owe nothing: they are no way to sign in (`opora.people.factor` says why).
    """
    if getattr(user, "must_change_password", False):
        return "" if guard and guard.with_old_password else "people:password"
    if isinstance(user, User) and user.lacks_factor:
        return "" if guard and guard.without_factor else "people:factor"
    return ""


def _to_due(request: HttpRequest, due: str) -> HttpResponse:
    """A browser goes there; the API, which can't, says what is missing."""
    if not request.path_info.startswith(API_PREFIX):
        return redirect(request, reverse(due))
    words = {
        "people:password": _("Change the password you were given first."),
        "people:factor": _("Your role needs a second factor: set it up first."),
    }
    return respond(request, Forbidden(code=f"{due.removeprefix('people:')}_due", message=words[due]))


def _acting(request: HttpRequest, actor_id: int | None) -> AbstractContextManager[Origin]:
    """What the log and jobs learn of this request: who, its number, from which address and device (R16.01)."""
    device = agents.spoken(request.META.get("HTTP_USER_AGENT", ""))
    return acting(actor_id, getattr(request, "number", ""), client_address(request), device)


def _identify(request: HttpRequest) -> None:
    """Find out who is here, by key or by session. Raises what the API must answer; a dead session is nobody."""
    token = authenticate(request)
    if token:
        _limit(request, token)
        presence.note_key(token.id, client_address(request))
        _set(request, user=token.owner, token=token, access=Access.of(token.owner).narrowed(token.scopes))
        return
    session = find_session(request)
    if session is None:
        return
    let_in(session.user, client_address(request))
    presence.note(session.id, session.user_id, client_address(request))
    target = None if first_due(session.user) else viewed(request, session)
    user = target or session.user
    viewer = session.user if target else None
    _set(request, user=user, access=Access.of(user), session_row=session, viewer=viewer)


def viewer_of(request: HttpRequest) -> User | None:
    """Who really sits here while the CRM is seen as another person sees it."""
    found: User | None = getattr(request, "viewer", None)
    return found


def _limit(request: HttpRequest, token: Token) -> None:
    """The API's limits (R6.06). Keys that only send leads have limits of their own (R9.02)."""
    if token.scopes == [TokenScope.LEADS.value]:
        return
    spend(API_REQUESTS, token.id)
    if request.method not in SAFE:
        spend(API_WRITES, token.id)


def _zone(name: str) -> ZoneInfo | None:
    return ZoneInfo(name) if name and name in available_timezones() else None


def _set(request: HttpRequest, **values: Any) -> None:
    for name, value in values.items():
        setattr(request, name, value)


def user_of(request: HttpRequest) -> User:
    """The person of a request whose route is not public."""
    user: Any = request.user
    return user  # type: ignore[no-any-return]


def access_of(request: HttpRequest) -> Access:
    """The rights of a request, `Access.nobody()` for whoever is not signed in."""
    access: Access = request.access  # type: ignore[attr-defined]
    return access
