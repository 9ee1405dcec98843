"""Pages for who can't sign in: "Забыли пароль?" (U02), and what the links of letters open (R6.03)."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opora.kit.errors import Invalid, NotFound, RateLimited, Refusal
from opora.kit.text import fold
from opora.people import invitations, own_email, passwords
from opora.people.addresses import client_address
from opora.people.guards import public
from opora.people.limits import FORGOTTEN_ADDRESS, FORGOTTEN_DAY, FORGOTTEN_HOUR, spend
from opora.people.logins import LONGEST_LOGIN
from opora.people.mail import links, servers
from opora.people.mail.letters import answer_forgotten
from opora.people.middleware import access_of
from opora.people.models import MailLink
from opora.people.models.mail import LinkPurpose
from opora.people.sessions import drop_cookie
from opora.tenancy.context import require_project
from opora.ui import htmx
from opora.ui.render import page


@public
@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Ask for a link that sets a new password. The answer is the same for known and unknown accounts (R6.05)."""
    writes, problem, status = servers.can_write(), "", 200
    typed = request.POST.get("login", "")
    if request.method == "POST" and writes:
        try:
            _ask(request, fold(typed)[:LONGEST_LOGIN])
        except Refusal as refusal:
            problem, status = _words(refusal), refusal.status
    is_asked = request.method == "POST" and writes and not problem
    context = {
        "project_name": require_project().name,
        "writes": writes,
        "login": typed,
        "is_asked": is_asked,
        "problem": problem,
    }
    return page(request, "people/forgot.html", context, status=status)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, key: str) -> HttpResponse:
    """What a link opens: choose a password. Looking at the page uses nothing up."""
    errors: dict[str, list[str]] = {}
    try:
        found = links.find(key)
        if found.purpose == LinkPurpose.EMAIL:
            return _new_email(request, found)
        if request.method == "POST":
            user = invitations.open_by(found, _chosen(request), client_address(request))
            response = htmx.redirect(
                request, reverse("people:sign_in"), _("Now sign in with the new password.")
            )
            drop_cookie(response)
            return response
        user = found.user
    except NotFound:
        return page(request, "people/link_old.html", {"writes": servers.can_write()}, status=404)
    except Invalid as refusal:
        user = found.user
        errors = {name: [str(word) for word in words] for name, words in refusal.fields.items()}
    context = {
        "person": user,
        "project_name": require_project().name,
        "is_invited": found.purpose == LinkPurpose.INVITATION,
        "errors": errors,
        "password_hint": passwords.hint(),
    }
    response = page(request, "people/link.html", context, status=422 if errors else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _new_email(request: HttpRequest, found: MailLink) -> HttpResponse:
    """A button that makes the new address the person's e-mail: looking, as mail programs do, changes nothing."""
    if request.method != "POST":
        context = {"person": found.user, "email": found.address, "project_name": require_project().name}
        response = page(request, "people/link_email.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response
    user = own_email.confirm(found, client_address(request))
    words = _("Your e-mail is %(email)s now.") % {"email": user.email}
    place = "people:profile" if access_of(request).user_id == user.pk else "people:sign_in"
    return htmx.redirect(request, reverse(place), words)


def _ask(request: HttpRequest, subject: str) -> None:
    if not subject:
        raise Invalid({"login": _("Fill this in.")})
    address = client_address(request)
    spend(FORGOTTEN_ADDRESS, address)
    spend(FORGOTTEN_HOUR, subject)
    spend(FORGOTTEN_DAY, subject)
    answer_forgotten.enqueue(subject, address)


def _chosen(request: HttpRequest) -> str:
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        raise Invalid({"again": _("The two passwords differ.")})
    return password


def _words(refusal: Refusal) -> str:
    if isinstance(refusal, RateLimited):
        return _("Too many attempts. Try again later.")
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    return " ".join(str(word) for words in fields.values() for word in words)
