"""What a person chooses alone: language, theme, password."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opora.kit.errors import Invalid
from opora.people import cookies, passwords
from opora.people.accounts import prefer
from opora.people.guards import Guard, guarded, public
from opora.people.middleware import user_of
from opora.people.models import Session, User
from opora.people.own_account import change_password
from opora.people.returning import back
from opora.people.sessions import put_cookie, renew
from opora.tenancy.context import require_project
from opora.ui import htmx, language, middleware
from opora.ui.render import page

COOKIE_SECONDS = 365 * 24 * 3600


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Speak another language: kept for the person, and in a cookie for the sign-in page."""
    codes = [code for code, _name in settings.LANGUAGES]
    return _choose(request, "language", codes, language.COOKIE)


@public
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Day, night, or as the system has it."""
    return _choose(request, "theme", middleware.THEMES, middleware.THEME_COOKIE)


@guarded(Guard(with_old_password=True))
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; where a one-use password was given, nothing else works before this."""
    home = require_project().address
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            _change(request)
        except Invalid as refusal:
            errors = {name: [str(word) for word in words] for name, words in refusal.fields.items()}
        else:
            words = _("The password is changed. Other sessions are ended.")
            response = htmx.redirect(request, home, words)
            put_cookie(request, response, _session(request), renew(_session(request)))
            return response
    context = {
        "errors": errors,
        "password_hint": passwords.hint(),
        "is_due": user_of(request).must_change_password,
        "cancel_url": home,
    }
    return page(request, "people/password.html", context, status=422 if errors else 200)


def _change(request: HttpRequest) -> None:
    new = request.POST.get("password", "")
    if new != request.POST.get("again", ""):
        raise Invalid({"again": _("The two passwords differ.")})
    current = request.POST.get("current", "")
    change_password(user_of(request), current, new, session_id=_session(request).id)


def _session(request: HttpRequest) -> Session:
    row: Session = request.session_row  # type: ignore[attr-defined]
    return row


def _choose(
    request: HttpRequest, name: str, allowed: list[str] | tuple[str, ...], cookie: str
) -> HttpResponse:
    wanted = request.POST.get(name, "")
    if wanted not in allowed:
        raise Invalid({name: _("Choose one of the list.")})
    user = user_of(request)
    if isinstance(user, User):
        prefer(user, **{name: wanted})
    response = htmx.redirect(request, back(request, require_project().address))
    cookies.put(request, response, cookie, wanted, COOKIE_SECONDS, is_secret=False)
    return response
