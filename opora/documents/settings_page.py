"""Settings › "Файлы": how large, how much, which sorts (R7.07)."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from opora.documents import limits
from opora.documents.sorts import SORTS
from opora.kit.errors import Invalid, NotFound
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.switches import SETTINGS
from opora.records import definitions
from opora.records import general as chosen
from opora.records.preferences import FILE_GROUPS, file_rooms, file_sizes
from opora.ui import formats, htmx
from opora.ui.render import page

WORDS = {
    "documents": gettext_lazy("Documents and tables"),
    "pictures": gettext_lazy("Pictures"),
    "recordings": gettext_lazy("Sound and video"),
    "archives": gettext_lazy("Archives"),
    "pages": gettext_lazy("Web pages and drawings; they are only saved, never opened"),
}
CHOICES = {"file_mb": file_sizes, "files_gb": file_rooms}
UNITS = {"file_mb": limits.MB, "files_gb": limits.GB}
may_set = switch(SETTINGS.name)


@may_set
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest) -> HttpResponse:
    """The limits and the sorts of files."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            for name in CHOICES:
                if name in request.POST:
                    chosen.prefer(access_of(request), name, request.POST.get(name, ""))
        except Invalid as refusal:
            errors = {name: [str(word) for word in words] for name, words in refusal.fields.items()}
        else:
            return htmx.redirect(request, reverse("files:settings"), _("Saved"))
    now = definitions.current().preferences
    context = {
        "settings_item": "files",
        "room": limits.room(),
        "errors": errors,
        "values": {name: getattr(now, name) for name in CHOICES} | (request.POST.dict() if errors else {}),
        "options": {
            name: [(value, formats.size(int(value) * UNITS[name])) for value in offered()]
            for name, offered in CHOICES.items()
        },
        "groups": [
            (name, WORDS[name], endings_of(name), getattr(now, f"files_{name}")) for name in FILE_GROUPS
        ],
    }
    return page(request, "documents/settings.html", context, status=422 if errors else 200)


def endings_of(group: str) -> str:
    """The extensions of a group, as they are read."""
    return ", ".join(sorted(name for name, sort in SORTS.items() if sort.group == group))


@may_set
@require_POST
def switched(request: HttpRequest, name: str) -> HttpResponse:
    """A sort of files was allowed or refused: it acts at once."""
    if name not in FILE_GROUPS:
        raise NotFound()
    is_on = request.POST.get("on") == "1"
    chosen.prefer(access_of(request), f"files_{name}", "1" if is_on else "")
    words = (_("Switched on: %(name)s") if is_on else _("Switched off: %(name)s")) % {"name": WORDS[name]}
    if not htmx.is_fragment(request):
        return htmx.redirect(request, reverse("files:settings"), words)
    response = HttpResponse(status=204)
    htmx.toast(response, words)
    return response
