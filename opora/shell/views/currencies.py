"""Settings › "Валюты": which currencies are in use, and what they cost in the project's own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from opora.kit.errors import Invalid
from opora.kit.money import MINOR_DIGITS
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.switches import SETTINGS
from opora.records import definitions, rates
from opora.records.banks import BANKS
from opora.records.definitions import RateOf
from opora.ui import htmx
from opora.ui.render import page

HAND = gettext_lazy("by hand")
may_set = switch(SETTINGS.name)


@may_set
@require_http_methods(["GET", "HEAD", "POST"])
def currencies(request: HttpRequest) -> HttpResponse:
    """The list with its rates; what was typed stays when one of them is wrong."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        errors = _save(request)
        if not errors:
            return htmx.redirect(request, reverse("shell:currencies"), _("Saved"))
    return page(request, "shell/currencies.html", _shown(request, errors), status=422 if errors else 200)


def _save(request: HttpRequest) -> dict[str, list[str]]:
    """Write what was changed; the words about each wrong value by its input."""
    access, known = access_of(request), definitions.current().rates
    errors: dict[str, list[str]] = {}
    try:
        rates.choose(access, request.POST.getlist("currencies"), request.POST.get("rates_from", ""))
    except Invalid as refusal:
        errors |= _words(refusal)
    for name, value in request.POST.items():
        code, typed = name.removeprefix("rate_"), str(value)
        if code == name or not typed.strip() or (code in known and typed.strip() == _edited(known[code])):
            continue
        try:
            rates.write(access, code, typed)
        except Invalid as refusal:
            errors[name] = [words for each in _words(refusal).values() for words in each]
    return errors


def _words(refusal: Invalid) -> dict[str, list[str]]:
    return {name: [str(word) for word in words] for name, words in refusal.fields.items()}


def _shown(request: HttpRequest, errors: dict[str, list[str]]) -> dict[str, Any]:
    now = definitions.current()
    own, used = now.preferences.currency, set(now.preferences.offered_currencies)
    if errors:
        used = set(request.POST.getlist("currencies"))
    rows = [
        {
            "code": code,
            "on": code in used,
            "rate": now.rates.get(code),
            "value": request.POST.get(f"rate_{code}", _edited(now.rates.get(code))),
            "errors": errors.get(f"rate_{code}", ()),
            "source": _source(now.rates.get(code)),
        }
        for code in MINOR_DIGITS
        if code != own
    ]
    rows.sort(key=lambda row: (not row["on"], row["code"]))
    return {
        "rows": rows,
        "own": own,
        "errors": errors,
        "settings_item": "currencies",
        "bank": request.POST.get("rates_from", now.preferences.rates_from),
        "banks": [("", _("By hand only")), *((code, bank.label) for code, bank in BANKS.items())],
        "has_bank": bool(now.preferences.rates_from),
    }


def _edited(rate: RateOf | None) -> str:
    return format(rate.value.normalize(), "f").replace(".", ",") if rate else ""


def _source(rate: RateOf | None) -> str:
    if rate is None:
        return ""
    return str(BANKS[rate.source].label if rate.source in BANKS else HAND)


@may_set
@require_POST
def fetching(request: HttpRequest) -> HttpResponse:
    """Ask the bank now, without waiting for the morning."""
    rates.fetch.using(key="rates.fetch:now").enqueue()
    return htmx.redirect(
        request, reverse("shell:currencies"), _("The bank is being asked; rates will stand here.")
    )
