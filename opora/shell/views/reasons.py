"""Settings › "Причины отказа": the list that a lost deal chooses from."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opora.deals import reasons
from opora.deals.card import SUGGESTED
from opora.kit import ids
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.switches import SETTINGS
from opora.records.stagesettings import LANGUAGES, stepped
from opora.shell.views.asking import ask
from opora.ui import htmx
from opora.ui.render import page, part

ASKING = ["GET", "HEAD", "POST"]
may_set = switch(SETTINGS.name)


@may_set
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The reasons in their order."""
    return page(request, "shell/reasons.html", _shown(), fragment="shell/reasons_list.html")


def _shown() -> dict[str, Any]:
    return {"reasons": reasons.entries(), "settings_item": "reasons"}


def _list(request: HttpRequest) -> HttpResponse:
    if not htmx.is_fragment(request):
        return htmx.redirect(request, reverse("shell:reasons"))
    return part(request, "shell/reasons_list.html", _shown())


@may_set
@require_http_methods(ASKING)
def new(request: HttpRequest) -> HttpResponse:
    """A form for a new reason."""

    def save() -> str:
        made = reasons.add(access_of(request), request.POST.dict())
        return _("Reason “%(name)s” is added.") % {"name": made.name}

    context = {"title": _("New reason"), "item": "reasons", "values": {}}
    return ask(request, "shell/ask_reason.html", context, save=save, back=reverse("shell:reasons"))


@may_set
@require_http_methods(ASKING)
def one(request: HttpRequest, reason_id: int) -> HttpResponse:
    """A reason: its name, its translations, whether it asks for words."""
    found = reasons.find(reason_id)

    def save() -> str:
        saved = reasons.change(access_of(request), reason_id, request.POST.dict())
        return _("Reason “%(name)s” is saved.") % {"name": saved.name}

    values = {"name": found.name, "asks_words": "1" if found.asks_words else ""}
    values |= {f"name_{code}": found.names.get(code, "") for code in LANGUAGES}
    context = {"title": _("Reason “%(name)s”") % {"name": found.name}, "item": "reasons", "values": values}
    return ask(request, "shell/ask_reason.html", context, save=save, back=reverse("shell:reasons"))


@may_set
@require_POST
def step(request: HttpRequest, reason_id: int) -> HttpResponse:
    """One step up or down."""
    order = [entry.id for entry in reasons.entries()]
    by = -1 if request.POST.get("by") == "up" else 1
    reasons.order(access_of(request), stepped(order, reasons.find(reason_id).id, by))
    return _list(request)


@may_set
@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """The order after dragging."""
    reasons.order(access_of(request), [ids.parse(number) for number in request.POST.getlist("ids")])
    return _list(request)


@may_set
@require_POST
def removal(request: HttpRequest, reason_id: int) -> HttpResponse:
    """Take a reason off the list; deals that have it keep it."""
    gone = reasons.remove(access_of(request), reason_id)
    words = _("Reason “%(name)s” is off the list. Deals that have it keep it.") % {"name": gone.name}
    if not htmx.is_fragment(request):
        return htmx.redirect(request, reverse("shell:reasons"), words)
    response = _list(request)
    htmx.toast(response, words)
    return response


@may_set
@require_POST
def usual(request: HttpRequest) -> HttpResponse:
    """Begin the list with the usual reasons; one that is there already is not added again."""
    have = {entry.name for entry in reasons.entries()}
    for words in SUGGESTED:
        if str(words) not in have:
            reasons.add(access_of(request), {"name": str(words)})
    return htmx.redirect(request, reverse("shell:reasons"))
