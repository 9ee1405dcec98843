"""What is particular to contacts: a company is called by its name, and does not belong to itself."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opora.contacts.models import Contact, Membership
from opora.kit.errors import Invalid
from opora.records import aside, definitions, steps, tags, verbs
from opora.records.actions import action
from opora.records.kinds import Kind
from opora.records.work import Work


def has_name(contact: Contact) -> bool:
    """Whether there is anything to call this contact by: a name, a phone or an address."""
    named = contact.company_name if contact.is_company else contact.first_name or contact.last_name
    return bool(named or contact.phones or contact.emails)


action("contact.tag", right="edit", event="tagged", label=_("Change tags"), touches=("tags",))(tags.tag)


@action("contact.set_aside", right="edit", event="set_aside", label=_("Not a client"), touches=("aside_at",))
def set_aside(work: Work, kind: Kind, records: Sequence[Any]) -> None:
    """Take contacts out of every list, search, report and count without deleting them («Не клиент», N20)."""
    for contact in records:
        aside.put_aside(contact, work.act.at, work.act.user_id)


@action(
    "contact.bring_back",
    right="edit",
    event="brought_back",
    label=_("Back to clients"),
    touches=("aside_at",),
)
def bring_back(work: Work, kind: Kind, records: Sequence[Any]) -> None:
    """Let contacts that were no clients stand in the lists again; out of a stage that takes out they go to the first.

    Raises `Invalid` where the first stage of the process asks for what is missing.
    """
    stages = definitions.current()
    for contact in records:
        aside.bring_back(contact)
        stage, process = stages.stages.get(contact.stage_id or 0), stages.process_of_stage(contact.stage_id)
        if stage and stage.takes_out and process and process.first:
            verbs.move(work, kind, [contact], stage=process.first.id)


@steps.within("contact", "trash")
def tell_apart(work: Work, contacts: Sequence[Any]) -> None:
    """Who is no client can be deleted too."""
    for contact in contacts:
        aside.keep_apart(contact)


@steps.within("contact", "restore")
def stay_aside(work: Work, contacts: Sequence[Any]) -> None:
    """Who was no client when deleted comes back as no client (N20)."""
    for contact in contacts:
        contact.trashed_at = contact.aside_at


def _check_turned(work: Work, contacts: Sequence[Any]) -> None:
    """Refuse to make a person of a company that people belong to, also of one in the trash. Raises `Invalid`."""
    if "type" not in (work.sent.get("values") or {}):
        return
    people = [contact.id for contact in contacts if isinstance(contact, Contact) and not contact.is_company]
    belong = Q(company_id__in=people) | Q(
        pk__in=Membership.objects.filter(company_id__in=people).values("person")
    )
    if people and Contact.objects.filter(belong).exists():
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
