"""What the frame asks for by itself: counts, colours; and the page "Ещё" of a phone."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from opora.people.guards import signed_in
from opora.people.middleware import access_of
from opora.records import definitions
from opora.records.colors import css
from opora.shell import counted
from opora.timeline import notices
from opora.ui.render import page, part

IMMUTABLE = "private, max-age=31536000, immutable"


@signed_in
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """The figures beside the entries of the navigation."""
    access = access_of(request)
    told = notices.of(access.user_id).filter(read_at=None).exists()
    return part(request, "shell/counts.html", {"counts": counted.counts(access), "has_notices": told})


@signed_in
@require_safe
def colors(request: HttpRequest) -> HttpResponse:
    """The style sheet of the colours this project gave to its stages; its address names the version."""
    rules = [
        f'[data-stage="{stage.id}"] {{ {css(stage.color)} }}'
        for stage in definitions.current().stages.values()
    ]
    response = HttpResponse("@layer components {\n" + "\n".join(rules) + "\n}\n", content_type="text/css")
    response.headers["Cache-Control"] = IMMUTABLE
    return response


@signed_in
@require_safe
def more(request: HttpRequest) -> HttpResponse:
    """What does not fit into the phone's bar: the other sections, settings, the person's own menu."""
    return page(request, "shell/more.html", {"current": "more"})
