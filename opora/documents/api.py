"""Files by the API: sent as a form with parts, read as bytes; the rest is what every kind has."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from ninja import Router

from opora.documents import arrived, limits, receiving, sending
from opora.documents.manifest import FILE
from opora.kit.errors import Forbidden
from opora.people.middleware import access_of
from opora.records import sight
from opora.records.actions import Outcome
from opora.records.api import calls, shapes
from opora.records.api.operations import Operations, own_operations

SENT = {
    "type": "object",
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "about": {"type": "string"},
        "field": {"type": "string"},
    },
    "required": ["file"],
}


def operations(router: Router) -> None:
    """The operations of files that are their own."""

    @router.post("", operation_id="file.create")
    def create(request: HttpRequest) -> JsonResponse:
        """A new file: `file` and either `about` (`contact:42`) or `field`, the name of a field that will hold it."""
        access = access_of(request)
        if not access.leaves("create"):
            raise Forbidden(FILE.label)
        received = receiving.one_file(request)
        outcome = arrived.attach(
            calls.act_of(request),
            received,
            about=request.POST.get("about", ""),
            field=request.POST.get("field", ""),
        )
        body = _shown(request, outcome) | {"warning": limits.room().warning or None}
        response = JsonResponse(body, status=200 if outcome.is_replay else 201)
        if outcome.is_replay:
            response.headers["Idempotent-Replay"] = "true"
        return response

    @router.get("/{record_id}/content", operation_id="files.content", summary="Content of a file")
    def content(request: HttpRequest, record_id: str) -> HttpResponseBase:
        """The bytes of a file; `Range` is understood."""
        return sending.saved(request, sight.get_visible(access_of(request), FILE, record_id))


def _shown(request: HttpRequest, outcome: Outcome) -> dict[str, Any]:
    """The new file; of one that waits for its field only what its sender knows anyway."""
    access, number = access_of(request), outcome.ids[0]
    found = sight.visible(access, FILE, trashed=None).filter(pk=number)
    return next(iter(shapes.shown(access, FILE, list(found))), {"id": str(number)})


own_operations.register(FILE.name, Operations(operations, SENT))
