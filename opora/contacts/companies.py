"""A person in several companies, with a role in each (O01).

`Contact.company` is the main one; `Contact.companies` holds the roles, in the main one and in the others, as
`{"company": "<id>", "role"}`. `Membership` follows, for asking from the side of the company.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from opora.contacts.manifest import CONTACT
from opora.contacts.models import Contact, Membership
from opora.kit.errors import Invalid, NotFound
from opora.kit.text import clean
from opora.people.access import Access
from opora.records import sight, steps
from opora.records.actions import action
from opora.records.kinds import Kind
from opora.records.work import Saved, Work
from opora.timeline.events import Ref

BELONGS = sight.Beside(Membership, record="person_id", number="company_id")
MOST = 30
ROLE_LENGTH = 80
ROLES = (
    _("Director"),
    _("Owner"),
    _("Buyer"),
    _("Accountant"),
    _("Chef"),
    _("Engineer"),
    _("Contact person"),
)


def put(contact: Contact, places: Mapping[int, str], main: int | None) -> None:
    """Let a person belong to these companies, each with a role; `main` is one of them, or None for none at all."""
    contact.company_id = main
    contact.companies = [{"company": str(number), "role": role} for number, role in places.items()]


@action(
    "contact.join",
    right="edit",
    event="joined",
    label=_("Add to a company"),
    touches=("companies", "company_id"),
)
def join(
    work: Work, kind: Kind, records: Sequence[Any], *, company: str, role: str = "", main: bool = False
) -> None:
    """Let people belong to a company in a role, or give those who do another role; the first one is the main one.

    Raises `Invalid` for a company the actor does not see or that is none, for a contact that is a company itself, for
    too many.
    """
    number, words = _seen(work, company), clean(role, ROLE_LENGTH, field="role").strip()
    for contact in records:
        if contact.is_company:
            raise Invalid({"company": _("Only a person belongs to a company.")})
        places = {**contact.roles, number: words}
        if len(places) > MOST:
            raise Invalid({"company": _("At most 30 companies for one person.")})
        put(contact, places, number if main or contact.company_id is None else contact.company_id)


@action(
    "contact.leave",
    right="edit",
    event="left",
    label=_("Take out of the company"),
    touches=("companies", "company_id"),
)
def leave(work: Work, kind: Kind, records: Sequence[Any], *, company: str) -> None:
    """Let people no longer belong to a company; of the others the first becomes the main one.

    Raises `NotFound` when they don't, or when the actor does not see the company.
    """
    number = _number(company)
    is_seen = work.act.is_trusted or sight.find(work.access, Ref(CONTACT.name, number)) is not None
    for contact in records:
        places = contact.roles
        if number not in places or not is_seen:
            raise NotFound()
        del places[number]
        put(contact, places, next(iter(places), None))


@steps.within("contact", "create")
@steps.within("contact", "edit")
def follow_main(work: Work, contacts: Sequence[Any]) -> None:
    """The field "Company" names the main one: another one takes its place, one of the others goes before it."""
    for contact in contacts:
        if not isinstance(contact, Contact):
            continue
        before = (work.before(contact) or {}).get("company_id")
        if contact.is_company:
            contact.companies = []
        elif contact.company_id != before:
            roles = {int(row["company"]): row["role"] for row in contact.companies or ()}
            if contact.company_id not in roles:
                roles.pop(before or 0, None)
            put(contact, roles, contact.company_id or next(iter(roles), None))


@steps.within("contact", "merge")
def merge_places(work: Work, contacts: Sequence[Any]) -> None:
    """Who is merged belongs to the companies of all; who belonged to a merged company belongs to the one that stays."""
    sources = {_number(number) for number in work.sent.get("sources", ())}
    target: Contact = contacts[0]
    of_person: dict[int, str] = dict(target.roles)
    for source in Contact.objects.filter(pk__in=sources).order_by("pk"):
        for number, role in source.roles.items():
            of_person[number] = of_person.get(number) or role
    places = _renamed(of_person, sources, target.id)
    places.pop(target.id, None)
    put(target, {} if target.is_company else places, None if target.is_company else _main(target, places))
    named = (
        Membership.objects.filter(company_id__in=sources).exclude(person_id__in=sources).values("person_id")
    )
    people = Contact.objects.filter(pk__in=named).exclude(pk=target.id).order_by("pk")
    for person in work.enlist(CONTACT, list(people), event="changed"):
        places = _renamed(person.roles, sources, target.id)
        put(person, places, _main(person, places))


def _renamed(places: Mapping[int, str], sources: Collection[int], target: int) -> dict[int, str]:
    found: dict[int, str] = {}
    for number, role in places.items():
        kept = target if number in sources else number
        found[kept] = found.get(kept) or role
    return found


def _main(contact: Contact, places: Mapping[int, str]) -> int | None:
    """The main company while it is one of these, else the first of them."""
    return contact.company_id if contact.company_id in places else next(iter(places), None)


@steps.derived_from("contact")
def refresh_memberships(work: Work, saved: Sequence[Saved]) -> None:
    """Keep the rows by which the people of a company are found."""
    changed = [each.record for each in saved if _rows(each.before) != (each.record.companies or [])]
    if changed:
        Membership.objects.filter(person__in=changed).delete()
        Membership.objects.bulk_create(
            Membership(person=person, company_id=int(row["company"]))
            for person in changed
            for row in person.companies or ()
        )


def _rows(before: Mapping[str, Any] | None) -> list[Any]:
    return (before or {}).get("companies") or []


def people_of(access: Access, company_id: int, limit: int) -> list[Contact]:
    """The newest people the reader sees who belong to a company; one query."""
    return sight.pointing(access, CONTACT, "company_id", company_id, limit, BELONGS)


def companies_of(access: Access, contact: Contact) -> list[Contact]:
    """The companies of a person that the reader sees, the main one first; those in the trash are left out."""
    by_id = (
        {one.id: one for one in sight.seen_among(access, CONTACT, list(contact.roles))}
        if contact.roles
        else {}
    )
    return [by_id[number] for number in contact.roles if number in by_id and not by_id[number].trashed_at]


def _number(text: Any) -> int:
    plain = str(text)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 20 else 0


def _seen(work: Work, company: str) -> int:
    number = _number(company)
    if work.act.is_trusted:
        found = Contact.objects.filter(pk=number).first()
    else:
        found = sight.find(work.access, Ref(CONTACT.name, number))
    if found is None or found.is_trashed:
        raise Invalid({"company": _("There is no such record.")})
    if not found.is_company:
        raise Invalid({"company": _("This is a person, not a company.")})
    return number
