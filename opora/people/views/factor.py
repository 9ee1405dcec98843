"""The own second factor: set up, moved, removed, recovery codes (R6.07)."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opora.kit.errors import Forbidden, Invalid
from opora.people import factor, totp
from opora.people.guards import Guard, guarded, signed_in
from opora.people.middleware import user_of
from opora.people.models import Session
from opora.people.sessions import put_cookie, renew
from opora.tenancy.context import require_project
from opora.ui import htmx
from opora.ui.render import page

ASKING = ["GET", "HEAD", "POST"]


@guarded(Guard(without_factor=True))
@require_http_methods(ASKING)
def set_up(request: HttpRequest) -> HttpResponse:
    """Set the second factor up, or move it to another app; then the recovery codes, shown once."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            return _switched_on(request)
        except Invalid as refusal:
            errors = _errors(refusal)
    user = user_of(request)
    proposal = factor.propose(user, request.POST.get("sealed", ""))
    context = {
        "person": user,
        "proposal": proposal,
        "qr": totp.qr(proposal.address),
        "is_due": user.lacks_factor,
        "errors": errors,
        "cancel_url": reverse("people:profile_entry"),
    }
    return _private(page(request, "people/factor.html", context, status=422 if errors else 200))


@signed_in
@require_http_methods(ASKING)
def codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes instead of those before."""
    _must_have(request)
    if request.method == "POST":
        sent = request.POST
        try:
            made = factor.renew_codes(
                user_of(request), password=sent.get("password", ""), code=sent.get("code", "")
            )
        except Invalid as refusal:
            return _ask(request, "codes", _errors(refusal))
        return _shown_once(request, made)
    return _ask(request, "codes")


@signed_in
@require_http_methods(ASKING)
def removal(request: HttpRequest) -> HttpResponse:
    """Remove the second factor: asks for the password and a code."""
    _must_have(request)
    if request.method != "POST":
        return _ask(request, "removal")
    sent = request.POST
    try:
        factor.switch_off(
            user_of(request),
            password=sent.get("password", ""),
            code=sent.get("code", ""),
            session_id=_session(request).id,
        )
    except Invalid as refusal:
        return _ask(request, "removal", _errors(refusal))
    words = _("The second factor is off. Other sessions are ended.")
    return htmx.redirect(request, reverse("people:profile_entry"), words)


def _switched_on(request: HttpRequest) -> HttpResponse:
    sent, session = request.POST, _session(request)
    made = factor.switch_on(
        user_of(request),
        password=sent.get("password", ""),
        sealed=sent.get("sealed", ""),
        code=sent.get("code", ""),
        old_code=sent.get("old_code", ""),
        session_id=session.id,
    )
    response = _shown_once(request, made)
    put_cookie(request, response, session, renew(session))
    rotate_token(request)
    return response


def _shown_once(request: HttpRequest, made: list[str]) -> HttpResponse:
    text = "\n".join([f"Opora, {require_project().name}, {user_of(request).login}", "", *made, ""])
    context = {
        "codes": made,
        "text": text,
        "file": "data:text/plain;charset=utf-8," + quote(text),
        "done_url": reverse("people:profile_entry"),
    }
    return _private(page(request, "people/recovery_codes.html", context))


def _ask(request: HttpRequest, what: str, errors: dict[str, list[str]] | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "what": what,
        "errors": errors or {},
        "left": factor.codes_left(user_of(request)),
        "cancel_url": reverse("people:profile_entry"),
    }
    return _private(page(request, "people/factor_ask.html", context, status=422 if errors else 200))


def _must_have(request: HttpRequest) -> None:
    if not user_of(request).has_factor:
        raise Forbidden(message=_("There is no second factor yet: set it up first."))


def _session(request: HttpRequest) -> Session:
    row: Session = request.session_row  # type: ignore[attr-defined]
    return row


def _errors(refusal: Invalid) -> dict[str, list[str]]:
    return {name: [str(word) for word in words] for name, words in refusal.fields.items()}


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
