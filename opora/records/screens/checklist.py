"""The checklist of the stage a record stands in, at the right of its card."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from opora.people import directory
from opora.people.access import Access
from opora.people.guards import right
from opora.records import checklist, definitions
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.screens.acts import act_of, address, told
from opora.records.screens.related import Block, block
from opora.ui import htmx


@block("contact", place=5)
@block("deal", place=5)
def points(access: Access, record: Any) -> Block | None:
    """What there is to do at this stage, and who did it; nothing for a stage without a list."""
    stage = definitions.current().stages.get(record.stage_id or 0)
    if stage is None or not stage.checklist:
        return None
    done = checklist.done_of(record.id)
    rows = [
        (item, text, item in done, directory.name_of(done[item].done_by_id) if item in done else "")
        for item, text in stage.checklist
    ]
    number = sum(is_done for _item, _text, is_done, _name in rows)
    title = _("Stage “%(name)s”") % {"name": stage.shown}
    return Block("points", title, "records/checklist.html", more={"rows": rows, "done": number})


@right("{kind}.edit")
@require_POST
def tick(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """Tick a point or take its tick off."""
    perform(
        "check",
        kinds[kind],
        act_of(request),
        [record_id],
        item=request.POST.get("item", ""),
        is_done=bool(request.POST.get("done")),
    )
    if not htmx.is_fragment(request):
        return htmx.redirect(request, address(kinds[kind], record_id))
    return told(HttpResponse(status=204))
