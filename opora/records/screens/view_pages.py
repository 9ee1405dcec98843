"""Saving, renaming, changing, pinning and deleting views of lists."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern, get_script_prefix, path
from django.utils.translation import gettext

from opora.kit.errors import Invalid, NotFound
from opora.people.guards import signed_in
from opora.people.middleware import access_of
from opora.people.rights import may
from opora.people.switches import SETTINGS
from opora.records import definitions
from opora.records.kinds import Kind, kind_named
from opora.records.screens import state, views
from opora.ui import htmx, render

LONGEST_QUERY = 8000


@signed_in
def new_view(request: HttpRequest) -> HttpResponse:
    """The form that names a view (GET), and its saving (POST): the list as its address says, under a name.

    Raises `NotFound` for a kind that the person has no list of, `Invalid` for an address that can't be read.
    """
    sent = request.POST if request.method == "POST" else request.GET
    kind = _kind(request, sent.get("kind", ""))
    query = sent.get("query", "")
    saved = _state(request, kind, query).saved()
    errors: list[str] = []
    if request.method == "POST":
        try:
            access = access_of(request)
            row = views.keep(access, kind, sent.get("name", ""), saved, shared=bool(sent.get("shared")))
        except Invalid as refusal:
            if htmx.is_fragment(request):
                raise
            errors = [str(word) for words in refusal.fields.values() for word in words]
        else:
            return _to(request, kind, str(row.id), gettext("The view is saved"))
    context: dict[str, Any] = {
        "current": kind.url,
        "kind": kind,
        "query": query,
        "name": sent.get("name", ""),
        "errors": errors,
        "sets_up": access_of(request).has(SETTINGS.name),
        "cancel_url": f"{get_script_prefix()}{_at(kind, sent)}{query}",
        "at": _at(kind, sent),
    }
    return render.page(request, "records/list_view_form.html", context, status=422 if errors else 200)


@signed_in
def change_view(request: HttpRequest, number: str) -> HttpResponse:
    """Rename a view (`name`), or let it be what the list shows now (`query`). Raises `NotFound`, `Invalid`."""
    row = _posted(request, number)
    kind = _kind(request, row.kind)
    if "query" in request.POST:
        row.query = _state(request, kind, request.POST["query"]).saved()
        row.save(update_fields=["query"])
        return _to(request, kind, str(row.id), gettext("The view is saved"))
    row.name, row.names = views.named(request.POST.get("name", "")), {}
    row.save(update_fields=["name", "names"])
    return _to(request, kind, str(row.id), gettext("The view is renamed"))


@signed_in
def pin_view(request: HttpRequest, number: str) -> HttpResponse:
    """Put a view under "Favourites", or take it from there."""
    row = _posted(request, number)
    row.is_pinned = not row.is_pinned
    row.save(update_fields=["is_pinned"])
    words = gettext("The view is in Favourites") if row.is_pinned else gettext("The view has left Favourites")
    return _to(request, _kind(request, row.kind), str(row.id), words)


@signed_in
def drop_view(request: HttpRequest, number: str) -> HttpResponse:
    """Delete a view; no record changes."""
    row = _posted(request, number)
    kind = _kind(request, row.kind)
    row.delete()
    return _to(request, kind, "", gettext("The view is deleted"))


def _posted(request: HttpRequest, number: str) -> Any:
    if request.method != "POST":
        raise NotFound()
    return views.own_row(access_of(request), number)


def _kind(request: HttpRequest, name: str) -> Kind:
    kind = kind_named(name)
    if not may(access_of(request), kind.name, "see"):
        raise NotFound()
    return kind


def _state(request: HttpRequest, kind: Kind, query: str) -> state.State:
    """The list's state as its query string says."""
    sent = QueryDict(query.removeprefix("?")[:LONGEST_QUERY])
    access = access_of(request)
    fields = definitions.current().readable(access, kind.name)
    view = views.chosen(views.views_of(access, kind, fields), sent.get("view", ""))
    return state.read(sent, kind, fields, view, None)


def _at(kind: Kind, sent: QueryDict) -> str:
    """Where the list stands that the person came from: a kind's list, or the deeper one that it names."""
    wanted = sent.get("at", "")
    return wanted if wanted in (f"{kind.url}/", f"{kind.url}/list/") else f"{kind.url}/"


def _to(request: HttpRequest, kind: Kind, view: str, words: str) -> HttpResponse:
    address = get_script_prefix() + _at(kind, request.POST) + (f"?view={view}" if view else "")
    return htmx.redirect(request, address, words)


urlpatterns: list[URLPattern] = [
    path("views/new/", new_view, name="new_view"),
    path("views/<str:number>/", change_view, name="change_view"),
    path("views/<str:number>/pin/", pin_view, name="pin_view"),
    path("views/<str:number>/removal/", drop_view, name="drop_view"),
]
