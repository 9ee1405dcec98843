"""The operations that belong to no kind: who am I, what is defined, search."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from ninja import Router

from opora.people.limits import SEARCHES, spend
from opora.people.middleware import access_of, user_of
from opora.people.rights import may
from opora.records import definitions
from opora.records.api import shapes
from opora.records.definitions import ProcessOf
from opora.records.kinds import Kind, kind_named, kinds
from opora.records.search import search

MOST_HITS = 100
router = Router(tags=["general"])


@router.get("/me", operation_id="general.me")
def me(request: HttpRequest) -> JsonResponse:
    """Whose key this is and what it may do."""
    user, access, token = user_of(request), access_of(request), request.token  # type: ignore[attr-defined]
    rights = {
        kind.name: [
            verb for verb in ("see", "create", "edit", "delete", "export") if may(access, kind.name, verb)
        ]
        for kind in kinds
        if not kind.seen_through
    }
    return JsonResponse(
        {
            "id": str(user.id),
            "login": user.login,
            "name": user.name,
            "role": access.role_name,
            "scopes": list(token.scopes) if token else None,
            "rights": rights,
        }
    )


@router.get("/definitions", operation_id="general.definitions")
def defined(request: HttpRequest) -> JsonResponse:
    """The kinds with their fields, the project's own among them, and the processes with their stages."""
    now = definitions.current()
    found = [
        _kind(request, kind)
        for kind in kinds
        if kind.seen_through or may(access_of(request), kind.name, "see")
    ]
    return JsonResponse({"version": str(now.version), "kinds": found})


def _kind(request: HttpRequest, kind: Kind) -> dict[str, Any]:
    now = definitions.current()
    return {
        "name": kind.name,
        "label": str(kind.label),
        "url": kind.url,
        "fields": [shapes.field_shape(f) for f in now.readable(access_of(request), kind.name).values()],
        "processes": [_process(process) for process in now.processes_of(kind.name)],
    }


def _process(process: ProcessOf) -> dict[str, Any]:
    stages = [{"id": str(s.id), "name": s.shown, "group": s.group, "color": s.color} for s in process.stages]
    return {"id": str(process.id), "name": process.shown, "stages": stages}


@router.get("/search", operation_id="general.search")
def found(request: HttpRequest, q: str, kind: str = "", limit: int = 20) -> JsonResponse:
    """What one may see of what was written, the newest first."""
    access = access_of(request)
    spend(SEARCHES, access.user_id)
    among = [kind_named(name) for name in kind.split(",") if name]
    hits = search(access, q[:200], among=among, limit=max(1, min(limit, MOST_HITS)))
    items = [{"kind": hit.kind.name, "id": str(hit.record.id), "title": hit.record.title} for hit in hits]
    return JsonResponse({"items": items})
