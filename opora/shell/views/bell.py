"""The bell: what a person was told of. Records that are no longer seen are not named (R2.07)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from opora.people import directory
from opora.people.guards import signed_in
from opora.people.middleware import access_of
from opora.records import sight
from opora.records.kinds import kinds
from opora.records.screens.acts import address
from opora.timeline import notices
from opora.timeline.events import Ref
from opora.ui import htmx
from opora.ui.render import page

SHOWN = 50
WORDS = {"shared": _("shared with you:")}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def bell(request: HttpRequest) -> HttpResponse:
    """The newest notices; POST marks all read."""
    access = access_of(request)
    if request.method == "POST":
        notices.read_all(access.user_id)
        return htmx.redirect(request, reverse("shell:bell"))
    rows = list(notices.of(access.user_id)[:SHOWN])
    refs = [Ref(row.subject_kind, row.subject_id) for row in rows]
    titles = sight.titles(access, refs)
    shown: list[dict[str, Any]] = [
        {
            "who": directory.person(row.actor_id),
            "words": WORDS.get(row.name, row.name),
            "title": titles[ref],
            "url": address(kinds[ref.kind], ref.id),
            "at": row.at,
            "is_new": row.read_at is None,
        }
        for row, ref in zip(rows, refs, strict=True)
        if ref in titles
    ]
    return page(request, "shell/bell.html", {"notices": shown, "current": "bell"})
