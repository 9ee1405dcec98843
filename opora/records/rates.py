"""What other currencies cost in the project's own: written by hand or fetched daily from a central bank.

A record keeps the rate it was counted with (`Deal.rate`); what stands here is for the next ones.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opora.jobs import schedules
from opora.jobs.running import GiveUp
from opora.jobs.tasks import task
from opora.kit.errors import Invalid
from opora.kit.money import MINOR_DIGITS, parse_number
from opora.people.access import Access
from opora.records import definitions
from opora.records.banks import BANKS, Published, published
from opora.records.general import SUBJECT
from opora.records.models import CurrencyRate
from opora.records.models import Definitions as Row
from opora.records.preferences import Preferences
from opora.records.settings_log import note

HAND = "hand"
DIGITS = Decimal("0.0000000001")
LARGEST = Decimal(10) ** 12
Known = Callable[[Sequence[str]], None]
_known: list[Known] = []


def when_known(follow: Known) -> Known:
    """Register what follows when rates of these currencies are written, in the same transaction."""
    _known.append(follow)
    return follow


def rate_of(code: str) -> Decimal | None:
    """What a unit of a currency costs in the project's own now; None when nobody has said."""
    now = definitions.current()
    if code == now.preferences.currency:
        return Decimal(1)
    known = now.rates.get(code)
    return known.value if known else None


def write(access: Access, code: str, text: str) -> None:
    """Write a rate by hand, as of today. Raises `Invalid` for an unknown currency or what is no positive number."""
    name = f"rate_{code}"
    if code not in MINOR_DIGITS:
        raise Invalid({name: _("This currency is not in the list.")})
    value = parse_number(text, field=name)
    if not DIGITS <= value < LARGEST:
        raise Invalid({name: _("Write how much one unit costs, more than nothing.")})
    now = definitions.current()
    before = now.rates.get(code)
    with transaction.atomic():
        _keep({code: value}, now.preferences.currency, timezone.localdate(), HAND)
        old = format(before.value.normalize(), "f") if before else None
        note(access, "settings.changed", SUBJECT, {f"rate_{code}": [old, format(value.normalize(), "f")]})
        definitions.changed()
        _tell([code])


def choose(access: Access, codes: Sequence[str], source: str) -> None:
    """Say which currencies are in use and whose rates are fetched. Raises `Invalid`."""
    if set(codes) - set(MINOR_DIGITS):
        raise Invalid({"currencies": _("This currency is not in the list.")})
    if source and source not in BANKS:
        raise Invalid({"rates_from": _("Choose one of the list.")})
    with transaction.atomic():
        row, _made = Row.objects.select_for_update().get_or_create(id=1)
        before = Preferences.read(row.chosen)
        new = {"currencies": sorted(set(codes)), "rates_from": source}
        old = {"currencies": list(before.currencies), "rates_from": before.rates_from}
        row.chosen = row.chosen | new
        row.save(update_fields=["chosen"])
        note(access, "settings.changed", SUBJECT, {name: [old[name], new[name]] for name in new})


@task(atomic=False)
def fetch() -> None:
    """The job that asks the chosen bank for today's rates; without a bank it does nothing.

    A bank that can't be reached is asked again later, as any job; one that does not list the project's currency
    never will.
    """
    source = definitions.current().preferences.rates_from
    if source:
        take(source, published(source))


def take(source: str, found: Published) -> None:
    """Keep what a bank published, counted in the project's currency through the bank's own. Raises `GiveUp`."""
    preferences = definitions.current().preferences
    own, in_bank = preferences.currency, {**found.values, BANKS[source].base: Decimal(1)}
    if own not in in_bank:
        raise GiveUp(f"{source} has no rate of {own}")
    wanted = [code for code in preferences.offered_currencies if code in in_bank and code != own]
    values = {code: in_bank[code] / in_bank[own] for code in wanted}
    with transaction.atomic():
        _keep(values, own, found.day, source)
        definitions.changed()
        _tell(sorted(values))


def _keep(values: Mapping[str, Decimal], base: str, day: date, source: str) -> None:
    for code, value in sorted(values.items()):
        CurrencyRate.objects.update_or_create(
            code=code,
            base=base,
            day=day,
            defaults={"value": max(value, DIGITS).quantize(DIGITS), "source": source},
        )


def _tell(codes: Sequence[str]) -> None:
    for follow in _known:
        follow(codes)


schedules.daily("rates.fetch", fetch, time(6, 30), "Europe/Moscow")
