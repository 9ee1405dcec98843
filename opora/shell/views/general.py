"""Settings › "Общие": the project's name, language, time zone, currency, and switches that act at once (N14)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opora.kit.errors import Invalid, NotFound
from opora.kit.phones import countries
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.switches import SETTINGS
from opora.records import definitions
from opora.records import general as chosen
from opora.records.preferences import currencies, zones
from opora.tenancy.context import require_project
from opora.tenancy.naming import rename_project
from opora.ui import htmx
from opora.ui.render import page

SWITCHES = {
    "board_sums": (
        gettext_lazy("Sums on the board"),
        gettext_lazy("The sum of a stage stands over its column."),
    ),
    "day_funnel": (
        gettext_lazy("Funnel of the day"),
        gettext_lazy("“Today” shows which stages deals have entered since the morning."),
    ),
}
CHOICES = ("language", "time_zone", "currency", "country")
may_set = switch(SETTINGS.name)


@may_set
@require_http_methods(["GET", "HEAD", "POST"])
def general(request: HttpRequest) -> HttpResponse:
    """The general settings."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            _save(request)
        except Invalid as refusal:
            errors = {name: [str(word) for word in words] for name, words in refusal.fields.items()}
        else:
            return htmx.redirect(request, reverse("shell:general"), _("Saved"))
    now = definitions.current().preferences
    values = {name: getattr(now, name) for name in CHOICES} | {"name": require_project().name}
    context = {
        "values": values | (request.POST.dict() if errors else {}),
        "errors": errors,
        "settings_item": "general",
        "language_options": list(settings.LANGUAGES),
        "zone_options": [(zone, zone.replace("_", " ")) for zone in zones()],
        "currency_options": [(code, code) for code in currencies()],
        "country_options": countries(get_language() or "ru"),
        "switch_rows": [(name, *words, getattr(now, name)) for name, words in SWITCHES.items()],
    }
    return page(request, "shell/general.html", context, status=422 if errors else 200)


def _save(request: HttpRequest) -> None:
    access = access_of(request)
    for name in CHOICES:
        if name in request.POST:
            chosen.prefer(access, name, request.POST.get(name, ""))
    if request.POST.get("name", "") != require_project().name:
        rename_project(require_project(), request.POST.get("name", ""))


@may_set
@require_POST
def switched(request: HttpRequest, name: str) -> HttpResponse:
    """A switch was turned: it acts at once."""
    if name not in SWITCHES:
        raise NotFound()
    is_on = request.POST.get("on") == "1"
    chosen.prefer(access_of(request), name, "1" if is_on else "")
    words = _("Switched on: %(name)s") if is_on else _("Switched off: %(name)s")
    if not htmx.is_fragment(request):
        return htmx.redirect(request, reverse("shell:general"), words % {"name": SWITCHES[name][0]})
    response = HttpResponse(status=204)
    htmx.toast(response, words % {"name": SWITCHES[name][0]})
    return response
