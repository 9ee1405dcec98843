"""Settings › user › "Уволить": what will happen, then the button (I06)."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opora.kit import ids
from opora.people import accounts
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.switches import USERS
from opora.records import dismissal
from opora.ui import htmx
from opora.ui.render import page


@switch(USERS.name)
@require_http_methods(["GET", "HEAD", "POST"])
def dismiss(request: HttpRequest, user_id: int) -> HttpResponse:
    """Look at what a dismissal will do, and do it when it still is what was shown."""
    access = access_of(request)
    user = accounts.get_manageable(access, ids.parse(user_id))
    plan = dismissal.plan(access, user)
    is_outdated = request.method == "POST" and request.POST.get("mark") != plan.mark
    if request.method == "POST" and not is_outdated:
        waiting = dismissal.dismiss(access, user, via="page")
        words = _("“%(name)s” is dismissed; everything now belongs to %(heir)s.")
        if waiting:
            words = _("“%(name)s” is dismissed; the records are being handed over to %(heir)s.")
        return htmx.redirect(
            request, reverse("people:users"), words % {"name": user.name, "heir": plan.heir.name}
        )
    context = {
        "person": user,
        "plan": plan,
        "is_outdated": is_outdated,
        "cancel_url": reverse("people:user", args=[user.pk]),
        "settings_item": "users",
    }
    return page(request, "records/dismissal.html", context, status=409 if is_outdated else 200)
