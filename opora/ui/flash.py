"""One message for the next page: what a toast says after a redirect, also where no script runs.

It travels in a short signed cookie, so a GET writes nothing and nobody else can put words into it.
"""

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.urls import get_script_prefix

COOKIE = "opora_flash"
SECONDS = 60


def leave(response: HttpResponseBase, text: str, undo: str | None = None, kind: str = "") -> None:
    """Leaves the message for the page this response sends the browser to."""
    value = signing.dumps({"text": text, "undo": undo, "kind": kind}, salt=COOKIE)
    response.set_cookie(
        COOKIE, value, max_age=SECONDS, path=get_script_prefix(), httponly=True, samesite="Lax"
    )


def take(request: HttpRequest) -> dict[str, Any] | None:
    """The message left by the step before, once: the cookie is dropped with this response."""
    raw = request.COOKIES.get(COOKIE)
    if not raw:
        return None
    request.flash_taken = True  # type: ignore[attr-defined]
    try:
        message: dict[str, Any] = signing.loads(raw, salt=COOKIE, max_age=SECONDS)
    except signing.BadSignature:
        return None
    return message


def forget_taken(request: HttpRequest, response: HttpResponseBase) -> None:
    """Drops the cookie when a page has shown its message."""
    if getattr(request, "flash_taken", False):
        response.delete_cookie(COOKIE, path=get_script_prefix(), samesite="Lax")
