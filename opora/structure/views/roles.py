"""Settings › "Роли": the table of rights, and what a change of it would do (U14, N08)."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opora.kit import ids
from opora.kit.errors import Invalid, NotFound
from opora.people import presets, roles
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.models import AccountKind, Role
from opora.people.roles import RoleDraft
from opora.people.scopes import Scope
from opora.people.switches import ROLES
from opora.records.listing import COUNT_CAP
from opora.records.screens.acts import address
from opora.shell.views.asking import ask
from opora.structure import matrix, whatif
from opora.ui import htmx
from opora.ui.render import page, part

ASKING = ["GET", "HEAD", "POST"]
may_manage = switch(ROLES.name)


@may_manage
@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """The roles, opened at the one most people have."""
    everything = sorted(roles.all_roles(), key=lambda role: -role.people)  # type: ignore[attr-defined]
    chosen = next((role for role in everything if role.key != AccountKind.DIRECTOR), everything[0])
    return _shown(request, chosen, roles.drafted(chosen))


@may_manage
@require_http_methods(ASKING)
def edit(request: HttpRequest, role_id: int) -> HttpResponse:
    """One role: its table, saved as a whole."""
    role = _role(role_id)
    if request.method != "POST":
        return _shown(request, role, roles.drafted(role))
    draft = matrix.read(request.POST, role)
    try:
        saved = roles.save(access_of(request), role.pk, draft, via="page")
    except Invalid as refusal:
        return _shown(request, role, draft, refusal)
    words = _("The role “%(name)s” is saved.") % {"name": saved}
    return htmx.redirect(request, reverse("structure:role", args=[role.pk]), words)


@may_manage
@require_POST
def changes(request: HttpRequest, role_id: int) -> HttpResponse:
    """What saving the form would do, person by person. Nothing is stored."""
    role = _role(role_id)
    draft = matrix.read(request.POST, role)
    people = roles.people_of(role)
    shown = people if "all" in request.POST else people[: whatif.PEOPLE_SHOWN]
    kinds = matrix.own_kinds()
    found = whatif.effects(access_of(request), shown, roles.applied(role, draft), kinds)
    differing = roles.differences(roles.drafted(role), draft)
    context = {
        "role": role,
        "kinds": kinds,
        "effects": found,
        "examples": next((effect for effect in found if effect.is_any), None),
        "people": len(people),
        "rest": len(people) - len(shown),
        "cap": COUNT_CAP,
        "is_partial": not whatif.sees_all(access_of(request), kinds),
        "address": address,
        "changed": [matrix.said(name) for name in differing],
        "sent": [(name, value) for name, values in request.POST.lists() for value in values if name != "all"],
        "settings_item": "roles",
    }
    if not htmx.is_fragment(request):
        return page(request, "structure/whatif_page.html", context)
    return part(request, "structure/whatif_dialog.html", context)


@may_manage
@require_http_methods(ASKING)
def create(request: HttpRequest) -> HttpResponse:
    """A new role: empty, or the copy of another."""
    given = request.GET.get("from", "")
    source = _role(ids.parse(given)) if given else None
    title = _("Copy of the role “%(name)s”") % {"name": source} if source else _("New role")

    def save() -> str:
        before = roles.drafted(source) if source else RoleDraft("")
        name = request.POST.get("name", "")
        draft = replace(before, name=name, names={})
        made = roles.create(access_of(request), draft, via="page")
        return _("The role “%(name)s” is added: give it its rights.") % {"name": made}

    context = {"title": title, "item": "roles", "values": {"name": _copy_name(source) if source else ""}}
    return ask(request, "structure/ask_name.html", context, save=save, back=reverse("structure:roles"))


@may_manage
@require_http_methods(ASKING)
def removal(request: HttpRequest, role_id: int) -> HttpResponse:
    """Remove a role nobody has."""
    role = _role(role_id)

    def save() -> str:
        roles.remove(access_of(request), role.pk, via="page")
        return _("The role “%(name)s” is removed.") % {"name": role}

    context = {
        "title": _("Remove the role “%(name)s”?") % {"name": role},
        "item": "roles",
        "is_danger": True,
        "save_text": _("Remove"),
        "words": _("It is gone from the list. The log keeps what it allowed."),
    }
    return ask(request, "structure/ask_removal.html", context, save=save, back=reverse("structure:roles"))


@may_manage
@require_http_methods(ASKING)
def preset(request: HttpRequest) -> HttpResponse:
    """A ready set of roles, as another system has them."""

    def save() -> str:
        made = presets.apply(access_of(request), request.POST.get("preset", ""), via="page")
        return ngettext("%(n)d role is added.", "%(n)d roles are added.", len(made)) % {"n": len(made)}

    context = {
        "title": _("Ready sets of roles"),
        "item": "roles",
        "save_text": _("Add the roles"),
        "presets": presets.presets().values(),
    }
    return ask(request, "structure/ask_preset.html", context, save=save, back=reverse("structure:roles"))


def _role(role_id: int) -> Role:
    found = roles.all_roles().filter(pk=ids.parse(role_id)).first()
    if found is None:
        raise NotFound()
    return found


def _copy_name(source: Role) -> str:
    taken = {role.name for role in roles.all_roles()}
    numbers = range(2, len(taken) + 3)
    return next(name for name in (f"{source} {number}" for number in numbers) if name not in taken)


def _shown(
    request: HttpRequest, role: Role, draft: RoleDraft, refusal: Invalid | None = None
) -> HttpResponse:
    errors = (
        {name: [str(word) for word in words] for name, words in refusal.fields.items()} if refusal else {}
    )
    context: dict[str, Any] = {
        "roles": roles.all_roles(),
        "role": role,
        "name": draft.name if refusal else str(role),
        "is_fixed": role.key == AccountKind.DIRECTOR,
        "is_ready": role.key in AccountKind.values,
        "rows": matrix.rows(draft),
        "verbs": matrix.VERB_NAMES,
        "scopes": Scope.choices,
        "areas": matrix.areas(draft, access_of(request)),
        "needs_factor": draft.needs_factor,
        "errors": errors,
        "form_errors": [("f-name" if name == "name" else "", "", words[0]) for name, words in errors.items()],
        "settings_item": "roles",
    }
    return page(request, "structure/roles.html", context, status=422 if errors else 200)
