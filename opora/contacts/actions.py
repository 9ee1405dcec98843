"""What is particular to contacts: a company is called by its name, and does not belong to itself."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from opora.contacts.models import Contact
from opora.kit.errors import Invalid
from opora.records import steps, tags
from opora.records.actions import action
from opora.records.work import Work


def has_name(contact: Contact) -> bool:
    """Whether there is anything to call this contact by: a name, a phone or an address."""
    named = contact.company_name if contact.is_company else contact.first_name or contact.last_name
    return bool(named or contact.phones or contact.emails)


action("contact.tag", right="edit", event="tagged", label=_("Change tags"), touches=("tags",))(tags.tag)


def _check_turned(work: Work, contacts: Sequence[Any]) -> None:
    """Refuse to make a person of a company that people belong to, also of one in the trash. Raises `Invalid`."""
    if "type" not in (work.sent.get("values") or {}):
        return
    people = [contact.id for contact in contacts if isinstance(contact, Contact) and not contact.is_company]
    if people and Contact.objects.filter(company_id__in=people).exists():
        raise Invalid({"type": _("People belong to this company: move them to another one first.")})


@steps.within("contact", "create")
@steps.within("contact", "edit")
def check_contact(work: Work, contacts: Sequence[Any]) -> None:
    """Refuse a contact that nothing names, and a company inside itself or inside another company.

    Raises `Invalid`.
    """
    _check_turned(work, contacts)
    for contact in contacts:
        if not isinstance(contact, Contact):
            continue
        if not has_name(contact) and not work.act.is_soft:
            field = "company_name" if contact.is_company else "first_name"
            raise Invalid({field: _("Write a name, a phone or an e-mail.")}, code="required")
        if contact.company_id and (contact.is_company or contact.company_id == contact.id):
            raise Invalid({"company": _("Only a person belongs to a company.")})
