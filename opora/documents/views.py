"""Files by their addresses: saved, looked at, put on a card, thrown away, under the rights of whoever asks."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import get_script_prefix
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opora.documents import arrived, limits, receiving, sending
from opora.documents.card import files_on, may_remove
from opora.documents.manifest import FILE
from opora.kit import ids
from opora.kit.errors import Invalid, TooLarge
from opora.people.guards import right, signed_in
from opora.people.middleware import access_of
from opora.records import sight
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.screens.acts import act_of, address, done
from opora.records.screens.cards import Card, card_of
from opora.ui import htmx
from opora.ui.render import page

PAGE = 50


@signed_in
@require_safe
def content(request: HttpRequest, record_id: int) -> HttpResponseBase:
    """The file itself, to be saved."""
    return sending.saved(request, sight.get_visible(access_of(request), FILE, record_id))


@signed_in
@require_safe
def preview(request: HttpRequest, record_id: int) -> HttpResponseBase:
    """A small picture of a picture."""
    return sending.shown(request, sight.get_visible(access_of(request), FILE, record_id))


@signed_in
@require_POST
def trash(request: HttpRequest, record_id: int) -> HttpResponse:
    """Throw a file away; the toast calls it back."""
    file = sight.get_visible(access_of(request), FILE, record_id)
    outcome = perform("trash", FILE, act_of(request), [file.id])
    back = address(kinds[file.about_kind], file.about_id)
    return done(request, outcome, _("The file “%(name)s” is removed") % {"name": file.title}, back)


@right("{kind}.see")
@require_http_methods(["GET", "HEAD", "POST"])
def of_card(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """All files of a card, and a form that adds some: what browsers without scripts have."""
    card = card_of(request, kind, record_id)
    if request.method != "POST":
        return _page(request, card)
    wrong = _add(request, card)
    if wrong:
        return _page(request, card, wrong, status=422)
    return htmx.redirect(request, card.at("files"), _("The files are added"))


def _add(request: HttpRequest, card: Card) -> list[str]:
    """Keep each file that was sent; what is wrong with the others, by name."""
    found = receiving.files_of(request)
    if not found:
        return [_("Choose a file.")]
    wrong = []
    about = f"{card.kind.name}:{card.record.id}"
    for number, received in enumerate(found):
        act = act_of(request)
        act.key = f"{act.key}.{number}" if act.key else ""
        try:
            arrived.attach(act, received, about=about)
        except (Invalid, TooLarge) as refusal:
            wrong.append(f"{received.given_name}: {arrived.words_of(refusal)}")
    return wrong


@right("{kind}.edit")
@require_POST
def photo(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """Set the photo of a record, or take it away (O05). Both are undone like any change."""
    card, act = card_of(request, kind, record_id, "edit"), act_of(request)
    named: list[str] = []
    if request.POST.get("gone") != "1":
        arriving = replace(act, key=f"{act.key}.file" if act.key else "")
        try:
            sent = receiving.one_file(request)
            named = [str(number) for number in arrived.attach(arriving, sent, field="photo").ids]
        except Invalid as refusal:
            raise Invalid(refusal.fields, message=arrived.words_of(refusal), code=refusal.code) from None
    outcome = perform("edit", card.kind, act, [card.record.id], values={"photo": named})
    return done(request, outcome, _("The photo is saved") if named else _("The photo is removed"), card.url)


def _page(
    request: HttpRequest, card: Card, wrong: list[str] | None = None, status: int = 200
) -> HttpResponse:
    before = request.GET.get("before", "")
    files = files_on(card.access, card.record)
    found = list((files.filter(pk__lt=ids.parse(before)) if before else files)[: PAGE + 1])
    context: dict[str, Any] = {
        "card": card, "record": card.record, "kind": card.kind, "current": card.kind.url, "files": found[:PAGE],
        "next": found[PAGE - 1].id if len(found) > PAGE else None, "wrong": wrong or [],
        "removable": {file.id for file in found if may_remove(card.access, file)},
        "base": f"{get_script_prefix()}files/", "limit": limits.of_file(), "room": limits.room(),
    }  # fmt: skip
    return page(request, "documents/of_card.html", context, status=status)
