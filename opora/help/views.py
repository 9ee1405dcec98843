"""The help of a project: the index with its search, and a page (N29)."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from opora.help import guides, rendering
from opora.kit.errors import NotFound
from opora.people.guards import signed_in
from opora.tenancy.context import require_project
from opora.ui.render import page

LONGEST = 100


@signed_in
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All pages in groups, or those that hold what was typed."""
    typed = request.GET.get("q", "").strip()[:LONGEST]
    context = {
        "typed": typed,
        "hits": guides.find(typed, _language()) if typed else [],
        "groups": _groups(),
        "current": "help",
    }
    return page(request, "help/index.html", context, fragment="help/found.html")


@signed_in
@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """One page in the reader's language. Raises `NotFound`."""
    found = guides.guide(slug, _language())
    if found is None:
        raise NotFound()
    origin = request.build_absolute_uri("/").rstrip("/")
    body = rendering.html_of(found, require_project().address, origin)
    context = {"guide": found, "body": body, "groups": _groups(), "current": "help"}
    return page(request, "help/guide.html", context)


def _groups() -> list[tuple[str, list[guides.Guide | None]]]:
    return [
        (str(title), [guides.guide(slug, _language()) for slug in group]) for title, group in guides.GROUPS
    ]


def _language() -> str:
    return (get_language() or "en")[:2]
