"""The own profile: "Обо мне", "Вход и сеансы", "Ключи API" (I08, R6.08, R6.09)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opora.kit import ids
from opora.kit.errors import Invalid
from opora.people import factor, own_account, own_email, presence
from opora.people.guards import signed_in, switch
from opora.people.mail import servers
from opora.people.middleware import access_of, user_of
from opora.people.models import Session, Token
from opora.people.models.token import TokenScope
from opora.people.switches import TOKENS
from opora.people.views.user_entry import shown_sessions
from opora.ui import htmx
from opora.ui.render import page

PARTS = (
    ("profile", gettext_lazy("About me"), "user"),
    ("profile_entry", gettext_lazy("Entry and sessions"), "lock"),
    ("profile_keys", gettext_lazy("API keys"), "key"),
)


@signed_in
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Who I am here: name, role, head, groups. The place in the company is changed by an administrator."""
    user = own_account.placed(user_of(request))
    groups = list(user.crm_groups.order_by("name"))
    context = {"person": user, "groups": groups, "waiting": own_email.waiting(user)}
    return _page(request, "profile", "people/profile.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: HttpRequest) -> HttpResponse:
    """Ask for another own e-mail; it is changed by the link that is sent there."""
    user, errors = user_of(request), {}
    back_url = reverse("people:profile")
    if request.method == "POST":
        typed = request.POST.get("email", "")
        try:
            own_email.ask(user, request.POST.get("password", ""), typed)
        except Invalid as refusal:
            errors = {name: [str(word) for word in words] for name, words in refusal.fields.items()}
        else:
            words = _("A link is on its way to %(email)s. Follow it to change the e-mail.")
            return htmx.redirect(request, back_url, words % {"email": typed.strip()})
    context = {
        "person": user,
        "errors": errors,
        "writes": servers.can_write(),
        "typed": request.POST.get("email", ""),
        "cancel_url": back_url,
    }
    return page(request, "people/email.html", context, status=422 if errors else 200)


@signed_in
@require_POST
def email_cancel(request: HttpRequest) -> HttpResponse:
    """Drop the new e-mail that waits."""
    own_email.cancel(user_of(request))
    return htmx.redirect(request, reverse("people:profile"), _("The e-mail stays as it is."))


@signed_in
@require_POST
def letters(request: HttpRequest) -> HttpResponse:
    """Switch the letters about what is shared on or off."""
    on = request.POST.get("on") == "1"
    own_account.take_letters(user_of(request), on=on)
    words = _("You get letters about what is shared with you.") if on else _("You get no letters any more.")
    if not htmx.is_fragment(request):
        return htmx.redirect(request, reverse("people:profile"), words)
    response = HttpResponse(status=204)
    htmx.toast(response, words)
    return response


@signed_in
@require_safe
def entry(request: HttpRequest) -> HttpResponse:
    """The sessions of this person, from where and since when."""
    user, own = user_of(request), _own_session(request)
    rows = shown_sessions(user, own)
    context = {
        "person": user,
        "sessions": rows,
        "codes_left": factor.codes_left(user) if user.has_factor else 0,
        "has_others": any(not row["is_own"] for row in rows),
    }
    return _page(request, "profile_entry", "people/profile_entry.html", context)


@signed_in
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one session of one's own."""
    own_account.end_session(user_of(request), ids.parse(session_id))
    return htmx.redirect(request, reverse("people:profile_entry"), _("The session is ended."))


@signed_in
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all sessions but this one."""
    own_account.end_other_sessions(user_of(request), but=_own_session(request))
    return htmx.redirect(request, reverse("people:profile_entry"), _("All other sessions are ended."))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """The own API keys; a new one is shown once, on the answer to its form."""
    errors: dict[str, list[str]] = {}
    made = ""
    if request.method == "POST":
        try:
            made = _make(request)
        except Invalid as refusal:
            errors = {name: [str(word) for word in words] for name, words in refusal.fields.items()}
    chosen = request.POST.getlist("scopes") if errors else []
    context = {
        "keys": _keys(own_account.keys_of(access_of(request), user_of(request))),
        "made": made,
        "errors": errors,
        "typed": {name: request.POST.get(name, "") if errors else "" for name in ("name", "ranges", "days")},
        "scopes": [(one.value, one.label, one.value in chosen) for one in TokenScope],
        "day_options": [(days, _days(days)) for days in own_account.DAYS],
    }
    response = _page(request, "profile_keys", "people/profile_keys.html", context, 422 if errors else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


@switch(TOKENS.name)
@require_safe
def all_keys(request: HttpRequest) -> HttpResponse:
    """Settings › API keys: those of everybody."""
    context = {"keys": _keys(own_account.keys_of(access_of(request))), "settings_item": "keys"}
    return page(request, "people/keys.html", context)


@signed_in
@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Revoke a key: an own one, or anybody's with the right to manage keys."""
    own_account.revoke_key(access_of(request), ids.parse(token_id))
    from_all = request.POST.get("from") == "all" and access_of(request).has(TOKENS.name)
    back = reverse("people:keys" if from_all else "people:profile_keys")
    return htmx.redirect(request, back, _("The key is revoked: it works no more."))


def _make(request: HttpRequest) -> str:
    sent = request.POST
    days = sent.get("days", "")
    return own_account.make_key(
        user_of(request),
        sent.get("password", ""),
        name=sent.get("name", ""),
        scopes=sent.getlist("scopes"),
        ranges=sent.get("ranges", "").replace(",", "\n").splitlines(),
        days=int(days) if days.isascii() and days.isdigit() and len(days) < 5 else -1,
    )


def _own_session(request: HttpRequest) -> int:
    row: Session = request.session_row  # type: ignore[attr-defined]
    return row.id


def _keys(rows: list[Token]) -> list[dict[str, Any]]:
    sights = presence.of_keys(row.id for row in rows)
    return [
        {
            "id": row.id,
            "name": row.name or row.prefix,
            "prefix": row.prefix,
            "owner": row.owner.name,
            "scopes": ", ".join(str(TokenScope(scope).label) for scope in row.scopes),
            "ranges": ", ".join(row.ranges),
            "expires_at": row.expires_at,
            "used_at": presence.moment(sights.get(row.id)),
            "address": sights[row.id].address if row.id in sights else "",
        }
        for row in rows
    ]


def _days(days: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days} if days else _("Without end")


def _page(
    request: HttpRequest, part: str, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    parts = [(name, title, icon, reverse(f"people:{name}")) for name, title, icon in PARTS]
    return page(request, template, {**context, "parts": parts, "part": part}, status=status)
