"""The pages of a board: the board itself, the next cards of a column, figures, changes, and quick adding."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from opora.kit import ids
from opora.kit.errors import Invalid, NotFound
from opora.people.guards import Guard, guarded
from opora.records import stacks
from opora.records.actions import perform
from opora.records.definitions import StageOf
from opora.records.kinds import Kind
from opora.records.places import Place
from opora.records.screens import counts
from opora.records.screens.acts import act_of, address, done
from opora.records.screens.board import Board, Column
from opora.records.screens.lists import Listed, Screen
from opora.ui import htmx
from opora.ui.render import page, part

MOST_CHANGES = 60
NEXT = 40
NEW = "board:new"


def board_urls(kind: Kind, *list_looks: Any) -> list[URLPattern]:
    """The addresses of a kind's board, which stands at the kind's own address; the list is then `<kind.url>/list/`."""
    screen = Screen(kind, f"{kind.url}/", tuple(list_looks))
    base = kind.url
    seen = partial(_guarded, screen, f"{kind.name}.see")
    return [
        path(f"{base}/", seen(show), name="board"),
        path(f"{base}/board/", seen(show), name="board_look"),
        path(f"{base}/board/more/", seen(more), name="board_more"),
        path(f"{base}/board/heads/", seen(heads), name="board_heads"),
        path(f"{base}/board/tabs/", seen(tabs), name="board_tabs"),
        path(f"{base}/board/changes/", seen(changes), name="board_changes"),
        path(f"{base}/board/quick/", _guarded(screen, f"{kind.name}.create", quick), name="board_quick"),
    ]


def _guarded(screen: Screen, right: str, view: Callable[..., Any]) -> Callable[..., Any]:
    return guarded(Guard(rights=(right,)))(partial(view, screen=screen))


@require_safe
def show(request: HttpRequest, screen: Screen) -> HttpResponse:
    """The board, or what stands under its bar when htmx changes its state. The trash has no board but a list."""
    board = Board(request, screen)
    if board.state.view.place is not Place.LISTS:
        return redirect(address(screen.kind, None, "list") + board.state.query())
    if board.listed.typed is not None and not board.listed.is_unfinished and not htmx.is_fragment(request):
        return redirect(address(screen.kind) + board.query())
    response = page(request, "records/board.html", board.context(), fragment="records/board_body.html")
    if htmx.is_fragment(request):
        response.headers["HX-Push-Url"] = address(screen.kind) + board.query().removesuffix("?")
    return response


@require_safe
def more(request: HttpRequest, screen: Screen) -> HttpResponse:
    """The cards `after` a place of a column, `before` it, or from the `skip`th on."""
    board = Board(request, screen)
    stage = next((s for s in board.stages if str(s.id) == request.GET.get("stage")), None)
    if stage is None:
        raise NotFound()
    column = _more(board, stage, request.GET)
    return part(request, "records/board_more.html", {"column": column, "board": board, "kind": board.kind})


def _more(board: Board, stage: StageOf, sent: QueryDict) -> Column:
    before, skip = sent.get("before", ""), sent.get("skip", "0")
    if not (skip.isascii() and skip.isdigit() and len(skip) < 8):
        raise Invalid({"skip": _("A whole number from 0 up.")})
    found = stacks.beside(
        board.access,
        board.kind,
        board.listed.fields,
        board.state.asked(),
        board.listed.asker,
        stage.id,
        NEXT + 1,
        at=_place(before or sent.get("after", "")),
        newer=bool(before),
        skip=int(skip),
    )
    shown = found[-NEXT:] if before else found[:NEXT]
    cards = board.cards.of(shown)
    column = Column(stage, is_folded=False, cards=list(cards.values()))
    if len(found) > NEXT and not before:
        column.more = board.more(stage, column.cards[-1])
    return column


def _place(text: str) -> tuple[int, int] | None:
    """The place of a card in its column, as its `data-at` says it. Raises `Invalid` when no card said so."""
    if not text:
        return None
    parts = text.split(".")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 20 for part in parts):
        words = {"after": _("This link has expired. Open the list again.")}
        raise Invalid(words, code="bad_cursor")
    return int(parts[0]), int(parts[1])


@require_safe
def heads(request: HttpRequest, screen: Screen) -> HttpResponse:
    """The figures of a filtered board, which are counted after its cards are shown."""
    board = Board(request, screen)
    context = {"heads": board.heads(), "folded": board.folded(), "oob": True}
    return part(request, "records/board_heads.html", context)


@require_safe
def tabs(request: HttpRequest, screen: Screen) -> HttpResponse:
    """How many records stand behind each view, for the tabs over the board; one query."""
    listed = Listed(request, screen)
    views = [view for view in listed.views if view.place is Place.LISTS]
    found = counts.of_views(listed.access, listed.kind, listed.fields, views, listed.asker)
    return part(request, "records/board_tabs.html", {"tabs": found})


@require_safe
def changes(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Those of the named records that stand on this board now, as cards, and all figures."""
    board = Board(request, screen)
    wanted = [ids.parse(text) for text in request.GET.get("ids", "").split(",")[:MOST_CHANGES] if text]
    stage_ids = [stage.id for stage in board.stages]
    records = board.matching().filter(pk__in=wanted, stage_id__in=stage_ids).order_by("-stamp", "-pk")
    context = {
        "cards": board.cards.of(records).values(),
        "heads": board.heads(),
        "folded": board.folded(),
        "oob": False,
        "kind": board.kind,
    }
    return part(request, "records/board_changes.html", context)


@require_POST
def quick(request: HttpRequest, screen: Screen) -> HttpResponse:
    """A new record by its name alone, in the stage of the column."""
    values = {"title": request.POST.get("title", ""), "stage": request.POST.get("stage", "")}
    outcome = perform("create", screen.kind, act_of(request), values=values)
    words = _("%(kind)s “%(name)s” is created.") % {"kind": screen.kind.label, "name": values["title"]}
    response = done(request, outcome, words, address(screen.kind))
    htmx.trigger(response, NEW, {"ids": [str(number) for number in outcome.ids]})
    return response
