"""Settings › a user › "Вход": a one-use password, a link, the end of sessions and of a second factor (R6.03-R6.08)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opora.kit import ids
from opora.kit.errors import Invalid
from opora.people import accounts, agents, factor, invitations, own_account, presence
from opora.people.access import Access
from opora.people.counters import Sight
from opora.people.guards import switch
from opora.people.mail.links import address_of
from opora.people.middleware import access_of
from opora.people.models import Session, Status, User
from opora.people.switches import TEAM_USERS, USERS
from opora.ui import htmx
from opora.ui.render import page

may_manage_users = switch(USERS.name, TEAM_USERS.name)


@may_manage_users
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a user a one-use password, to be changed at the first sign-in (R6.04)."""
    access = access_of(request)
    user = accounts.get_manageable(access, ids.parse(user_id))
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            accounts.give_password(
                access, user, request.POST.get("password", ""), via="page", must_change=True
            )
        except Invalid as refusal:
            errors = _errors(refusal)
        else:
            words = _("“%(name)s” signs in with the new password and changes it at once.") % {
                "name": user.name
            }
            return htmx.redirect(request, reverse("people:user", args=[user.id]), words)
    context = {
        "person": user,
        "errors": errors,
        "settings_item": "users",
        "cancel_url": reverse("people:user", args=[user.id]),
    }
    return page(request, "people/user_password.html", context, status=422 if errors else 200)


@may_manage_users
@require_POST
def link(request: HttpRequest, user_id: int) -> HttpResponse:
    """Send the person a link: the invitation once more, or one that sets a new password."""
    access = access_of(request)
    return send_link(request, access, accounts.get_manageable(access, ids.parse(user_id)))


@may_manage_users
@require_POST
def end_sessions(request: HttpRequest, user_id: int) -> HttpResponse:
    """End all sessions of a person at once."""
    access = access_of(request)
    user = accounts.get_manageable(access, ids.parse(user_id))
    own_account.end_all_of(access, user)
    words = _("All sessions of “%(name)s” are ended.") % {"name": user.name}
    return htmx.redirect(request, reverse("people:user", args=[user.id]), words)


@may_manage_users
@require_POST
def reset_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """Take the second factor of a person away who lost phone and codes."""
    access = access_of(request)
    user = accounts.get_manageable(access, ids.parse(user_id))
    gone = factor.reset(access, user, via="page")
    words = (
        _("The second factor of “%(name)s” is off and the sessions are ended.")
        if gone
        else _("“%(name)s” has no second factor.")
    )
    return htmx.redirect(request, reverse("people:user", args=[user.id]), words % {"name": user.name})


def send_link(request: HttpRequest, access: Access, user: User) -> HttpResponse:
    """A toast when a letter is on its way, else the page with the link to pass on; it is shown only now."""
    key = invitations.send(access, user, via="page")
    back = reverse("people:user", args=[user.id])
    if not key:
        return htmx.redirect(request, back, _("A letter to %(email)s is on its way.") % {"email": user.email})
    context = {
        "person": user,
        "address": address_of(key, request.build_absolute_uri("/")),
        "is_invited": user.status == Status.ACTIVATION,
        "cancel_url": back,
        "settings_item": "users",
    }
    response = page(request, "people/user_link.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _errors(refusal: Invalid) -> dict[str, list[str]]:
    return {name: [str(word) for word in words] for name, words in refusal.fields.items()}


def shown_sessions(user: User, own: int = 0) -> list[dict[str, Any]]:
    """A person's open sessions as pages show them, the newest first; `own` is the id of the one that asks."""
    rows = list(user.sessions.order_by("-created_at"))
    sights = presence.of_sessions(row.id for row in rows)
    return [_session(row, sights.get(row.id), row.id == own) for row in rows]


def _session(row: Session, sight: Sight | None, is_own: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "agent": agents.spoken(row.agent) or _("Unknown browser"),
        "address": sight.address if sight else row.address,
        "seen_at": presence.moment(sight) or row.created_at,
        "created_at": row.created_at,
        "is_own": is_own,
    }
