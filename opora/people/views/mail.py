"""Settings › "Отправка писем": the server that sends invitations and links (R3.06, R8)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opora.kit.errors import Invalid
from opora.people.guards import switch
from opora.people.limits import MAIL_CHECKS, spend
from opora.people.mail import posting, servers
from opora.people.middleware import access_of, user_of
from opora.people.models.mail import MailServer, Security
from opora.people.switches import SETTINGS
from opora.tenancy.context import require_project
from opora.ui import htmx
from opora.ui.render import page

may_set = switch(SETTINGS.name)


@may_set
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """The mail server of the project."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            servers.keep(access_of(request), request.POST.dict())
        except Invalid as refusal:
            errors = {name: [str(word) for word in words] for name, words in refusal.fields.items()}
        else:
            return htmx.redirect(request, reverse("people:mail"), _("Saved"))
    return _page(request, errors)


@may_set
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Send a letter to oneself through the stored server, now, and say what came of it."""
    user, server = user_of(request), servers.current()
    if server is None or not user.email:
        raise Invalid(message=_("Save a mail server and write your own e-mail in your account first."))
    spend(MAIL_CHECKS, user.id)
    subject = _("A letter to check “%(project)s”") % {"project": require_project().name}
    try:
        made = posting.letter(
            server, user.email, subject, _("Letters of Opora arrive. Nothing has to be done.")
        )
        posting.post(server, made)
    except posting.NotPosted as refusal:
        return _page(request, {}, str(refusal.words))
    except ValueError:
        return _page(request, {}, str(posting.LetterRefused.words))
    words = _("The mail server has taken a letter to %(email)s.") % {"email": user.email}
    return htmx.redirect(request, reverse("people:mail"), words)


def _page(request: HttpRequest, errors: dict[str, list[str]], problem: str = "") -> HttpResponse:
    row = servers.stored()
    shown = row or MailServer(
        port=465,
        sender=user_of(request).email,
        sender_name=require_project().name,
        site=servers.site() or request.build_absolute_uri("/").rstrip("/"),
    )
    values: dict[str, Any] = {name: getattr(shown, name) for name in (*servers.FIELDS, "port", "is_on")}
    if errors:
        values = {**values, "is_on": "", **request.POST.dict()}
    context = {
        "values": values,
        "errors": errors,
        "problem": problem,
        "has_password": bool(row and row.password_sealed),
        "is_ready": servers.can_write(),
        "has_installation": servers.of_installation() is not None,
        "security_options": [(one.value, one.label) for one in Security],
        "settings_item": "mail",
    }
    return page(request, "people/mail.html", context, status=422 if errors or problem else 200)
