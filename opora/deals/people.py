"""Several contacts in one deal, each in a role: who decides, who pays, who advises."""

from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from opora.deals.manifest import DEAL
from opora.deals.models import Deal, Participant
from opora.duplicates import ties
from opora.kit.errors import Invalid, NotFound
from opora.kit.text import clean
from opora.people.access import Access
from opora.records import sight
from opora.records.actions import action
from opora.records.kinds import Kind, kinds
from opora.records.steps import derived_from
from opora.records.work import Saved, Work
from opora.timeline.events import Ref

MOST = 30
TAKES_PART = sight.Beside(Participant, record="deal_id", number="contact_id")
ROLE_LENGTH = 80
ROLES = (_("Decides"), _("Pays"), _("Advises"), _("Uses"), _("Puts together the documents"))


@action(
    "deal.involve", right="edit", event="involved", label=_("Add a person to the deal"), touches=("people",)
)
def involve(work: Work, kind: Kind, records: Sequence[Any], *, contact: str, role: str = "") -> None:
    """Let a contact take part in deals, or give one who does another role.

    Raises `Invalid` for a contact the person does not see, for the deal's own client, for too many.
    """
    number = _seen(work, contact)
    words = clean(role, ROLE_LENGTH, field="role").strip()
    for deal in records:
        if deal.contact_id == number:
            raise Invalid({"contact": _("This is the client of the deal already.")})
        others = [row for row in deal.people or () if row["contact"] != str(number)]
        if len(others) >= MOST:
            raise Invalid({"contact": _("At most 30 people in a deal.")})
        deal.people = [*others, {"contact": str(number), "role": words}]


@action(
    "deal.release",
    right="edit",
    event="released",
    label=_("Take a person out of the deal"),
    touches=("people",),
)
def release(work: Work, kind: Kind, records: Sequence[Any], *, contact: str) -> None:
    """Take a contact out of deals. Raises `NotFound` when it takes no part."""
    for deal in records:
        left = [row for row in deal.people or () if row["contact"] != str(contact)]
        if len(left) == len(deal.people or ()):
            raise NotFound()
        deal.people = left


@derived_from("deal")
def refresh_participants(work: Work, saved: Sequence[Saved]) -> None:
    """Keep the rows by which a contact's deals are found."""
    changed = [each.record for each in saved if _people(each.before) != (each.record.people or [])]
    if changed:
        Participant.objects.filter(deal__in=changed).delete()
        Participant.objects.bulk_create(
            Participant(deal=deal, contact_id=int(row["contact"])) for deal in changed for row in deal.people
        )


def _people(before: Any) -> list[Any]:
    return (before or {}).get("people") or []


def roles_of(deal: Deal) -> dict[int, str]:
    """The role of each contact who takes part beside the client, in the order they came."""
    return {int(row["contact"]): row["role"] for row in deal.people or ()}


def deals_of(access: Access, contact_id: int, limit: int) -> list[Deal]:
    """The newest deals the person sees in which a contact is the client or takes part; one query."""
    return sight.pointing(access, DEAL, "contact_id", contact_id, limit, TAKES_PART)


def _seen(work: Work, contact: str) -> int:
    kind = kinds["contact"]
    plain = str(contact)
    number = int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 20 else 0
    if work.act.is_trusted:
        found = kind.model._default_manager.filter(pk=number).first()
    else:
        found = sight.find(work.access, Ref(kind.name, number))
    if found is None or found.is_trashed:
        raise Invalid({"contact": _("There is no such record.")})
    return number


@ties.of("contact")
def change_over(work: Work, target_id: int, sources: Collection[int]) -> None:
    """Deals whose people are merged name the one that stays, once, and not beside itself as the client."""
    gone = {str(number) for number in sources}
    named = Participant.objects.filter(contact_id__in=sources).values("deal_id")
    for deal in work.enlist(DEAL, list(Deal.objects.filter(pk__in=named).order_by("pk")), event="changed"):
        found: dict[str, str] = {}
        for row in deal.people or ():
            contact = str(target_id) if row["contact"] in gone else row["contact"]
            found[contact] = found.get(contact) or row["role"]
        found.pop(str(deal.contact_id), None)
        deal.people = [{"contact": contact, "role": role} for contact, role in found.items()]
