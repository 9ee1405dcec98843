"""The rate a deal is counted at: kept with it from the day its amount was set."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from opora.deals.manifest import DEAL
from opora.deals.models import Deal
from opora.kit.errors import Invalid
from opora.records import definitions, rates
from opora.records.work import Work

LARGEST = Decimal(10) ** 15


def rate(work: Work, deal: Deal) -> None:
    """Give a deal the rate of its currency: the one that was typed with it, else the one it has, else today's.

    A deal in the project's own currency has none. Raises `Invalid` (`required`, naming the rate) for a currency whose
    rate nobody knows, unless the deal came by itself; and for an amount too large to be counted.
    """
    values = work.sent.get("values")
    sent = values if isinstance(values, Mapping) else {}
    if deal.amount is None or deal.currency == definitions.current().preferences.currency:
        deal.rate = None
    elif (
        "rate" not in sent and ("amount" in sent or deal.rate is None) and _is_other(work, deal)
    ) or deal.rate is None:
        deal.rate = rates.rate_of(deal.currency)
    if _is_unrated(deal) and not work.act.is_soft and not work.act.is_trusted:
        raise _unknown(deal)
    if deal.total is not None and deal.total * (deal.rate or 1) >= LARGEST:
        raise Invalid({"amount": _("This number is too large.")})


def _is_other(work: Work, deal: Deal) -> bool:
    """Whether the deal's currency is not the one its rate was taken for."""
    before = work.before(deal)
    return before is None or before.get("currency") != deal.currency


def _is_unrated(deal: Deal) -> bool:
    own = definitions.current().preferences.currency
    return deal.amount is not None and deal.currency != own and deal.rate is None


def _unknown(deal: Deal) -> Invalid:
    field = definitions.current().fields(DEAL.name)["rate"]
    words = _("There is no rate of %(currency)s: write what one unit costs.") % {"currency": deal.currency}
    return Invalid({"rate": words}, code="required", missing=[field])
