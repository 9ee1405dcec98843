"""A client's deals change hands with the client (U12)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import ngettext

from opora.deals.manifest import DEAL
from opora.deals.models import Deal
from opora.kit.errors import Forbidden
from opora.records import sight, steps
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


def _must_edit(work: Work, numbers: Sequence[int]) -> None:
    if work.act.is_trusted:
        return
    left = len(numbers) - sight.visible(work.access, DEAL, "edit").filter(pk__in=numbers).count()
    if left:
        words = ngettext(
            "%(n)d deal can't be handed over by you.", "%(n)d deals can't be handed over by you.", left
        )
        raise Forbidden(code="linked_refused", message=words % {"n": left})
