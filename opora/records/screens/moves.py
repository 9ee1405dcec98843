"""What is done with a record from its card: stage, responsible, taking, trash, and taking it all back."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opora.kit.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from opora.people import directory
from opora.people.guards import right, signed_in
from opora.people.returning import back
from opora.records import definitions, rules
from opora.records.actions import Outcome, perform
from opora.records.definitions import StageOf
from opora.records.fields import Field
from opora.records.kinds import Kind, kinds
from opora.records.screens import inputs, related
from opora.records.screens.acts import act_of, address, done, in_dialog, versions_of
from opora.records.screens.cards import Card, card_of
from opora.records.screens.faces import face_of
from opora.records.undo import undo as undo_operation
from opora.ui import htmx, render


@right("{kind}.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def stage(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """Move a record to a stage; GET offers the stages. What the stage asks for is asked in a dialog."""
    if request.method != "POST":
        return _choose_stage(request, card_of(request, kind, record_id, "edit"))
    outcome, refused = move(request, kinds[kind], record_id)
    if outcome is None:
        return refused or HttpResponse(status=400)
    return done(request, outcome, moved_words(kinds[kind], request), address(kinds[kind], record_id))


def move(request: HttpRequest, kind: Kind, record_id: int) -> tuple[Outcome | None, HttpResponse | None]:
    """Carry out a move that was posted: the outcome, or the dialog that asks for what is missing (422).

    Other refusals are raised.
    """
    fields = definitions.current().readable(act_of(request).access, kind.name)
    own = [f for f in fields.values() if f.writable and f.name not in rules.BY_OWN_ACTION]
    values = inputs.sent(own, request.POST)
    if _always_asked(kind, request) and not _is_asked(request):
        return None, _gate(request, kind, record_id, Invalid({}, code="required"))
    try:
        outcome = perform(
            "move",
            kind,
            act_of(request),
            [record_id],
            versions=versions_of(request, record_id),
            stage=request.POST.get("stage", ""),
            values=values,
            **taken_along(kind, request.POST),
        )
    except Invalid as refusal:
        if refusal.code == "idempotency_mismatch":
            raise
        return None, _gate(request, kind, record_id, refusal)
    return outcome, None


def taken_along(kind: Kind, data: Mapping[str, Any]) -> dict[str, str]:
    """What a form sends with a move besides fields, as the kind takes it."""
    return {name: str(data[name]) for name in face_of(kind.name).move_takes if data.get(name)}


def _is_asked(request: HttpRequest) -> bool:
    """Whether the dialog of the stage has been answered, and not only opened."""
    return request.POST.get("_asked") == "1"


def _target(request: HttpRequest) -> StageOf | None:
    return definitions.current().stages.get(_digits(request.POST.get("stage", "")))


def _always_asked(kind: Kind, request: HttpRequest) -> set[str]:
    """The fields that a person is asked for at this stage in any case, the first time only one of them."""
    target = _target(request)
    names = set(face_of(kind.name).asks_at(target)) if target else set()
    return names if not names & {*request.POST} else set()


def moved_words(kind: Kind, request: HttpRequest) -> str:
    """«Сделка — в этапе „Договор“»."""
    chosen = definitions.current().stages.get(_digits(request.POST.get("stage", "")))
    name = chosen.shown if chosen else ""
    return _("%(kind)s: now at “%(stage)s”") % {"kind": kind.label, "stage": name}


def _digits(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _choose_stage(request: HttpRequest, card: Card) -> HttpResponse:
    """All stages of the record's process, for the phone and for the keyboard."""
    context = _dialog(card.kind, card.record, _("Move to a stage")) | {"card": card, "way": card.way}
    return shown(request, "records/stage_dialog.html", context)


def _gate(request: HttpRequest, kind: Kind, record_id: int, refusal: Invalid) -> HttpResponse:
    """The dialog that asks only for what the stage lacks; what was typed in it stays."""
    card = card_of(request, kind.name, record_id)
    fields = definitions.current().readable(card.access, kind.name)
    target, typed, face = _target(request), _is_asked(request), face_of(kind.name)
    always = face.asks_at(target) if target else ()
    missing = {field.name: field for field in refusal.details.get("missing", ())}
    names = [*always, *missing, *refusal.fields, *request.POST.getlist("_shown")]
    known = fields | missing
    asked_inputs = [
        _asked_input(card, known[name], refusal, request, name in missing or name not in always)
        for name in dict.fromkeys(names)
        if name in known
    ]
    context = _dialog(kind, card.record, _("Move to a stage")) | {
        "card": card, "target": target, "inputs": asked_inputs, "face": face, "refusal": refusal,
        "is_lost": bool(target and target.group == "lost"),
        "more": face.gate_context(card.access, card.record), "typed": request.POST if typed else {},
    }  # fmt: skip
    return shown(request, "records/gate_dialog.html", context, status=422)


def _asked_input(
    card: Card, field: Field, refusal: Invalid, request: HttpRequest, is_required: bool
) -> inputs.Input:
    """An input of the gate: with what was typed, or on opening with what the record holds."""
    typed = _is_asked(request)
    if field.name not in request.POST and not typed:
        return inputs.of_record(card.access, field, card.record, is_required=is_required)
    errors = _words(refusal, field.name) if typed else ()
    return inputs.of_typed(card.access, field, request.POST, errors=errors, is_required=is_required)


def _words(refusal: Invalid, name: str) -> list[str]:
    return [str(words) for words in refusal.fields.get(name, ())]


def _dialog(kind: Kind, record: Any, title: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "record": record,
        "title": title,
        "current": kind.url,
        "back": address(kind, record.id),
    }


def shown(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A dialog over the page, or a page of its own where no script runs."""
    if htmx.is_fragment(request):
        return in_dialog(render.part(request, template, context, status))
    body = render_to_string(template, {**context, "is_page": True}, request=request)
    return render.page(request, "records/dialog_page.html", {**context, "body": body}, status=status)


@right("{kind}.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def responsible(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """Hand a record over; GET asks to whom and says what goes along (U12)."""
    if request.method == "POST":
        try:
            return _hand_over(request, kinds[kind], record_id)
        except Invalid as refusal:
            if refusal.code == "idempotency_mismatch":
                raise
            return _ask_responsible(request, kind, record_id, refusal)
    return _ask_responsible(request, kind, record_id, None)


def _ask_responsible(
    request: HttpRequest, kind: str, record_id: int, refusal: Invalid | None
) -> HttpResponse:
    card = card_of(request, kind, record_id, "edit")
    context = _dialog(card.kind, card.record, _("Hand over")) | {
        "card": card,
        "people": directory.active(),
        "chosen": request.POST.get("to") or str(card.record.responsible_id or ""),
        "along": related.along_with(kind, record_id),
        "errors": _words(refusal, "to") if refusal else (),
    }
    return shown(request, "records/hand_over_dialog.html", context, 422 if refusal else 200)


def _hand_over(request: HttpRequest, kind: Kind, record_id: int) -> HttpResponse:
    outcome = perform(
        "hand_over",
        kind,
        act_of(request),
        [record_id],
        versions=versions_of(request, record_id),
        to=request.POST.get("to", ""),
        with_linked=face_of(kind.name).along_on,
    )
    name = directory.name_of(_digits(request.POST.get("to", "")))
    words = _("Now responsible: %(person)s") % {"person": name}
    return done(request, outcome, words, _still_seen(request, kind, record_id))


def _still_seen(request: HttpRequest, kind: Kind, record_id: int) -> str:
    """The card, or the list when the person who handed it over no longer sees it (R4.07)."""
    try:
        card_of(request, kind.name, record_id)
    except NotFound:
        return address(kind)
    return address(kind, record_id)


@right("{kind}.take", "{kind}.see")
@require_POST
def taking(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """Take a record that nobody is responsible for; whoever comes second is told who was first."""
    try:
        outcome = perform("take", kinds[kind], act_of(request), [record_id])
    except (Conflict, Forbidden, NotFound) as refusal:
        raise _taken(request, kind, record_id, refusal) from refusal
    words = _("Taken: you are responsible now.")
    return done(request, outcome, words, address(kinds[kind], record_id))


def _taken(request: HttpRequest, kind: str, record_id: int, refusal: Refusal) -> Refusal:
    try:
        owner = card_of(request, kind, record_id).owner
    except NotFound:
        return NotFound(_("It is no longer here: someone may have taken it."))
    if owner is None:
        return refusal
    return Conflict(_("Already taken: %(person)s.") % {"person": owner.name}, code="taken")


@right("{kind}.delete")
@require_POST
def trash(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """Put a record into the trash; what stands on it is named instead (R4.09)."""
    return _act(request, "trash", kind, record_id, _("Moved to the trash"))


@right("{kind}.delete")
@require_POST
def restoration(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """Take a record out of the trash."""
    return _act(request, "restore", kind, record_id, _("Restored"))


def simple(verb: str, words: Any, right_name: str = "edit") -> Callable[..., HttpResponse]:
    """The view of a verb that needs nothing but its record: closing and reopening a task."""

    @right("{kind}." + right_name)
    @require_POST
    def view(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
        return _act(request, verb, kind, record_id, str(words))

    return view


def _act(request: HttpRequest, verb: str, kind_name: str, record_id: int, words: str) -> HttpResponse:
    kind = kinds[kind_name]
    versions = versions_of(request, record_id)
    outcome = perform(verb, kind, act_of(request), [record_id], versions=versions)
    return done(request, outcome, words, back(request, address(kind, record_id)))


@signed_in
@require_POST
def undo(request: HttpRequest, operation: str) -> HttpResponse:
    """Take back what the person did within the last hour."""
    outcome = undo_operation(act_of(request), operation)
    return done(request, outcome, _("Undone"), back(request, get_script_prefix()))
