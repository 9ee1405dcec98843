"""Settings › "Пользователи CRM": the list, and accounts made by hand (N04)."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from opora.kit import ids
from opora.kit.errors import Invalid
from opora.people import (
    accounts,
    belonging,
    circles,
    departments,
    passwords,
    presence,
    userforms,
)
from opora.people.access import Access
from opora.people.belonging import Belonging
from opora.people.mail import servers
from opora.people.middleware import access_of
from opora.people.models import AccountKind, Role, Status, User
from opora.people.switches import USERS
from opora.people.views import short_user
from opora.people.views.user_entry import may_manage_users, send_link, shown_sessions
from opora.ui import htmx
from opora.ui.render import page

BADGES = {
    Status.ACTIVE: ("success", "circle-check"),
    Status.BY_ADDRESS: ("info", "map-pin"),
    Status.ACTIVATION: ("warning", "mail"),
    Status.OFF: ("", "circle-minus"),
    Status.DISMISSED: ("danger", "user-x"),
}
LABELS = {
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "email": gettext_lazy("E-mail"),
    "login": gettext_lazy("Login"),
    "password": gettext_lazy("Password"),
    "kind": gettext_lazy("Kind of account"),
    "role": gettext_lazy("Role"),
    "head": gettext_lazy("Head (person)"),
    "groups": gettext_lazy("Groups"),
    "department": gettext_lazy("Department"),
    "branch": gettext_lazy("Branch"),
}
TYPED = ("first_name", "last_name", "email", "login", "role", "head", "way", "groups", "department", "branch")


@may_manage_users
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The users this person may manage, by status."""
    access = access_of(request)
    everyone = list(accounts.manageable(access).select_related("department", "branch"))
    chosen = request.GET.get("status", "")
    shown = [user for user in everyone if chosen in ("", user.status)]
    sights = presence.of_users(user.id for user in shown)
    context = {
        "tabs": _tabs(everyone, chosen),
        "users": [_row(user, sights.get(user.id)) for user in shown],
        "working": sum(user.may_enter for user in everyone),
        "sees_all": access.has(USERS.name),
        "settings_item": "users",
    }
    return page(request, "people/users.html", context)


@may_manage_users
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new user by hand, with login and password, or invited by a link; by the short form where the set has it."""
    access = access_of(request)
    if short_user.is_asked(request, access):
        return short_user.create(request, access)
    if request.method == "POST":
        try:
            user = accounts.create(access, _new_user(request, access), via="page")
        except Invalid as refusal:
            return _user_form(request, access, None, _typed(request), refusal)
        if user.status == Status.ACTIVATION:
            return send_link(request, access, user)
        words = _("User “%(name)s” is created.") % {"name": user.name}
        another = request.POST.get("_next") == "new"
        return htmx.redirect(request, reverse("people:user_new" if another else "people:users"), words)
    start = {"kind": AccountKind.MANAGER, "way": "password", "groups": request.GET.getlist("group")}
    return _user_form(request, access, None, start)


@may_manage_users
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, user_id: int) -> HttpResponse:
    """One user: who it is, the place in the company, the status."""
    access = access_of(request)
    user = accounts.get_manageable(access, ids.parse(user_id))
    if request.method == "POST":
        was = user.status
        try:
            accounts.save(access, user, _changes(request, access, user), via="page")
        except Invalid as refusal:
            return _user_form(request, access, user, _typed(request), refusal)
        if user.status == Status.ACTIVATION != was:
            return send_link(request, access, user)
        return htmx.redirect(
            request, reverse("people:users"), _("“%(name)s” is saved.") % {"name": user.name}
        )
    return _user_form(request, access, user, _stored(user))


def _tabs(everyone: Iterable[User], chosen: str) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for user in everyone:
        counts[user.status] = counts.get(user.status, 0) + 1
    address = reverse("people:users")
    tabs = [{"title": _("All"), "url": address, "count": sum(counts.values()), "current": not chosen}]
    for status in Status:
        if counts.get(status) or status == chosen:
            url = f"{address}?status={status.value}"
            count = counts.get(status, 0)
            tabs.append({"title": status.label, "url": url, "count": count, "current": status == chosen})
    return tabs


def _row(user: User, sight: Any) -> dict[str, Any]:
    kind, icon = BADGES[Status(user.status)]
    return {
        "id": user.id,
        "name": user.name,
        "hue": user.hue,
        "login": user.login,
        "url": reverse("people:user", args=[user.id]),
        "status": user.get_status_display(),
        "badge": kind,
        "icon": icon,
        "is_gone": user.status == Status.DISMISSED,
        "role": str(user.role),
        "head": user.head.name if user.head else "",
        "department": str(user.department or ""),
        "branch": str(user.branch or ""),
        "seen_at": presence.moment(sight) or user.last_seen_at,
        "is_here": presence.is_now(sight),
        "address": sight.address if sight else user.last_address,
    }


def _new_user(request: HttpRequest, access: Access) -> accounts.NewUser:
    sent = request.POST
    return accounts.NewUser(
        login=sent.get("login", ""),
        password=sent.get("password", ""),
        first_name=sent.get("first_name", ""),
        last_name=sent.get("last_name", ""),
        email=sent.get("email", ""),
        kind=sent.get("kind", AccountKind.MANAGER),
        role=_role(access, sent.get("role", "")),
        head=_head(sent.get("head", "")),
        is_invited=sent.get("way") == "invitation",
        belongs=_belonging(request, Belonging()) if access.has(USERS.name) else None,
    )


def _changes(request: HttpRequest, access: Access, user: User) -> accounts.Changes:
    sent = request.POST
    profile = {name: sent[name] for name in userforms.PROFILE if name in sent}
    if not access.has(USERS.name):
        return accounts.Changes(profile)
    belongs = _belonging(request, belonging.of(user))
    if user.is_director:
        return accounts.Changes(profile, belongs=belongs)
    now = {name: _kept(request, name, value) for name, value in _place(user).items()}
    return accounts.Changes(
        profile,
        kind=now["kind"],
        role=_role(access, now["role"]) or user.role,
        head=_head(now["head"]),
        status=now["status"],
        belongs=belongs,
    )


def _kept(request: HttpRequest, name: str, stored: str) -> str:
    """What the person chose; where nothing was chosen anew, what is stored by now, perhaps by another (R12.01)."""
    sent = request.POST.get(name, stored)
    return stored if sent == request.POST.get(f"_was_{name}") else sent


def _place(user: User) -> dict[str, str]:
    """The place and the status of a user as the form sends them."""
    return {
        "kind": user.kind,
        "role": str(user.role_id),
        "head": str(user.head_id or ""),
        "status": user.status,
    }


def _belonging(request: HttpRequest, stored: Belonging) -> Belonging:
    """Groups, department and branch as the form says; what is stored for a request that does not speak of them."""
    sent = request.POST
    if "_belonging" not in sent:
        return stored
    return Belonging(
        frozenset(ids.parse(one) for one in sent.getlist("group") if one),
        _number(sent.get("department", "")),
        _number(sent.get("branch", "")),
    )


def _number(text: str) -> int | None:
    return ids.parse(text) if text else None


def _role(access: Access, text: str) -> Role | None:
    if not text:
        return None
    found = next((role for role in accounts.roles_to_give(access) if str(role.pk) == text), None)
    if found is None:
        raise Invalid({"role": _("Choose a role you may give.")})
    return found


def _head(text: str) -> User | None:
    found = accounts.find(ids.parse(text)) if text else None
    if text and found is None:
        raise Invalid({"head": _("There is no such user.")})
    return found


def _stored(user: User) -> dict[str, Any]:
    place = {
        **_place(user),
        "groups": [str(one) for one in user.memberships.values_list("group_id", flat=True)],
        "department": str(user.department_id or ""),
        "branch": str(user.branch_id or ""),
    }
    return {name: getattr(user, name) for name in userforms.PROFILE} | place


def _was(request: HttpRequest, user: User) -> dict[str, str]:
    """What the form was filled with: sent along, so that `_kept` knows what the person has chosen anew."""
    return {name: request.POST.get(f"_was_{name}", value) for name, value in _place(user).items()}


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What was typed, as the form shows it again (R1.04)."""
    return {**request.POST.dict(), "groups": request.POST.getlist("group")}


def _summary(errors: dict[str, list[str]]) -> list[tuple[str, str, str]]:
    return [(f"f-{name}", str(LABELS.get(name, "")), words[0]) for name, words in errors.items()]


def _user_form(
    request: HttpRequest,
    access: Access,
    user: User | None,
    typed: dict[str, Any],
    refusal: Invalid | None = None,
) -> HttpResponse:
    errors = _errors(refusal) if refusal else {}
    context = {
        "person": user,
        "typed": {
            **dict.fromkeys(TYPED, ""),
            **typed,
        },
        "errors": errors,
        "form_errors": _summary(errors),
        "settings_item": "users",
        "cancel_url": reverse("people:users"),
        "has_short": user is None and access.has(USERS.name) and userforms.has_short(),
        "was": _was(request, user) if user else {},
        "may_belong": access.has(USERS.name),
        "groups": [(str(one.pk), one.name) for one in circles.all_of(circles.GROUP)],
        "departments": [("", "—"), *departments.choices()],
        "branches": [("", "—")] + [(str(one.pk), one.name) for one in circles.all_of(circles.BRANCH)],
        "save_and_new": user is None,
        "may_place": access.has(USERS.name) and not (user and user.is_director),
        "kinds": [(kind.value, kind.label) for kind in (AccountKind.MANAGER, AccountKind.HEAD)],
        "roles": [(role.pk, str(role)) for role in accounts.roles_to_give(access)],
        "heads": [("", "—")] + [(head.pk, head.name) for head in accounts.possible_heads(user)],
        "statuses": _statuses(user),
        "writes": servers.can_write(),
        "password_hint": passwords.hint(),
        "is_self": user is not None and user.pk == access.user_id,
        **(_entry(user) if user else {}),
    }
    return page(request, "people/user.html", context, status=422 if errors else 200)


def _entry(user: User) -> dict[str, Any]:
    """When and from where the person last came (I08), and how many sessions are open."""
    sight = presence.of_users([user.id]).get(user.id)
    return {
        "seen_at": presence.moment(sight) or user.last_seen_at,
        "last_address": sight.address if sight else user.last_address,
        "sessions": shown_sessions(user),
    }


def _statuses(user: User | None) -> list[tuple[str, str, str]]:
    effects = {
        Status.ACTIVE: _("Signs in from anywhere."),
        Status.BY_ADDRESS: _("Signs in only from the company's addresses."),
        Status.ACTIVATION: _("Becomes active after following the link in the letter."),
        Status.OFF: _("Does not sign in. The records stay."),
    }
    if user and user.status == Status.DISMISSED:
        effects[Status.DISMISSED] = _("Does not sign in; keys are revoked.")
    return [(status.value, str(status.label), words) for status, words in effects.items()]


def _errors(refusal: Invalid) -> dict[str, list[str]]:
    return {name: [str(word) for word in words] for name, words in refusal.fields.items()}
