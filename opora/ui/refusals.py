"""The one place that turns a refusal into a page, a fragment or problem+json (R1.01)."""

import logging
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opora.kit import errors
from opora.ui import htmx
from opora.ui.language import chosen
from opora.ui.typed import typed_again

log = logging.getLogger("opora.refusals")

API_PREFIX = "/api/"
_LOCKED = (
    "database is locked",
    "lock timeout",
    "canceling statement due to lock timeout",
    "too many clients",
)
_FULL = ("disk is full", "no space left")
_BARE = frozenset({500, 503, 507})  # these pages ask the database nothing


class Fault(errors.Refusal):
    """Our fault: only a number is shown, the log has the rest."""

    status = 500
    code = "internal"
    words = _("The mistake is on our side; nothing you saved is lost.")


def refusal_of(error: BaseException) -> errors.Refusal | None:
    """The refusal an exception stands for, or None when it is a fault of ours."""
    if isinstance(error, errors.Refusal):
        return error
    if isinstance(error, Http404):
        return errors.NotFound()
    if isinstance(error, PermissionDenied):
        return errors.Forbidden()
    if isinstance(error, RequestDataTooBig):
        return errors.TooLarge(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
    if isinstance(error, SuspiciousOperation):
        return errors.Refusal()
    if isinstance(error, OperationalError):
        return _of_database(str(error).casefold())
    return None


def _of_database(words: str) -> errors.Refusal | None:
    if any(sign in words for sign in _LOCKED):
        return errors.Busy()
    return errors.StorageFull() if any(sign in words for sign in _FULL) else None


def respond(request: HttpRequest, refusal: errors.Refusal) -> HttpResponse:
    """The answer to a refused request in the form and the language the client asked for."""
    with translation.override(chosen(request)):
        response = _answer(request, refusal)
    wait = getattr(refusal, "retry_after", None)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(request: HttpRequest, refusal: errors.Refusal) -> HttpResponse:
    if request.path_info.startswith(API_PREFIX):
        return problem(request, refusal)
    if isinstance(refusal, errors.NotSignedIn):
        return _to_sign_in(request)
    return _fragment(request, refusal) if htmx.is_fragment(request) else _page(request, refusal)


def problem(request: HttpRequest, refusal: errors.Refusal) -> JsonResponse:
    """The refusal as problem+json (RFC 9457): `code`, `title`, `status`, and what the code needs."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "status": refusal.status,
        "code": refusal.code,
        "title": str(refusal.message),
        "request_id": getattr(request, "number", ""),
    }
    if isinstance(refusal, errors.Invalid):
        body["fields"] = {name: [str(word) for word in words] for name, words in refusal.fields.items()}
    if isinstance(refusal, errors.Conflict):
        body["current"] = {name: _stored(value) for name, value in refusal.current.items()}
    if isinstance(refusal, errors.TooLarge):
        body["limit"] = refusal.limit
    if isinstance(refusal, errors.RateLimited):
        body["retry_after"] = refusal.retry_after
    response = JsonResponse(body, status=refusal.status, content_type="application/problem+json")
    if isinstance(refusal, errors.NotSignedIn):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, which leads back to the page that was open; never to the address of a form."""
    within = htmx.is_htmx(request)
    if request.method == "GET" and not within:
        back = request.get_full_path()
    else:
        page = urlsplit(request.headers.get("HX-Current-URL" if within else "Referer", ""))
        back = page.path + ("?" + page.query if page.query else "")
    address = resolve_url(settings.LOGIN_URL) + ("?" + urlencode({"next": back}) if back else "")
    return (
        HttpResponse(status=401, headers={"HX-Redirect": address})
        if within
        else HttpResponseRedirect(address)
    )


def _stored(value: Any) -> Any:
    row = _compared(value)
    return row["stored"] if row else value


def _compared(value: Any) -> dict[str, Any] | None:
    """One field of a conflict: its label, what is stored now, what was sent."""
    if isinstance(value, Mapping):
        return {
            "label": value.get("label", ""),
            "stored": value.get("stored", ""),
            "sent": value.get("sent", ""),
        }
    if isinstance(value, list | tuple) and len(value) == 3:
        return dict(zip(("label", "stored", "sent"), value, strict=True))
    return None


def _context(request: HttpRequest, refusal: errors.Refusal) -> dict[str, Any]:
    message = str(refusal.message)
    if isinstance(refusal, errors.Forbidden) and refusal.action:
        message = gettext("Not enough rights: %(action)s") % {"action": refusal.action}
    return {
        "refusal": refusal,
        "status": refusal.status,
        "message": message,
        "request_number": getattr(request, "number", ""),
        "compared": [row for row in map(_compared, getattr(refusal, "current", {}).values()) if row],
        "fields": [
            ("", name, str(w)) for name, words in getattr(refusal, "fields", {}).items() for w in words
        ],
        "typed": typed_again(request),
        "bare": refusal.status in _BARE,
    }


def _page(request: HttpRequest, refusal: errors.Refusal) -> HttpResponse:
    context = _context(request, refusal)
    template = "ui/refusal_bare.html" if context["bare"] else "ui/refusal.html"
    return HttpResponse(render_to_string(template, context, request=request), status=refusal.status)


def _fragment(request: HttpRequest, refusal: errors.Refusal) -> HttpResponse:
    """A region that can't be read says so in its place; a refused write leaves the form as it was typed."""
    context = _context(request, refusal)
    if isinstance(refusal, errors.Conflict) and context["compared"]:
        place = {"HX-Retarget": "#dialogs", "HX-Reswap": "innerHTML"}
        return HttpResponse(
            render_to_string("ui/conflict.html", context, request=request), status=409, headers=place
        )
    body = render_to_string("ui/refusal_fragment.html", context, request=request)
    response = HttpResponse(body, status=refusal.status)
    if request.method != "GET":
        response.headers["HX-Reswap"] = "none"
        details = [words for _id, _name, words in context["fields"]]
        words = " ".join([context["message"], *details])
        said = {"text": words, "status": refusal.status, "number": context["request_number"]}
        htmx.trigger(response, "refused", said)
    return response


class RefusalMiddleware:
    """Answers what views raise: refusals, absent things, a busy database. Faults go on to `server_error`."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = self.get_response(request)
        return _in_words(request, response) if response.status_code == 405 else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Django calls this with what a view raised."""
        refusal = refusal_of(error)
        return respond(request, refusal) if refusal else None


def _in_words(request: HttpRequest, bare: HttpResponseBase) -> HttpResponse:
    """The bare 405 of a view or a router, as every other refusal looks."""
    response = respond(request, errors.MethodNotAllowed())
    response.headers["Allow"] = bare.headers.get("Allow", "")
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler404` of both address tables."""
    return respond(request, errors.NotFound())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler403` of both address tables."""
    return respond(request, errors.Forbidden())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler400` of both address tables."""
    refusal = refusal_of(exception) if exception else None
    return respond(request, refusal or errors.Refusal())


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """`CSRF_FAILURE_VIEW`: the form's token is missing or old; what was typed is offered again."""
    words = _("This form was open for too long. Check what you typed and send it again.")
    return respond(request, errors.Forbidden(code="form_expired", message=words))


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: what middleware raised may still be a refusal; anything else is our fault, with a number."""
    error = sys.exc_info()[1]
    refusal = refusal_of(error) if error else None
    if refusal is None:
        log.error("%s %s: fault %s", request.method, request.path, getattr(request, "number", ""))
        refusal = Fault()
    return respond(request, refusal)
