"""The card of a contact: a person or a company, and who belongs to it."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from opora.contacts.manifest import CONTACT, OF_COMPANY, OF_PERSON
from opora.contacts.models import Contact, ContactType
from opora.people.access import Access
from opora.records import sight
from opora.records.screens import tagging
from opora.records.screens.acts import address
from opora.records.screens.faces import Face, faces
from opora.records.screens.related import Block, block
from opora.records.sentences import say

PEOPLE = 10


def hidden(values: Mapping[str, Any]) -> Collection[str]:
    """The fields of the other type: a company has no first name, a person no name of a firm.

    The type itself is chosen when the contact is made, changed in the card's menu and shown by the badge.
    """
    is_company = values.get("type") == ContactType.COMPANY
    return {*(OF_PERSON if is_company else OF_COMPANY)}


def badge(contact: Contact) -> str:
    """«Компания»; a person needs no word."""
    return str(_("Company")) if contact.is_company else ""


@block("contact", place=20)
def people(access: Access, contact: Contact) -> Block:
    """The people of a company, or the company of a person; one query for either."""
    if contact.is_company:
        found = sight.pointing(access, CONTACT, "company_id", contact.id, PEOPLE + 1)
        return Block(
            "people", _("People"), "contacts/people.html", found[:PEOPLE],
            count=len(found) if len(found) <= PEOPLE else None,
            add_url=f"{address(CONTACT)}new/?company={contact.id}", add_text=_("Add a person"),
        )  # fmt: skip
    found = sight.pointing(access, CONTACT, "id", contact.company_id, 1) if contact.company_id else []
    return Block("company", _("Company"), "contacts/people.html", found)


block("contact", place=60)(tagging.tags_block)
faces.register(
    "contact",
    Face(
        badge=badge,
        is_square=lambda contact: bool(contact.is_company),
        hidden=hidden,
        apart=("type",),
        beside=("tags",),
        actions="contacts/actions.html",
        menu="contacts/menu.html",
        form_top="contacts/type.html",
        new_text=_("New contact"),
        made_text=_("The contact is added"),
        fields_title=_("Questionnaire"),
        suggestions={"source": (_("Site"), _("Recommendation"), _("Exhibition"), _("Call"))},
    ),
)
say("contact.created", _("new contact"), icon="user-plus")
