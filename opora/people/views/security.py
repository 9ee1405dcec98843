"""Settings › "Безопасность, IP": addresses of limited users, passwords, sessions (I12, T11, R6.04, R6.08, R6.11)."""

from dataclasses import asdict, fields
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from opora.kit import ids
from opora.kit.errors import Invalid
from opora.people import ranges, roles
from opora.people import security as security_rules
from opora.people.addresses import client_address
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.security import Rules
from opora.people.switches import ROLES, USERS
from opora.tenancy.context import require_project
from opora.ui import htmx
from opora.ui.render import page

may_set = switch(USERS.name)


@may_set
@require_http_methods(["GET", "HEAD", "POST"])
def security(request: HttpRequest) -> HttpResponse:
    """The ranges, the own address, and who is limited by them."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            row = ranges.add(
                access_of(request), request.POST.get("range", ""), request.POST.get("name", ""), via="page"
            )
        except Invalid as refusal:
            errors = _errors(refusal)
        else:
            words = _("People limited by IP get in from %(range)s.") % {"range": row.span}
            return htmx.redirect(request, reverse("people:security"), words)
    return _page(request, errors)


@may_set
@require_POST
def remove(request: HttpRequest, range_id: int) -> HttpResponse:
    """Take a range off the list; closing the door behind oneself asks to type the login."""
    number = ids.parse(range_id)
    typed = request.POST.get("confirmation", "")
    try:
        row = ranges.remove(
            access_of(request), number, address=client_address(request), typed=typed, via="page"
        )
    except Invalid as refusal:
        return _page(request, _errors(refusal) if typed else {}, asking=number)
    words = _("The range %(range)s is removed.") % {"range": row.span}
    return htmx.redirect(request, reverse("people:security"), words)


@may_set
@require_POST
def rules(request: HttpRequest) -> HttpResponse:
    """Change what is asked of passwords and sessions."""
    try:
        wanted = Rules(*(_number(request.POST.get(field.name, "")) for field in fields(Rules)))
        security_rules.keep(access_of(request), wanted, via="page")
    except Invalid as refusal:
        return _page(request, _errors(refusal))
    return htmx.redirect(request, reverse("people:security"), _("Saved. The rules hold from now on."))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1


def _minutes(minutes: int) -> str:
    if minutes < 60 or minutes % 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes < 2880 or minutes % 1440:
        hours = minutes // 60
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return _days(minutes // 1440)


def _days(days: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def _rules(request: HttpRequest, errors: dict[str, list[str]]) -> dict[str, Any]:
    """The form of the rules: what holds, or what was typed where it was refused."""
    names, choices = [field.name for field in fields(Rules)], security_rules.choices()
    held = asdict(security_rules.rules())
    is_typed = bool(set(errors) & set(names))
    have, people = security_rules.with_factor()
    return {
        "rules": {name: request.POST.get(name, "") if is_typed else held[name] for name in names},
        "idle_options": [(one, _minutes(one)) for one in choices["idle_minutes"]],
        "day_options": [(one, _days(one)) for one in choices["session_days"]],
        "shortest": security_rules.SHORTEST,
        "with_factor": have,
        "people": people,
        "asking_roles": [str(role) for role in roles.all_roles().filter(needs_factor=True)],
        "roles_url": f"{require_project().address}settings/roles/"
        if access_of(request).has(ROLES.name)
        else "",
    }


def _errors(refusal: Invalid) -> dict[str, list[str]]:
    return {name: [str(word) for word in words] for name, words in refusal.fields.items()}


def _page(request: HttpRequest, errors: dict[str, list[str]], asking: int = 0) -> HttpResponse:
    rows, own = ranges.all_ranges(), client_address(request)
    context = {
        "ranges": rows,
        "own": own,
        "own_is_in": ranges.covers(rows, own),
        "limited": [user.name for user in ranges.limited()],
        "errors": errors,
        "typed": {name: request.POST.get(name, "") if errors else "" for name in ("range", "name")},
        "asking": next((row for row in rows if row.pk == asking), None),
        "settings_item": "security",
        **_rules(request, errors),
    }
    return page(request, "people/security.html", context, status=422 if errors or asking else 200)
