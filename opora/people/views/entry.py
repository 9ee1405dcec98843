"""Signing in, with a second step where there is one, and out (N02, R6.07)."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from opora.kit.errors import AccountBlocked, AddressRefused, Invalid, RateLimited, Refusal
from opora.people import devices, factor, halfway, journal
from opora.people.demo import LOGINS
from opora.people.guards import Guard, guarded, public
from opora.people.halfway import Half
from opora.people.middleware import access_of, user_of
from opora.people.models import Session
from opora.people.returning import safe_next
from opora.people.sessions import drop_cookie, put_cookie
from opora.people.signin import SignedIn, finish
from opora.people.signin import sign_in as enter
from opora.tenancy.context import require_project
from opora.ui import htmx
from opora.ui.render import page


@public
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; who is signed in already goes on."""
    home = require_project().address
    wanted = safe_next(request.POST.get("next") or request.GET.get("next"), home)
    if request.method != "POST":
        return htmx.redirect(request, wanted) if access_of(request).may_enter else _form(request, wanted)
    lasting = bool(request.POST.get("lasting"))
    try:
        entered = enter(
            request, request.POST.get("login", ""), request.POST.get("password", ""), lasting=lasting
        )
    except (Invalid, RateLimited, AccountBlocked, AddressRefused) as refusal:
        return _form(request, wanted, refusal)
    if isinstance(entered, Half):
        response = htmx.redirect(request, _second_step(wanted))
        halfway.put(request, response, entered)
        return response
    return _welcome(request, entered, wanted)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The code after the password (R6.07). Until it is right nobody is signed in on any route."""
    wanted = safe_next(request.POST.get("next") or request.GET.get("next"), require_project().address)
    half = halfway.of(request)
    if half is None:
        return htmx.redirect(request, wanted if access_of(request).may_enter else _sign_in_page(wanted))
    if request.method != "POST":
        return _code_form(request, wanted, half)
    try:
        entered = finish(request, half, request.POST.get("code", ""))
    except (Invalid, RateLimited, AccountBlocked, AddressRefused) as refusal:
        return _code_form(request, wanted, half, refusal)
    response = _welcome(request, entered, wanted)
    halfway.drop(response)
    return response


@guarded(Guard(with_old_password=True, without_factor=True))
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session and take its cookie away."""
    user = user_of(request)
    _end_previous(request)
    journal.note("user.signed_out", user, via="page", actor=user.id)
    response = htmx.redirect(request, reverse("people:sign_in"))
    drop_cookie(response)
    rotate_token(request)
    return response


def _welcome(request: HttpRequest, entered: SignedIn, wanted: str) -> HttpResponse:
    """On to the page that was wanted, with the new session in the browser."""
    _end_previous(request)
    response = htmx.redirect(request, wanted)
    put_cookie(request, response, entered.session, entered.key)
    devices.remember(request, response, entered.user)
    rotate_token(request)
    return response


def _second_step(wanted: str) -> str:
    return reverse("people:second_step") + "?" + urlencode({"next": wanted})


def _sign_in_page(wanted: str) -> str:
    return reverse("people:sign_in") + "?" + urlencode({"next": wanted})


def _end_previous(request: HttpRequest) -> None:
    session: Session | None = request.session_row  # type: ignore[attr-defined]
    if session:
        session.delete()


def _form(request: HttpRequest, wanted: str, refusal: Refusal | None = None) -> HttpResponse:
    project = require_project()
    context = {
        "project_name": project.name,
        "next": wanted,
        "login": request.POST.get("login", ""),
        "lasting": refusal is None or bool(request.POST.get("lasting")),
        "problem": _words(refusal) if refusal else "",
        "ready_logins": LOGINS if project.is_demo else (),
    }
    response = page(request, "people/sign_in.html", context, status=refusal.status if refusal else 200)
    if isinstance(refusal, RateLimited):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _code_form(request: HttpRequest, wanted: str, half: Half, refusal: Refusal | None = None) -> HttpResponse:
    by_recovery = (request.POST.get("way") or request.GET.get("way")) == factor.RECOVERY
    context = {
        "project_name": require_project().name,
        "person": half.user,
        "next": wanted,
        "by_recovery": by_recovery,
        "is_readable": factor.is_readable(half.user),
        "problem": _words(refusal) if refusal else "",
        "other_way": _second_step(wanted) + ("" if by_recovery else f"&way={factor.RECOVERY}"),
        "back_url": _sign_in_page(wanted),
    }
    response = page(request, "people/second_step.html", context, status=refusal.status if refusal else 200)
    response.headers["Cache-Control"] = "no-store"
    if isinstance(refusal, RateLimited):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _words(refusal: Refusal) -> str:
    if isinstance(refusal, Invalid):
        return " ".join(str(word) for words in refusal.fields.values() for word in words)
    if isinstance(refusal, RateLimited):
        minutes = -(-refusal.retry_after // 60)
        wait = ngettext("Try again in %(n)d minute.", "Try again in %(n)d minutes.", minutes) % {"n": minutes}
        return _("Too many attempts.") + " " + wait
    return str(refusal.message)
