"""A person's companies and a company's people: the dialogs that add them, and taking them out (O01)."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opora.contacts.companies import ROLES
from opora.contacts.manifest import CONTACT
from opora.kit import ids
from opora.kit.errors import Invalid, NotFound
from opora.people.guards import right
from opora.people.returning import back
from opora.records import definitions
from opora.records.actions import perform
from opora.records.screens import inputs
from opora.records.screens.acts import act_of, address, done, versions_of
from opora.records.screens.cards import Card, card_of
from opora.records.screens.moves import shown

ASKING = ["GET", "HEAD", "POST"]


@right("contact.edit")
@require_http_methods(ASKING)
def of_person(request: HttpRequest, record_id: int) -> HttpResponse:
    """Let a person belong to one more company, or change the role in one (`?company=`)."""
    card = card_of(request, CONTACT.name, record_id, "edit")
    refusal: Invalid | None = None
    if _is_sent(request):
        sent: dict[str, Any] = {name: request.POST.get(name, "") for name in ("company", "role")}
        try:
            outcome = perform(
                "join", CONTACT, act_of(request), [record_id], **sent, main=bool(request.POST.get("main"))
            )
        except Invalid as found:
            refusal = _own(found)
        else:
            return done(request, outcome, _("Companies are saved"), card.url)
    data: Any = request.POST if request.method == "POST" else {"company": request.GET.get("company", "")}
    number = int(data["company"]) if data.get("company", "").isdecimal() else 0
    context = {
        "action": card.at("companies"),
        "title": _("Company and role"),
        "role": data.get("role", card.record.roles.get(number, "")),
        "is_main": bool(data.get("main")) or (number != 0 and number == card.record.company_id),
        "asks_main": bool(card.record.company_id) and number != card.record.company_id,
    }
    return _asked(request, card, _input(card, _("Company"), data, refusal), context, refusal)


@right("contact.see")
@require_http_methods(ASKING)
def of_company(request: HttpRequest, record_id: int) -> HttpResponse:
    """Let a person who is here already belong to this company, in a role.

    The person is found by the input of the field "Company", since both are contacts, and sent under its name.
    """
    card = card_of(request, CONTACT.name, record_id)
    if not card.record.is_company:
        raise NotFound()
    refusal: Invalid | None = None
    if _is_sent(request):
        sent: dict[str, Any] = {"company": str(record_id), "role": request.POST.get("role", "")}
        try:
            person = [ids.parse(request.POST.get("company", ""))]
            outcome = perform("join", CONTACT, act_of(request), person, **sent)
        except NotFound:
            refusal = Invalid({"company": _("There is no such record.")})
        except Invalid as found:
            refusal = _own(found)
        else:
            return done(request, outcome, _("Added to the company"), card.url)
    data: Any = request.POST if request.method == "POST" else {}
    context = {
        "action": card.at("people"),
        "title": _("Add a person to the company"),
        "role": data.get("role", ""),
        "is_main": False,
        "asks_main": False,
    }
    return _asked(request, card, _input(card, _("Person"), data, refusal), context, refusal)


@right("contact.edit")
@require_POST
def out(request: HttpRequest, record_id: int) -> HttpResponse:
    """Take a person out of a company; the answer leads to the card it was asked from."""
    outcome = perform(
        "leave",
        CONTACT,
        act_of(request),
        [record_id],
        versions=versions_of(request, record_id),
        company=request.POST.get("company", ""),
    )
    return done(request, outcome, _("Taken out of the company"), back(request, address(CONTACT, record_id)))


def _is_sent(request: HttpRequest) -> bool:
    return request.method == "POST" and "_find" not in request.POST


def _own(refusal: Invalid) -> Invalid:
    """The refusal, unless it is about the request itself and not about what was typed."""
    if refusal.code == "idempotency_mismatch":
        raise refusal
    return refusal


def _input(card: Card, label: str, data: Any, refusal: Invalid | None) -> inputs.Input:
    """The input that finds the company or the person, under its own words."""
    company = definitions.current().fields(CONTACT.name)["company"]
    words = [str(word) for word in refusal.fields.get("company", ())] if refusal else []
    field = replace(company, label=label, labels={})
    return inputs.of_typed(card.access, field, data, errors=words, is_required=True)


def _asked(
    request: HttpRequest, card: Card, one: inputs.Input, context: dict[str, Any], refusal: Invalid | None
) -> HttpResponse:
    shared = {
        "card": card,
        "kind": CONTACT,
        "record": card.record,
        "current": CONTACT.url,
        "back": card.url,
        "one": one,
        "role_errors": [str(word) for word in refusal.fields.get("role", ())] if refusal else [],
        "offered": ROLES,
    }
    return shown(request, "contacts/place_dialog.html", shared | context, 422 if refusal else 200)
