"""The list of a kind: its page and its fragments. One request's list is one `Listed`."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import get_script_prefix
from django.utils.functional import Promise

from opora.kit import ids
from opora.kit.errors import Invalid, NotFound
from opora.people import directory, rights
from opora.people.middleware import access_of
from opora.people.switches import SETTINGS
from opora.records import definitions, listing
from opora.records.conditions import Condition
from opora.records.fields import Field
from opora.records.kinds import Kind
from opora.records.listing import LARGEST_PAGE
from opora.records.places import can_leave
from opora.records.screens import checks, counts, filters, state, views
from opora.records.screens import columns as cols
from opora.records.screens.acts import address
from opora.records.screens.faces import face_of
from opora.records.screens.rows import load
from opora.ui import htmx, render


@dataclass(frozen=True)
class Look:
    """Another look at the same records (a board): its name, icon and path inside the project. Filters travel along."""

    title: str | Promise
    icon: str
    path: str


@dataclass(frozen=True)
class Screen:
    """Where the list of a kind stands (a path inside the project) and which other looks it has."""

    kind: Kind
    at: str
    looks: tuple[Look, ...] = ()

    @property
    def ways(self) -> list[checks.Way]:
        """The ways from the list to pages of other apps."""
        return checks.ways_of(self.kind.name)

    @property
    def url(self) -> str:
        """The address of the list."""
        return get_script_prefix() + self.at


class Listed:
    """What one request asks of a list, and what it is shown. Raises `Invalid` and `NotFound` for a bad address."""

    def __init__(self, request: HttpRequest, screen: Screen, sent: QueryDict | None = None) -> None:
        sent = request.GET if sent is None else sent
        self.screen, self.kind, self.access = screen, screen.kind, access_of(request)
        self.fields = definitions.current().readable(self.access, self.kind.name)
        self.views = views.views_of(self.access, self.kind, self.fields)
        self.asker = state.asker_of(request)
        view = views.chosen(self.views, sent.get("view", ""))
        self.typed = filters.read_form(sent, self.fields)
        if self.typed is not None:
            self.typed = filters.checked(self.typed, self.asker)
        self.wants_row = "more" in sent
        self.state = state.read(sent, self.kind, self.fields, view, self._written())
        self._turn_column(sent)

    def _written(self) -> list[Condition] | None:
        """The conditions of the panel's form that can be read; None when it was not sent."""
        if self.typed is None:
            return None
        return [c for row in self.typed if not row.error and (c := row.condition())]

    @property
    def is_unfinished(self) -> bool:
        """Whether the panel was sent with a row that says nothing yet, or for one row more."""
        return self.typed is not None and (self.wants_row or any(row.error for row in self.typed))

    def _turn_column(self, sent: QueryDict) -> None:
        """A step of a column to the left or right, asked for by its name in `left` or `right`."""
        for key, by in (("left", -1), ("right", 1)):
            if (name := sent.get(key, "")) in {column.name for column in self.columns}:
                self.state = replace(self.state, columns=cols.moved(self.columns, name, by))
                self.__dict__.pop("columns", None)

    @cached_property
    def columns(self) -> list[Field]:
        """The columns that are shown."""
        return cols.shown(self.state, self.fields)

    @cached_property
    def page(self) -> listing.Page:
        """The records of the page."""
        return listing.page(self.access, self.kind, self.fields, self.state.asked(), self.asker)

    def drafts(self) -> list[filters.Draft]:
        """The rows of the panel: as they were typed, else as they hold."""
        return self.typed if self.typed is not None else filters.drafts_of(self.state.conditions, self.fields)

    @cached_property
    def titles(self) -> dict[str, str]:
        """The titles of the records that the conditions name, by id."""
        named = [(self.fields[c.field], c.value) for c in self.state.conditions if c.field in self.fields]
        named += [(row.field, value) for row in self.drafts() for value in row.values]
        return filters.titles_of(self.access, named)

    def context(self) -> dict[str, Any]:
        """Everything the templates of the list draw."""
        found = self.rows()  # the listing refuses what it does not know, before anything else reads it
        may = {verb: rights.may(self.access, self.kind.name, verb) for verb in ("create", "edit", "delete")}
        order, orders = cols.order_words(self.state, self.fields)
        drafts = self.drafts()
        return {
            "current": self.kind.url,
            "screen": self.screen,
            "kind": self.kind,
            "base": address(self.kind),
            "state": self.state,
            "views": self.views,
            "view": self.state.view,
            "owns_view": self.state.view.is_own(self.access),
            "sets_up": self.access.has(SETTINGS.name),
            "chips": filters.chips(self.state, self.fields, self.titles),
            "titles": self.titles,
            "drafts": drafts,
            "blank": len(drafts) if self.wants_row or not drafts else None,
            "offered": filters.offered(self.fields),
            "date_words": filters.DATE_WORDS,
            "filter_open": self.state.open == "filter" or self.is_unfinished,
            "heads": cols.heads(self.state, self.fields, self.columns),
            "columns": self.columns,
            "column_names": tuple(column.name for column in self.columns),
            "hidden": cols.hidden(self.state, self.fields, self.columns),
            "order": order,
            "orders": orders,
            "may": may,
            "people": directory.active(),
            "processes": definitions.current().processes_of(self.kind.name),
            "has_avatar": hasattr(self.kind.model, "is_company"),
            "new_text": face_of(self.kind.name).new_text,
            "bulk_move": face_of(self.kind.name).bulk_move,
            "along": face_of(self.kind.name).along,
            "along_on": face_of(self.kind.name).along_on,
            "can_leave": can_leave(self.kind),
            "fields": self.fields,
            "is_newest": self.state.sort == "-stamp" and not self.state.after,
            **found,
        }

    def rows(self) -> dict[str, Any]:
        """The page's rows and where the next ones are."""
        drawn = load(self.access, self.kind, self.page.records, self.columns).html()
        return {
            "rows": drawn,
            "count": len(self.page.records),
            "more": self.state.query(after=self.page.next) if self.page.next else "",
        }


def show(request: HttpRequest, screen: Screen) -> HttpResponse:
    """The list: the page, its middle when htmx changes its state, or only the next rows."""
    listed = Listed(request, screen)
    whole = not htmx.is_fragment(request)
    if listed.typed is not None and not listed.is_unfinished and whole:
        return redirect(screen.url + listed.state.query().removesuffix("?"))
    if htmx.target(request) == "more" and not whole:
        more = {"screen": screen, "columns": listed.columns, "state": listed.state, **listed.rows()}
        return render.part(request, "records/list_more.html", more)
    parts = {"": "records/list_body.html"}
    response = render.page(request, "records/list.html", listed.context(), parts)
    if not whole:
        response.headers["HX-Push-Url"] = screen.url + listed.state.query().removesuffix("?")
    return response


def fresh_rows(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Those of the named records that stand in this list now, drawn anew, for live changes."""
    listed = Listed(request, screen)
    wanted = [ids.parse(text) for text in request.GET.get("ids", "").split(",")[:LARGEST_PAGE] if text]
    matching = listing.matching(listed.access, listed.kind, listed.fields, listed.state.asked(), listed.asker)
    records = list(matching.filter(pk__in=wanted).order_by("-stamp", "-pk"))
    return HttpResponse(load(listed.access, listed.kind, records, listed.columns).html())


def tab_counts(request: HttpRequest, screen: Screen) -> HttpResponse:
    """How many records stand behind each tab and in this list, and its sums: swapped into their places."""
    listed = Listed(request, screen)
    tabs = counts.of_views(listed.access, listed.kind, listed.fields, listed.views, listed.asker)
    number, sums = counts.of_list(listed.access, listed.state, listed.fields, listed.columns, listed.asker)
    context = {"tabs": tabs, "number": counts.shown(number), "sums": sums}
    return render.part(request, "records/list_counts.html", context)


def condition_row(request: HttpRequest, screen: Screen) -> HttpResponse:
    """One row of the filter panel: an empty one, or the inputs of the field and comparison chosen in it."""
    fields = definitions.current().readable(access_of(request), screen.kind.name)
    number = request.GET.get("n", "")
    context: dict[str, Any] = {
        "base": address(screen.kind),
        "offered": filters.offered(fields),
        "date_words": filters.DATE_WORDS,
    }
    if not (number.isascii() and number.isdigit()):
        used = [int(key[1:]) for key in request.GET if key[0] == "c" and key[1:].isdigit()]
        return render.part(
            request, "records/list_condition.html", {**context, "row": None, "n": max(used, default=-1) + 1}
        )
    name = request.GET.get(f"c{number}", "")
    if name not in fields or not filters.can_filter(fields[name]):
        raise Invalid({name: "unknown"}, code="unknown_field")
    same = request.GET.get("by") == "operator"
    values = request.GET.getlist(f"v{number}") if same else ()
    row = filters.draft(int(number), fields[name], request.GET.get(f"o{number}", ""), values)
    context["titles"] = filters.titles_of(access_of(request), [(row.field, value) for value in row.values])
    return render.part(request, "records/list_condition.html", {**context, "row": row, "n": int(number)})


def found_count(request: HttpRequest, screen: Screen) -> HttpResponse:
    """How many records the panel's conditions find, while they are being written."""
    listed = Listed(request, screen)
    number, _sums = counts.of_list(listed.access, listed.state, listed.fields, (), listed.asker)
    return HttpResponse(counts.shown(number))


def screen_state(request: HttpRequest, screen: Screen, query: str) -> Listed:
    """The list that a form of the page stood on; `query` is its address's query string. Raises `NotFound`."""
    if len(query) > 8000:
        raise NotFound()
    return Listed(request, screen, QueryDict(query.removeprefix("?")))
