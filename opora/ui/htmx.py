"""What htmx asks and is told: is this a fragment, a toast, another address."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

from opora.ui import flash


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx sent this request."""
    return request.headers.get("HX-Request") == "true"


def is_fragment(request: HttpRequest) -> bool:
    """Whether a part of the page is wanted: htmx asks, and not for a whole page (boost, history)."""
    whole = (
        request.headers.get("HX-Boosted") == "true"
        or request.headers.get("HX-History-Restore-Request") == "true"
    )
    return is_htmx(request) and not whole


def target(request: HttpRequest) -> str:
    """The id of the element the answer goes into, or an empty string."""
    return request.headers.get("HX-Target", "")


def trigger(response: HttpResponseBase, name: str, detail: Any = None) -> None:
    """Fires an event in the browser when the answer arrives; several may be added to one answer."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    events[name] = detail
    response.headers["HX-Trigger"] = json.dumps(events, ensure_ascii=True)


def toast(response: HttpResponseBase, text: str, undo: str | None = None, kind: str = "") -> None:
    """Shows a toast; `undo` is the address "Undo" posts to, `kind` is "" or "danger"."""
    trigger(response, "toast", {"text": str(text), "undo": undo, "kind": kind})


def redirect(
    request: HttpRequest, url: str, text: str | None = None, undo: str | None = None
) -> HttpResponse:
    """Sends the browser to another page (HX-Redirect or 302), where `text` is shown as a toast."""
    within = is_htmx(request)
    response = HttpResponse(status=204, headers={"HX-Redirect": url}) if within else HttpResponseRedirect(url)
    if text:
        flash.leave(response, str(text), undo)
    return response
