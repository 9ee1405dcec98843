"""A client's deals change hands with the client; a deal's client with the deal only where that is asked for (U12)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from opora.contacts.models import Contact
from opora.deals.manifest import DEAL
from opora.deals.models import Deal
from opora.kit.errors import Forbidden
from opora.records import sight, steps, verbs
from opora.records.actions import action
from opora.records.kinds import Kind, kinds
from opora.records.work import Work


@steps.within("contact", "hand_over")
def hand_over_deals(work: Work, contacts: Sequence[Any]) -> None:
    """The client's deals go along, whoever held them; one that may not be given away stops the whole."""
    if not work.sent.get("with_linked", True) or not contacts:
        return
    to = contacts[0].responsible_id
    of_clients = Deal.objects.filter(contact_id__in=[c.id for c in contacts], trashed_at=None)
    numbers = list(of_clients.exclude(responsible_id=to).values_list("pk", flat=True))
    if not numbers:
        return
    _must_edit(work, numbers)
    for deal in work.load(DEAL, numbers, "edit"):
        deal.responsible_id = to


@action(
    "deal.hand_over", right="edit", event="handed_over", label=_("Hand over"), touches=("responsible_id",)
)
def hand_over(
    work: Work, kind: Kind, records: Sequence[Any], *, to: str | int, with_linked: bool = False
) -> None:
    """Hand deals over, with their clients when `with_linked`; one link deep: the clients' other deals stay.

    Raises `Forbidden` (`linked_refused`) for a client that may not be given away: then nothing changes hands.
    """
    verbs.hand_over(work, kind, records, to=to)
    clients = {deal.contact_id for deal in records if deal.contact_id} if with_linked else set()
    found = Contact.objects.filter(pk__in=clients, trashed_at=None).exclude(responsible_id=int(to))
    numbers = list(found.values_list("pk", flat=True))
    contact = kinds["contact"]
    left = 0 if work.act.is_trusted else len(numbers) - _reached(work, contact, numbers)
    if left:
        words = ngettext(
            "%(n)d client can't be handed over by you.", "%(n)d clients can't be handed over by you.", left
        )
        raise Forbidden(code="linked_refused", message=words % {"n": left})
    for client in work.load(contact, numbers, "edit") if numbers else ():
        client.responsible_id = int(to)


def _reached(work: Work, kind: Kind, numbers: Sequence[int]) -> int:
    return sight.visible(work.access, kind, "edit").filter(pk__in=numbers).count()


def _must_edit(work: Work, numbers: Sequence[int]) -> None:
    left = 0 if work.act.is_trusted else len(numbers) - _reached(work, DEAL, numbers)
    if left:
        words = ngettext(
            "%(n)d deal can't be handed over by you.", "%(n)d deals can't be handed over by you.", left
        )
        raise Forbidden(code="linked_refused", message=words % {"n": left})
