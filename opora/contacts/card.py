"""The card of a contact: a person or a company, and who belongs to it."""

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from opora.contacts import companies
from opora.contacts.manifest import CONTACT, OF_COMPANY, OF_PERSON
from opora.contacts.models import Contact, ContactType
from opora.people import rights
from opora.people.access import Access
from opora.records import definitions
from opora.records.screens import tagging
from opora.records.screens.acts import address
from opora.records.screens.faces import Face, faces
from opora.records.screens.related import Block, block
from opora.records.sentences import say

PEOPLE = 10


def hidden(values: Mapping[str, Any]) -> Collection[str]:
    """The fields of the other type: a company has no first name, a person no name of a firm; and what is asked apart.

    The type itself is chosen when the contact is made, changed in the card's menu and shown by the badge.
    """
    sort = str(values.get("type") or ContactType.PERSON)
    own = OF_PERSON if sort == ContactType.COMPANY else OF_COMPANY
    return {*own, *definitions.current().foreign(CONTACT.name, sort)}


def badge(contact: Contact) -> str:
    """«Компания»; a person needs no word."""
    return str(_("Company")) if contact.is_company else ""


@block("contact", place=20)
def people(access: Access, contact: Contact) -> Block:
    """The people of a company, or the companies of a person, each with the role; one query for either."""
    if contact.is_company:
        found = companies.people_of(access, contact.id, PEOPLE + 1)
        rule = rights.compiled(access, CONTACT.name, "edit")
        return Block(
            "people", _("People"), "contacts/people.html", found[:PEOPLE],
            count=len(found) if len(found) <= PEOPLE else None,
            add_url=f"{address(CONTACT)}new/?company={contact.id}", add_text=_("Add a person"),
            all_url=_all_of(contact) if len(found) > PEOPLE else "",
            more={
                "roles": {person.id: person.roles.get(contact.id, "") for person in found},
                "editable": {person.id for person in found if rule.holds(person)},
                "may_add": rights.may(access, CONTACT.name, "edit"),
            },
        )  # fmt: skip
    return Block(
        "company",
        _("Companies") if len(contact.roles) > 1 else _("Company"),
        "contacts/companies.html",
        companies.companies_of(access, contact),
    )


def _all_of(company: Contact) -> str:
    """The list of everybody who belongs to a company."""
    return f"{address(CONTACT)}?{urlencode({'f': f'company.is:{company.id}'})}"


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
say("set_aside", _("not a client"), icon="user-x")
say("brought_back", _("back among the clients"), icon="user-check")
say("contact.joined", _("companies and roles are changed"), icon="building")
say("contact.left", _("no longer in a company"), icon="building")
say("contact.created", _("new contact"), icon="user-plus")
