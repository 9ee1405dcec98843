"""The operations of one kind: list, read, create, change, delete, history, and a POST for each of its verbs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, JsonResponse
from ninja import Router

from opora.kit import ids
from opora.kit.registry import Registry
from opora.people import directory
from opora.people.middleware import access_of
from opora.records import definitions, listing, sight
from opora.records.actions import Action, action_for, actions, perform
from opora.records.api import calls, shapes
from opora.records.api.bodies import read_json
from opora.records.conditions import read_all
from opora.records.feed import feed
from opora.records.kinds import Kind
from opora.records.listing import Asked
from opora.records.places import Place
from opora.records.screens.state import asker_of
from opora.timeline.events import Ref

OWN_METHODS = frozenset({"create", "edit", "trash"})
MOST_ROWS = 100


@dataclass(frozen=True)
class Operations:
    """Operations that a kind brings itself, its own way of making records among them.

    `sent` is the JSON schema of the form with parts (`multipart/form-data`) by which one is made.
    """

    add: Callable[[Router], None]
    sent: Mapping[str, Any]


own_operations: Registry[Operations] = Registry("operations of a kind")


def verbs_of(kind: Kind) -> dict[str, Action]:
    """The verbs that a program calls by name on one record of a kind."""
    names = dict.fromkeys(name.rpartition(".")[2] for name, _a in actions.items() if _is_for(kind, name))
    found = {name: action_for(kind, name) for name in names}
    return {name: each for name, each in found.items() if name not in OWN_METHODS and not each.makes}


def _is_for(kind: Kind, name: str) -> bool:
    of, point, __ = name.rpartition(".")
    if point:
        return of == kind.name
    closed = {"move", "check"} if not kind.has_stages else set()
    return name not in (closed | ({"hand_over", "share", "take"} if kind.seen_through else set()))


def router_of(kind: Kind) -> Router:
    """All operations of a kind, each named `<kind>.<verb>`."""
    router = Router(tags=[kind.url])
    own = own_operations.get(kind.name)
    if own is not None:
        own.add(router)
    else:
        _make(router, kind)
    _read(router, kind)
    _write(router, kind)
    for name in verbs_of(kind):
        router.post(f"/{{record_id}}/{name}", operation_id=f"{kind.name}.{name}")(_verb(kind, name))
    return router


def _read(router: Router, kind: Kind) -> None:
    @router.get("", operation_id=f"{kind.name}.list")
    def listed(
        request: HttpRequest,
        limit: int = listing.PAGE,
        sort: str = "",
        after: str = "",
        q: str = "",
        fields: str = "",
        trashed: bool = False,
        aside: bool = False,
    ) -> JsonResponse:
        """A page of the records one sees; `f` is a filter and may be repeated, `after` is `next` of the page before.

        `trashed` lists what lies in the trash instead, `aside` who is no client.
        """
        access = access_of(request)
        readable = definitions.current().readable(access, kind.name)
        conditions = read_all(text for text in request.GET.getlist("f") if text)
        place = Place.TRASH if trashed else Place.ASIDE if aside else Place.LISTS
        asked = Asked(conditions, sort or kind.default_sort, after, limit, place, q.strip()[:200])
        page = listing.page(access, kind, readable, asked, asker_of(request))
        items = shapes.shown(access, kind, page.records, fields)
        return JsonResponse({"items": items, "next": page.next or None})

    @router.get("/{record_id}", operation_id=f"{kind.name}.get")
    def one(request: HttpRequest, record_id: str, fields: str = "") -> JsonResponse:
        """One record."""
        record = sight.get_visible(access_of(request), kind, record_id)
        response = JsonResponse(shapes.shown(access_of(request), kind, [record], fields)[0])
        response.headers["ETag"] = f'"{record.version}"'
        return response

    @router.get("/{record_id}/feed", operation_id=f"{kind.name}.feed")
    def history(request: HttpRequest, record_id: str, before: str = "", limit: int = 30) -> JsonResponse:
        """What happened to a record and to what stands on it, the newest first."""
        access = access_of(request)
        record = sight.get_visible(access, kind, record_id)
        start = ids.parse(before) if before else None
        rows, following = feed(
            access, Ref(kind.name, record.id), before=start, limit=max(1, min(limit, MOST_ROWS))
        )
        items = [shapes.row(row, directory.name_of(row.event.actor_id)) for row in rows]
        return JsonResponse({"items": items, "next": str(following) if following else None})


def _make(router: Router, kind: Kind) -> None:
    @router.post("", operation_id=f"{kind.name}.create")
    def create(request: HttpRequest) -> JsonResponse:
        """A new record."""
        sent = calls.new_record(action_for(kind, "create"), read_json(request.body))
        outcome = perform("create", kind, calls.act_of(request), **sent)
        return calls.answer(request, kind, outcome, outcome.ids[0], 201)


def _write(router: Router, kind: Kind) -> None:
    @router.patch("/{record_id}", operation_id=f"{kind.name}.edit")
    def edit(request: HttpRequest, record_id: str) -> Any:
        """Change fields of a record; with `If-Match` or `version` nothing that someone else changed is overwritten."""
        number, body = ids.parse(record_id), read_json(request.body)
        seen = calls.versions(request, number, body)
        return calls.carry_out(request, "edit", kind, number, seen, values=body)

    @router.delete("/{record_id}", operation_id=f"{kind.name}.trash")
    def trash(request: HttpRequest, record_id: str) -> Any:
        """Put a record into the trash."""
        number = ids.parse(record_id)
        return calls.carry_out(request, "trash", kind, number, calls.versions(request, number, {}))


def _verb(kind: Kind, name: str) -> Callable[..., Any]:
    def verb(request: HttpRequest, record_id: str) -> Any:
        number, body = ids.parse(record_id), read_json(request.body)
        seen = calls.versions(request, number, body)
        return calls.carry_out(
            request, name, kind, number, seen, **calls.arguments(action_for(kind, name), body)
        )

    return verb
