"""The address that sites send leads to."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from opora.kit.errors import Forbidden, NotSignedIn
from opora.leadforms import bodies
from opora.leadforms.receiving import Arrival, receive
from opora.people.guards import by_key
from opora.people.limits import LEADS_HOUR, LEADS_MINUTE, spend
from opora.people.middleware import access_of
from opora.people.models import Token
from opora.people.switches import LEADS


@by_key("leads")
@require_POST
def leads(request: HttpRequest) -> HttpResponse:
    """A lead in JSON or as a form: 201 with its id, 200 for what was received already, 202 when it waits (N15)."""
    token: Token | None = request.token  # type: ignore[attr-defined]
    if token is None:
        raise NotSignedIn()
    if not access_of(request).has(LEADS.name):
        raise Forbidden(LEADS.label)
    for limit in (LEADS_MINUTE, LEADS_HOUR):
        spend(limit, token.id)
    sent = bodies.read(request.body, request.headers.get("Content-Type", ""))
    arrival: Arrival = request.arrival  # type: ignore[attr-defined]
    found = receive(sent, token, access_of(request), arrival)
    is_new = not (found.is_replay or found.is_twin)
    answer = {"id": str(found.contact_id), "status": "created" if is_new else "repeated"}
    response = JsonResponse(answer, status=201 if is_new else 200)
    if found.is_replay:
        response.headers["Idempotent-Replay"] = "true"
    return response
