"""The generic screens of a kind. An app gets the addresses of its kind from `urls` and adds its own."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.urls import URLPattern, path

from opora.people.guards import Guard, guarded
from opora.records.kinds import Kind
from opora.records.screens import bulks, lists, peeks
from opora.records.screens.lists import Look, Screen

__all__ = ["Look", "Screen", "list_urls"]


def list_urls(kind: Kind, at: str = "", looks: tuple[Look, ...] = ()) -> list[URLPattern]:
    """The addresses of a kind's list: the page at `at` (`deals/list/`; usually `<kind.url>/`), what it loads, the peek.

    Names inside the app's namespace: `list`, `rows`, `counts`, `condition`, `found`, `bulk`, `bulk_job`, `bulk_undo`,
    `peek`. Put them before the addresses with an id.
    """
    screen = Screen(kind, at or f"{kind.url}/", looks)
    base = kind.url
    return [
        path(screen.at, _seen(lists.show, screen), name="list"),
        path(f"{base}/rows/", _seen(lists.fresh_rows, screen), name="rows"),
        path(f"{base}/counts/", _seen(lists.tab_counts, screen), name="counts"),
        path(f"{base}/condition/", _seen(lists.condition_row, screen), name="condition"),
        path(f"{base}/found/", _seen(lists.found_count, screen), name="found"),
        path(f"{base}/bulk/", _seen(bulks.start, screen), name="bulk"),
        path(f"{base}/bulk/<str:job>/", _seen(bulks.show, screen), name="bulk_job"),
        path(f"{base}/bulk/<str:job>/undo/", _seen(bulks.take_back, screen), name="bulk_undo"),
        path(f"{base}/<str:number>/peek/", _seen(peeks.show, screen), name="peek"),
    ]


def _seen(view: Callable[..., Any], screen: Screen) -> Callable[..., Any]:
    """The view for whoever may see records of the kind; what it may change is asked by the actions."""
    return guarded(Guard(rights=(f"{screen.kind.name}.see",)))(partial(view, screen=screen))
