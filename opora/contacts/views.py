"""What is done on the card of a contact and on no other."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from opora.contacts.models import Contact, ContactType
from opora.people.guards import right
from opora.records.actions import perform
from opora.records.screens.acts import act_of, done, versions_of
from opora.records.screens.cards import card_of
from opora.records.screens.moves import simple

set_aside = simple("set_aside", gettext_lazy("Not a client: taken out of all lists"))
bring_back = simple("bring_back", gettext_lazy("Back among the clients"))


@right("{kind}.see")
@require_POST
def change_type(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """Make a person of a company or a company of a person; the name goes along, and may be taken back (O01)."""
    card = card_of(request, kind, record_id, "edit")
    wanted = request.POST.get("type", "")
    values = {"type": wanted} | _names(card.record, wanted)
    seen = versions_of(request, record_id)
    outcome = perform("edit", card.kind, act_of(request), [record_id], versions=seen, values=values)
    is_company = outcome.saved[0].record.is_company if outcome.saved else card.record.is_company
    return done(
        request, outcome, _("This is a company now") if is_company else _("This is a person now"), card.url
    )


def _names(contact: Contact, wanted: str) -> dict[str, Any]:
    """What a contact of the other type is called: a company as the person was, a person as the company."""
    if wanted == contact.type:
        return {}
    if wanted == ContactType.COMPANY:
        name = f"{contact.first_name} {contact.last_name}".strip()
        return {"company_name": name, "first_name": "", "last_name": "", "company": ""}
    return {"first_name": contact.company_name[:100], "company_name": ""}
