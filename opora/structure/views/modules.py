"""Settings › "Модули": which kinds of record are open to whom (O30)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opora.kit.errors import NotFound
from opora.people import circles, directory, modules
from opora.people.circles import GROUP
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.models import ModuleGate
from opora.people.switches import ROLES
from opora.structure import matrix
from opora.structure.views.circles import numbers
from opora.ui import htmx
from opora.ui.render import page


@switch(ROLES.name)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """Each kind with the people it is open to; one is saved at a time."""
    kinds = matrix.own_kinds()
    if request.method == "POST":
        sent = request.POST
        kind = next((kind for kind in kinds if kind.name == sent.get("kind")), None)
        if kind is None:
            raise NotFound()
        chosen = numbers(sent.getlist("principal"))
        modules.open_to(access_of(request), kind.name, sent.get("opened", ""), chosen, via="page")
        words = _("“%(name)s” is saved.") % {"name": kind.label_plural}
        return htmx.redirect(request, reverse("structure:modules"), words)
    gates = modules.gates()
    context = {
        "modules": [_row(kind, *gates.get(kind.name, (ModuleGate.EVERYBODY, frozenset()))) for kind in kinds],
        "choices": ModuleGate._meta.get_field("opened").choices,
        "people": directory.active(),
        "groups": circles.all_of(GROUP),
        "settings_item": "modules",
    }
    return page(request, "structure/modules.html", context)


def _row(kind: Any, opened: str, principals: frozenset[int]) -> dict[str, Any]:
    return {"kind": kind, "opened": opened, "principals": principals}
