"""A person's act, taken from a request, and the answer to it."""

from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix

from opora.people.addresses import client_address
from opora.people.middleware import access_of
from opora.records.actions import Outcome
from opora.records.kinds import Kind
from opora.records.operations import Act
from opora.ui import htmx

KEY_LENGTH = 80
CHANGED = "records:changed"


def act_of(request: HttpRequest) -> Act:
    """Who acts, by the page, with the form's key (`_key`) or the `Idempotency-Key` header."""
    key = request.POST.get("_key") or request.headers.get("Idempotency-Key", "")
    return Act(
        access_of(request),
        via="page",
        key=key[:KEY_LENGTH],
        request=getattr(request, "number", ""),
        address=client_address(request),
    )


def versions_of(request: HttpRequest, record_id: int) -> dict[int, int]:
    """The version that the person saw, from the form's `_version`; empty when the form names none."""
    seen = request.POST.get("_version") or request.POST.get("version") or ""
    return {record_id: int(seen)} if seen.isascii() and seen.isdigit() and len(seen) < 10 else {}


def address(kind: Kind, record_id: int | None = None, *parts: str) -> str:
    """The address of a kind's list, of a record's card, or of something below it (`stage`, `fields/city`)."""
    steps = [kind.url] + ([str(record_id)] if record_id is not None else []) + list(parts)
    return get_script_prefix() + "/".join(steps) + "/"


def undo_address(outcome: Outcome) -> str | None:
    """Where the toast's "Undo" posts to; None when there is nothing to undo."""
    return (
        f"{get_script_prefix()}undo/{outcome.undo_id}/" if outcome.undo_id and not outcome.is_replay else None
    )


def done(request: HttpRequest, outcome: Outcome, words: str, back: str) -> HttpResponse:
    """The answer to a write: a toast with "Undo", and the parts of the page that show the records ask anew.

    Without script the browser goes to `back`, where the same words stand.
    """
    if not htmx.is_fragment(request):
        return htmx.redirect(request, back, words, undo_address(outcome))
    response = HttpResponse(status=204)
    htmx.toast(response, words, undo_address(outcome))
    return told(response)


def told(response: HttpResponse) -> HttpResponse:
    """Say to the page that records have changed; open dialogs of the page close."""
    htmx.trigger(response, CHANGED)
    htmx.trigger(response, "close-dialogs")
    return response


def in_dialog(response: HttpResponse) -> HttpResponse:
    """Show this answer as a dialog over the page, whatever element asked for it."""
    response.headers["HX-Retarget"] = "#dialogs"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def asks_dialog(request: HttpRequest) -> bool:
    """Whether the answer goes into the page's place for dialogs."""
    return htmx.is_fragment(request) and htmx.target(request) == "dialogs"
