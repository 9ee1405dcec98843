"""Deals counted anew when the project's currency changes, or a rate becomes known that they waited for."""

from collections.abc import Sequence
from contextlib import suppress

from django.db import transaction
from django.db.models import F

from opora.deals.manifest import DEAL
from opora.deals.models import Deal
from opora.jobs.tasks import task
from opora.people.access import Access
from opora.records import definitions, general, rates, totals
from opora.records.banks import BankSilent
from opora.records.operations import Act
from opora.records.work import Saved, Work, snapshot
from opora.timeline.models import Operation

BATCH = 500


@general.following("currency")
def count_in_new_currency() -> None:
    """Ask for the job, in the transaction that changed the currency."""
    revalue.using(key="deals.revalue").enqueue([])


@rates.when_known
def count_unrated(codes: Sequence[str]) -> None:
    """Ask for the job when deals wait for one of these rates."""
    if Deal.objects.filter(worth_currency__in=codes, worth_currency=F("currency")).exists():
        revalue.enqueue(list(codes))


@task(atomic=False)
def revalue(codes: Sequence[str]) -> None:
    """Count deals at the rates of now: all of them, or with `codes` those that had no rate of these.

    Batch by batch; repeatable. Sums over the boards move with them; versions and histories stay as they are, since
    nobody changed the deals.
    """
    if not codes and definitions.current().preferences.rates_from:
        with suppress(BankSilent):  # the daily job asks again; what can be counted now is counted now
            rates.fetch.func()
    last = 0
    while ids := _next(codes, last):
        _count(ids)
        last = ids[-1]


def _next(codes: Sequence[str], last: int) -> list[int]:
    found = Deal.objects.filter(pk__gt=last, amount__isnull=False)
    if codes:
        found = found.filter(worth_currency__in=codes, worth_currency=F("currency"))
    return list(found.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _count(ids: Sequence[int]) -> None:
    own = definitions.current().preferences.currency
    with transaction.atomic():
        deals = list(Deal.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))
        saved = [Saved(DEAL, deal, snapshot(deal), {}) for deal in deals]
        for deal in deals:
            deal.rate = None if deal.currency == own else rates.rate_of(deal.currency)
            deal.refresh_title()
        Deal.objects.bulk_update(deals, ["rate", "worth", "worth_currency"])
        act = Act(Access.console(), is_trusted=True)
        totals.refresh_totals(Work(act, Operation(action="deal.revalue", at=act.at)), saved)
