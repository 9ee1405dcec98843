"""Who reaches a record: people, groups, everyone; changed in a dialog over its card (O07, O15, R4.06)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opora.kit.errors import Invalid
from opora.people import circles, directory
from opora.people.guards import right
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.screens.acts import act_of, address, done, in_dialog, versions_of
from opora.records.screens.cards import Card, card_of
from opora.ui import htmx, render


@right("{kind}.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def sharing(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """GET shows who reaches the record; POST stores it as a whole, with "Undo"."""
    card = card_of(request, kind, record_id, "edit")
    if request.method != "POST":
        return _shown(request, card, card.record.access, _stored(card))
    everyone, shares = request.POST.get("everyone", ""), _sent(request.POST)
    try:
        outcome = perform(
            "share",
            kinds[kind],
            act_of(request),
            [record_id],
            versions=versions_of(request, record_id),
            everyone=everyone,
            shares=shares,
        )
    except Invalid as refusal:
        if refusal.code == "idempotency_mismatch":
            raise
        return _shown(request, card, everyone, shares, refusal)
    return done(request, outcome, _("The access is changed."), address(kinds[kind], record_id))


def _stored(card: Card) -> dict[str, str]:
    return {str(share.principal): share.level for share in card.standing.shares}


def _sent(sent: QueryDict) -> dict[str, str]:
    """The levels of the form: those who are in already, and the one who is added."""
    shares = {
        name.removeprefix("level:"): str(level)
        for name, level in sent.items()
        if name.startswith("level:") and level
    }
    if added := sent.get("add", ""):
        shares[added] = sent.get("add_level", "read")
    return shares


def _shown(
    request: HttpRequest, card: Card, everyone: str, shares: dict[str, str], refusal: Invalid | None = None
) -> HttpResponse:
    """A dialog over the page, or a page of its own where no script runs."""
    groups = {str(group.pk): group.name for group in circles.all_of(circles.GROUP)}
    people = {str(person.id): person for person in directory.active()}
    context: dict[str, Any] = {
        "kind": card.kind,
        "record": card.record,
        "card": card,
        "title": _("Access"),
        "current": card.kind.url,
        "back": card.url,
        "everyone": everyone,
        "rows": [
            (number, people.get(number), groups.get(number, ""), level) for number, level in shares.items()
        ],
        "groups": {number: name for number, name in groups.items() if number not in shares},
        "people": [person for number, person in people.items() if number not in shares],
        "errors": [str(word) for words in refusal.fields.values() for word in words] if refusal else [],
    }
    status = 422 if refusal else 200
    if htmx.is_fragment(request):
        return in_dialog(render.part(request, "records/sharing_dialog.html", context, status))
    body = render_to_string("records/sharing_dialog.html", {**context, "is_page": True}, request=request)
    return render.page(request, "records/dialog_page.html", {**context, "body": body}, status=status)
