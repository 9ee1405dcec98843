"""What is written on a card without leaving it: a note, a task."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from opora.kit.errors import Invalid
from opora.people import directory
from opora.people.guards import right
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.screens.acts import act_of, told, undo_address
from opora.records.screens.cards import SOON, Card, card_of
from opora.records.screens.inputs import typed_files
from opora.ui import htmx, render


def context_of(card: Card, *, tab: str = "note", typed: Any = None, errors: Any = None) -> dict[str, Any]:
    """What the composer's template asks for; what was typed stays in it."""
    return {
        "card": card, "record": card.record, "kind": card.kind, "tab": tab, "typed": typed or {},
        "errors": errors or {}, "soon": SOON, "people": directory.active(),
        "attached": typed_files(typed or {}, "files"),
    }  # fmt: skip


@right("{kind}.see")
@require_POST
def note(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """Write a note on a card (O32)."""
    values = {"text": request.POST.get("text", ""), "files": request.POST.getlist("files")}
    return _add(request, "note", kind, record_id, values, _("The note is added"))


@right("task.create")
@require_POST
def task(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """Set a task on a card: what, by when (a day from now, or a date with or without a time), and for whom."""
    values = {
        "title": request.POST.get("title", ""),
        "due_at": _due(request),
        "responsible": request.POST.get("responsible") or str(act_of(request).user_id or ""),
    }
    return _add(request, "task", kind, record_id, values, _("The task is set"))


def _due(request: HttpRequest) -> str:
    typed = " ".join(request.POST.get("due_at", "").split())
    soon = request.POST.get("soon", "")
    if typed or soon not in SOON:
        return typed
    return (timezone.localdate() + timedelta(days=int(soon))).strftime("%d.%m.%Y")


def _add(
    request: HttpRequest, what: str, kind: str, record_id: int, values: dict[str, Any], words: str
) -> HttpResponse:
    card = card_of(request, kind, record_id)
    about = f"{kind}:{card.record.id}"
    try:
        outcome = perform("create", kinds[what], act_of(request), values=values, about=about)
    except Invalid as refusal:
        if refusal.code == "idempotency_mismatch":
            raise
        return _again(request, card, what, refusal)
    if not htmx.is_fragment(request):
        return htmx.redirect(request, card.url, words, undo_address(outcome))
    response = render.part(request, "records/composer.html", context_of(card, tab=what))
    htmx.toast(response, words, undo_address(outcome))
    return told(response)


def _again(request: HttpRequest, card: Card, what: str, refusal: Invalid) -> HttpResponse:
    """The composer with what was typed and what is wrong with it."""
    errors = {name: [str(w) for w in words] for name, words in refusal.fields.items()}
    context = context_of(card, tab=what, typed=request.POST, errors=errors)
    if not htmx.is_fragment(request):
        return render.page(
            request, "records/composer_page.html", {**context, "title": card.record.title}, status=422
        )
    return render.part(request, "records/composer.html", context, status=422)
