"""The home page: what waits for the person today (N22)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from opora.people.guards import signed_in
from opora.people.middleware import access_of, user_of
from opora.shell.clock import greeting
from opora.shell.day import MINE, Day
from opora.shell.spoken import SPOKEN
from opora.ui import htmx
from opora.ui.render import page

PARTS = {
    name: f"shell/{name.replace('-', '_')}.html"
    for name in ("today-due", "today-leads", "today-funnel", "today-side")
}


@signed_in
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """«Сегодня»; each part asks for itself anew when something in it changes."""
    whose = request.GET.get("whose", MINE)
    day = Day(access_of(request), whose, is_whole=not htmx.is_fragment(request))
    context = {
        "day": day,
        "hello": greeting(user_of(request).first_name),
        "current": "today",
        "here": request.get_full_path(),
        **SPOKEN,
    }
    return page(request, "shell/today.html", context, fragment=PARTS | {"": "shell/today_due.html"})
