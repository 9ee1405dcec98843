"""One field, changed where it stands: on a card, in a list, in a peek."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opora.kit.errors import Conflict, Forbidden, Invalid, NotFound
from opora.people import directory
from opora.people.guards import right
from opora.records.actions import perform
from opora.records.fields import Field
from opora.records.screens import inputs, moves, rows
from opora.records.screens.acts import CHANGED, act_of, done, versions_of
from opora.records.screens.cards import Card, card_of
from opora.ui import htmx, render


@right("{kind}.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def field(request: HttpRequest, kind: str, record_id: int, name: str) -> HttpResponse:
    """The input of a field, and its saving.

    `?as=cell` (or `_as` in the form) answers with a table cell, otherwise with a row of the card. `?value=1` gives
    the value back without changing it. Responsible and stage have dialogs of their own.
    """
    card = card_of(request, kind, record_id, "edit" if request.method == "POST" else "see")
    chosen = card.cells.fields.get(name)
    if chosen is None or (not chosen.section and name != "stage"):
        raise NotFound()
    if name in ("responsible", "stage"):
        view = moves.responsible if name == "responsible" else moves.stage
        return view(request, kind=kind, record_id=record_id)
    if request.method == "POST":
        return (
            _save_with_missing(request, card) if request.POST.get("_asked") else _save(request, card, chosen)
        )
    if request.GET.get("value"):
        return _value(request, card, chosen)
    if not card.cells.of(chosen).edit:
        raise Forbidden(card.kind.label)
    return _edit(request, card, inputs.of_record(card.access, chosen, card.record))


def _save(request: HttpRequest, card: Card, chosen: Field) -> HttpResponse:
    values = inputs.sent([chosen], request.POST, card.record)
    seen = versions_of(request, card.record.id)
    try:
        perform("edit", card.kind, act_of(request), [card.record.id], versions=seen, values=values)
    except Conflict as refusal:
        return _clash(request, card, chosen, refusal)
    except Invalid as refusal:
        if refusal.code == "required" and {*refusal.fields} != {chosen.name}:
            return _ask_missing(request, card, refusal, [chosen.name])
        if chosen.name not in refusal.fields:
            raise
        words = [str(word) for word in refusal.fields[chosen.name]]
        return _edit(
            request, card, inputs.of_typed(card.access, chosen, request.POST, errors=words), status=422
        )
    fresh = card_of(request, card.kind.name, card.record.id)
    response = _value(request, fresh, chosen)
    htmx.trigger(response, CHANGED)
    return response


def _ask_missing(
    request: HttpRequest, card: Card, refusal: Invalid, names: Sequence[str], *, is_typed: bool = False
) -> HttpResponse:
    """The dialog that opens the missing fields beside the one that was edited; nothing typed is lost (U05)."""
    wanted = dict.fromkeys([*names, *refusal.fields])
    shown = [
        inputs.of_typed(
            card.access,
            field,
            request.POST,
            errors=[str(word) for word in refusal.fields.get(name, ())] if is_typed else (),
            is_required=name in refusal.fields,
        )
        for name in wanted
        if (field := card.cells.fields.get(name)) is not None
    ]
    context = {
        "card": card, "record": card.record, "kind": card.kind, "inputs": shown, "back": card.url,
        "action": request.path, "title": _("Fill in what is missing"), "current": card.kind.url,
    }  # fmt: skip
    return moves.shown(request, "records/missing_dialog.html", context, status=422)


def _save_with_missing(request: HttpRequest, card: Card) -> HttpResponse:
    """Save the edited field together with those that were missing, in one action."""
    names = [name for name in dict.fromkeys(request.POST.getlist("_shown")) if name in card.cells.fields]
    values = inputs.sent([card.cells.fields[name] for name in names], request.POST, card.record)
    seen = versions_of(request, card.record.id)
    try:
        outcome = perform("edit", card.kind, act_of(request), [card.record.id], versions=seen, values=values)
    except Invalid as refusal:
        if refusal.code == "idempotency_mismatch":
            raise
        return _ask_missing(request, card, refusal, names, is_typed=True)
    return done(request, outcome, _("Saved"), card.url)


def _edit(
    request: HttpRequest, card: Card, one: inputs.Input, status: int = 200, **more: Any
) -> HttpResponse:
    context = _context(request, card, one.field) | {"one": one, **more}
    if not htmx.is_fragment(request):
        return render.page(request, "records/field_page.html", context, status=status)
    return render.part(request, "records/field_edit.html", context, status)


def _clash(request: HttpRequest, card: Card, chosen: Field, refusal: Conflict) -> HttpResponse:
    """Both values side by side: mine stays in its input, and is saved only when I say so (R12.01)."""
    stored = card_of(request, card.kind.name, card.record.id)
    one = inputs.of_typed(card.access, chosen, request.POST)
    saved = stored.cells.of(chosen)
    who = stored.record.updated_by_id
    return _edit(request, stored, one, status=409, stored=saved, who=directory.name_of(who))


def _value(request: HttpRequest, card: Card, chosen: Field) -> HttpResponse:
    """The field as it is read, again in its place."""
    if not htmx.is_fragment(request):
        return htmx.redirect(request, card.url, _("Saved"))
    context = _context(request, card, chosen)
    if context["place"] == "cell":
        return HttpResponse(_list_cell(card, chosen))
    return render.part(request, "records/field_value.html", context | {"cell": card.cells.of(chosen)})


def _list_cell(card: Card, chosen: Field) -> str:
    """The field's `<td>`, cut out of a row that the list itself draws."""
    row = str(rows.load(card.access, card.kind, [card.record], [chosen]).html())
    start, end = row.rindex("<td"), row.rindex("</tr>")
    return row[start:end]


def _context(request: HttpRequest, card: Card, chosen: Field) -> dict[str, Any]:
    place = request.POST.get("_as") or request.GET.get("as", "card")
    return {
        "card": card,
        "record": card.record,
        "kind": card.kind,
        "field": chosen,
        "place": place if place == "cell" else "card",
        "action": card.at("fields", chosen.name),
        "current": card.kind.url,
        "title": chosen.shown_label,
    }
