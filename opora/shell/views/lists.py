"""Settings › "Метки и списки": tags, temperatures and whatever else records choose from."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opora.kit import ids
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.switches import SETTINGS
from opora.records import definitions, lists
from opora.records.stagesettings import LANGUAGES, stepped
from opora.shell.views.asking import ask
from opora.shell.views.pipeline import COLORS
from opora.ui import htmx
from opora.ui.render import page, part

ASKING = ["GET", "HEAD", "POST"]
may_set = switch(SETTINGS.name)


@may_set
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """All lists with their entries."""
    return page(request, "shell/lists.html", _shown(), fragment="shell/lists_all.html")


def _shown() -> dict[str, Any]:
    found = []
    for name, _usual in lists.usual.items():
        kind, _point, field = name.partition(".")
        title = definitions.current().fields(kind)[field].shown_label
        found.append({"kind": kind, "field": field, "title": title, "entries": lists.entries(kind, field)})
    return {"lists": found, "settings_item": "lists"}


def _again(request: HttpRequest) -> HttpResponse:
    if not htmx.is_fragment(request):
        return htmx.redirect(request, reverse("shell:lists"))
    return part(request, "shell/lists_all.html", _shown())


@may_set
@require_http_methods(ASKING)
def new(request: HttpRequest, kind: str, field: str) -> HttpResponse:
    """A form for a new entry of a list."""
    lists.check(kind, field)

    def save() -> str:
        made = lists.add(access_of(request), kind, field, request.POST.dict())
        return _("“%(name)s” is added.") % {"name": made.name}

    title = definitions.current().fields(kind)[field].shown_label
    context = {"title": _("New: %(list)s") % {"list": title}, "values": {"color": "blue"}, **_colors()}
    return ask(request, "shell/ask_entry.html", context, save=save, back=reverse("shell:lists"))


@may_set
@require_http_methods(ASKING)
def one(request: HttpRequest, entry_id: int) -> HttpResponse:
    """An entry: its name, its translations, its colour."""
    found = lists.find(entry_id)

    def save() -> str:
        saved = lists.change(access_of(request), entry_id, request.POST.dict())
        return _("“%(name)s” is saved.") % {"name": saved.name}

    values = {"name": found.name, "color": found.color or "slate"}
    values |= {f"name_{code}": found.names.get(code, "") for code in LANGUAGES}
    context = {"title": found.name, "values": values, **_colors()}
    return ask(request, "shell/ask_entry.html", context, save=save, back=reverse("shell:lists"))


def _colors() -> dict[str, Any]:
    return {"item": "lists", "colors": COLORS}


@may_set
@require_POST
def step(request: HttpRequest, entry_id: int) -> HttpResponse:
    """One step up or down."""
    found = lists.find(entry_id)
    order_now = [entry.id for entry in lists.entries(found.kind, found.field)]
    by = -1 if request.POST.get("by") == "up" else 1
    lists.order(access_of(request), found.kind, found.field, stepped(order_now, found.id, by))
    return _again(request)


@may_set
@require_POST
def order(request: HttpRequest, kind: str, field: str) -> HttpResponse:
    """The order after dragging."""
    numbers = [ids.parse(number) for number in request.POST.getlist("ids")]
    lists.order(access_of(request), kind, field, numbers)
    return _again(request)


@may_set
@require_POST
def removal(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take an entry off its list; records that have it keep it."""
    gone = lists.remove(access_of(request), entry_id)
    words = _("“%(name)s” is off the list. Records that have it keep it.") % {"name": gone.name}
    if not htmx.is_fragment(request):
        return htmx.redirect(request, reverse("shell:lists"), words)
    response = _again(request)
    htmx.toast(response, words)
    return response


@may_set
@require_POST
def usual(request: HttpRequest, kind: str, field: str) -> HttpResponse:
    """Begin a list with what is usual."""
    lists.begin(access_of(request), kind, field)
    return htmx.redirect(request, reverse("shell:lists"))
