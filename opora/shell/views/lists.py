"""Settings › "Метки и списки" and "Причины отказа": whatever records choose from."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opora.kit import ids
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.switches import SETTINGS
from opora.records import definitions, lists
from opora.records.kinds import kinds
from opora.records.stagesettings import LANGUAGES, stepped
from opora.shell.views.asking import ask
from opora.shell.views.pipeline import COLORS
from opora.ui import htmx
from opora.ui.render import page, part

ASKING = ["GET", "HEAD", "POST"]
may_set = switch(SETTINGS.name)


TITLES = {"lists": gettext_lazy("Tags and lists"), "reasons": gettext_lazy("Reasons lost")}
WORDS = {
    "lists": gettext_lazy(
        "What people choose from on cards and in filters. A new name or colour is seen at once on every record."
    ),
    "reasons": gettext_lazy(
        "Whoever loses a deal chooses one of them, on the card, on the board, for many and by the API. "
        "Which stages ask is set in the rules of a stage."
    ),
}
EMPTY = {
    "lists": gettext_lazy("The list is empty."),
    "reasons": gettext_lazy("Until there is one, the reason is written in words."),
}


@may_set
@require_safe
def listed(request: HttpRequest, at: str = "lists") -> HttpResponse:
    """The lists that stand on this page, with their entries."""
    return page(request, "shell/lists.html", _shown(at), fragment="shell/lists_all.html")


def _shown(at: str) -> dict[str, Any]:
    found = []
    for name, _usual in lists.usual.items():
        kind, _point, field = name.partition(".")
        if lists.manner_of(kind, field).page == at:
            found.append(
                {
                    "kind": kind,
                    "field": field,
                    "title": _title(kind, field),
                    "entries": lists.entries(kind, field),
                }
            )
    return {
        "lists": found,
        "settings_item": at,
        "title": TITLES[at],
        "words": WORDS[at],
        "empty": EMPTY[at],
    }


def _title(kind: str, field: str) -> str:
    label = definitions.current().fields(kind)[field].shown_label
    return f"{kinds[kind].label_plural}: {label.lower()}"


def _page_of(kind: str, field: str) -> str:
    return reverse(f"shell:{lists.manner_of(kind, field).page}")


def _again(request: HttpRequest, kind: str, field: str) -> HttpResponse:
    if not htmx.is_fragment(request):
        return htmx.redirect(request, _page_of(kind, field))
    return part(request, "shell/lists_all.html", _shown(lists.manner_of(kind, field).page))


@may_set
@require_http_methods(ASKING)
def new(request: HttpRequest, kind: str, field: str) -> HttpResponse:
    """A form for a new entry of a list."""
    lists.check(kind, field)

    def save() -> str:
        made = lists.add(access_of(request), kind, field, request.POST.dict())
        return _("“%(name)s” is added.") % {"name": made.name}

    title = _("New: %(list)s") % {"list": _title(kind, field)}
    context = {"title": title, "values": {"color": "blue"}, **_asked(kind, field)}
    return ask(request, "shell/ask_entry.html", context, save=save, back=_page_of(kind, field))


@may_set
@require_http_methods(ASKING)
def one(request: HttpRequest, entry_id: int) -> HttpResponse:
    """An entry: its name, its translations, its colour."""
    found = lists.find(entry_id)

    def save() -> str:
        saved = lists.change(access_of(request), entry_id, request.POST.dict())
        return _("“%(name)s” is saved.") % {"name": saved.name}

    values = {"name": found.name, "color": found.color or "slate"}
    values["asks_words"] = "1" if found.asks_words else ""
    values |= {f"name_{code}": found.names.get(code, "") for code in LANGUAGES}
    context = {"title": found.name, "values": values, **_asked(found.kind, found.field)}
    back = _page_of(found.kind, found.field)
    return ask(request, "shell/ask_entry.html", context, save=save, back=back)


def _asked(kind: str, field: str) -> dict[str, Any]:
    manner = lists.manner_of(kind, field)
    return {"item": manner.page, "colors": COLORS, "manner": manner}


@may_set
@require_POST
def step(request: HttpRequest, entry_id: int) -> HttpResponse:
    """One step up or down."""
    found = lists.find(entry_id)
    order_now = [entry.id for entry in lists.entries(found.kind, found.field)]
    by = -1 if request.POST.get("by") == "up" else 1
    lists.order(access_of(request), found.kind, found.field, stepped(order_now, found.id, by))
    return _again(request, found.kind, found.field)


@may_set
@require_POST
def order(request: HttpRequest, kind: str, field: str) -> HttpResponse:
    """The order after dragging."""
    numbers = [ids.parse(number) for number in request.POST.getlist("ids")]
    lists.order(access_of(request), kind, field, numbers)
    return _again(request, kind, field)


@may_set
@require_POST
def removal(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take an entry off its list; records that have it keep it."""
    gone = lists.remove(access_of(request), entry_id)
    words = _("“%(name)s” is off the list. Records that have it keep it.") % {"name": gone.name}
    if not htmx.is_fragment(request):
        return htmx.redirect(request, _page_of(gone.kind, gone.field), words)
    response = _again(request, gone.kind, gone.field)
    htmx.toast(response, words)
    return response


@may_set
@require_POST
def usual(request: HttpRequest, kind: str, field: str) -> HttpResponse:
    """Begin a list with what is usual."""
    lists.begin(access_of(request), kind, field)
    return htmx.redirect(request, _page_of(kind, field))
