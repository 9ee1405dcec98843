"""The short form of a new user, of projects that live by the CRM ID set: inside a group, the e-mail as login (U03)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opora.kit import ids
from opora.kit.errors import Invalid
from opora.people import accounts, circles, passwords, userforms
from opora.people.access import Access
from opora.people.belonging import Belonging
from opora.people.models import Role
from opora.people.switches import USERS
from opora.ui import htmx
from opora.ui.render import page

LABELS = {
    "group": gettext_lazy("Group"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "email": gettext_lazy("E-mail"),
    "role": gettext_lazy("Role"),
    "password": gettext_lazy("Password"),
}
RENAMED = {"groups": "group", "login": "email"}
"""How this form calls what the account calls otherwise."""


def is_asked(request: HttpRequest, access: Access) -> bool:
    """Whether a new user is made by this form: the set has it, and the person did not ask for the full one."""
    asked = (request.POST if request.method == "POST" else request.GET).get("form", "")
    return asked != "full" and access.has(USERS.name) and userforms.has_short()


def create(request: HttpRequest, access: Access) -> HttpResponse:
    """GET shows the form; POST makes the user and goes back to the list, or to the form for the next one."""
    sent = request.POST
    if request.method != "POST":
        return _shown(access, request, {"group": request.GET.get("group", "")})
    try:
        user = accounts.create(access, _new(request, access), via="page")
    except Invalid as refusal:
        return _shown(access, request, sent.dict(), refusal)
    words = _("User “%(name)s” is created.") % {"name": user.name}
    again = reverse("people:user_new", query={"group": sent.get("group", "")})
    return htmx.redirect(request, again if sent.get("_next") == "new" else reverse("people:users"), words)


def _new(request: HttpRequest, access: Access) -> accounts.NewUser:
    sent = request.POST
    group = sent.get("group", "")
    return accounts.NewUser(
        login=sent.get("email", ""),
        password=sent.get("password", ""),
        first_name=sent.get("first_name", ""),
        last_name=sent.get("last_name", ""),
        email=sent.get("email", ""),
        role=_role(access, sent.get("role", "")),
        belongs=Belonging(frozenset({ids.parse(group)} if group else ())),
        form=userforms.SHORT,
    )


def _role(access: Access, text: str) -> Role:
    found = next((role for role in accounts.roles_to_give(access) if str(role.pk) == text), None)
    if found is None:
        raise Invalid({"role": _("Choose a role you may give.")})
    return found


def _shown(
    access: Access, request: HttpRequest, typed: dict[str, Any], refusal: Invalid | None = None
) -> HttpResponse:
    errors = _errors(refusal) if refusal else {}
    context = {
        "typed": {**dict.fromkeys(LABELS, ""), **typed},
        "errors": errors,
        "form_errors": [(f"f-{name}", str(LABELS.get(name, "")), words[0]) for name, words in errors.items()],
        "groups": [(str(one.pk), one.name) for one in circles.all_of(circles.GROUP)],
        "roles": [(role.pk, str(role)) for role in userforms.of_set_first(accounts.roles_to_give(access))],
        "working": accounts.working(),
        "longest": userforms.SHORT_LENGTH,
        "password_hint": passwords.hint(),
        "settings_item": "users",
        "cancel_url": reverse("people:users"),
    }
    return page(request, "people/user_short.html", context, status=422 if errors else 200)


def _errors(refusal: Invalid) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, words in refusal.fields.items():
        found.setdefault(RENAMED.get(name, name), [str(word) for word in words])
    return found
