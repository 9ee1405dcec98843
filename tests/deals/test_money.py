"""Money of deals: budgets for a time, currencies, rates by hand and from two central banks, sums in one currency."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.conf import settings

from opora.deals.revaluing import revalue
from opora.jobs.running import GiveUp
from opora.kit.errors import Invalid
from opora.records import banks, definitions, rates, totals
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import CurrencyRate, Stage
from opora.records.operations import Act
from opora.tenancy.context import project as entered
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("O14")
Deals = Callable[..., Any]
CBR = """<?xml version="1.0" encoding="windows-1251"?>
<ValCurs Date="21.11.2026" name="Foreign Currency Market"><Valute ID="R01235"><NumCode>840</NumCode>
<CharCode>USD</CharCode><Nominal>1</Nominal><Name>Доллар США</Name><Value>81,2345</Value>
<VunitRate>81,2345</VunitRate></Valute><Valute ID="R01717"><NumCode>860</NumCode><CharCode>UZS</CharCode>
<Nominal>10000</Nominal><Name>Узбекских сумов</Name><Value>64,1900</Value><VunitRate>0,006419</VunitRate></Valute>
</ValCurs>""".encode("windows-1251")
CBU = b"""[{"id":68,"Code":"840","Ccy":"USD","CcyNm_EN":"US Dollar","Nominal":"1","Rate":"12650.00","Diff":"-5.1",
"Date":"20.11.2026"},{"id":57,"Code":"643","Ccy":"RUB","CcyNm_EN":"Ruble","Nominal":"1","Rate":"155.50","Diff":"0.4",
"Date":"20.11.2026"}]"""


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """A bank on this machine: what it answers, by path; whoever asks must say who he is."""
    answers = {"/cbr": CBR, "/cbu": CBU}

    class Bank(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = answers.get(self.path) if "Opora" in self.headers["User-Agent"] else None
            self.send_response(200 if known is not None else 503)
            self.end_headers()
            self.wfile.write(known or b"")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Bank)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    addresses = {code: f"http://127.0.0.1:{server.server_port}/{code}" for code in ("cbr", "cbu")}
    monkeypatch.setattr(settings, "RATE_ADDRESSES", addresses)
    yield answers
    server.shutdown()
    server.server_close()


def choose(client: ProjectClient, cast: Cast, **sent: Any) -> Any:
    """The director saves the page of currencies."""
    given = {"currencies": ["USD", "UZS"], "rates_from": "", **sent}
    return client.sign_in(cast.director).post("/settings/currencies/", given)


def stage_sums(user: Any, stage: Stage) -> dict[str, Decimal]:
    """What the board shows over a column."""
    return totals.of_stages(access(user), kinds["deal"], [stage.id])[stage.id].amounts


def test_a_currency_without_a_rate_asks_for_it_and_the_rate_stays_with_the_deal(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage], deal: Deals
) -> None:
    with pytest.raises(Invalid) as refused:
        deal(cast.manager, amount="1000 USD")
    assert (refused.value.code, [*refused.value.fields]) == ("required", ["rate"])
    client.sign_in(cast.manager)
    typed = {"_key": "k", "title": "Печь", "amount": "1000", "amount_currency": "USD"}
    form = client.post("/deals/new/", typed)
    assert form.status_code == 422
    assert 'name="rate"' in form.content.decode()
    assert client.post("/deals/new/", typed | {"_key": "k2", "rate": "80"}).status_code == 302
    made = kinds["deal"].model._default_manager.get()
    assert (made.worth, made.worth_currency, made.rate) == (80000, "RUB", 80)
    assert choose(client, cast, rate_USD="90").status_code == 302
    perform("edit", kinds["deal"], Act(access(cast.manager)), [made.id], values={"amount": "2000 USD"})
    made.refresh_from_db()
    assert (made.worth, made.rate) == (160000, 80)
    newer = deal(cast.manager, "Вторая", amount="10 USD")
    assert newer.rate == 90
    assert stage_sums(cast.manager, stages["Новая"]) == {"RUB": Decimal(160900)}
    assert "160\u00a0900" in client.sign_in(cast.manager).get("/deals/").content.decode()


def test_a_price_for_a_time_counts_its_term(cast: Cast, stages: dict[str, Stage], deal: Deals) -> None:
    made = deal(cast.manager, amount="15 000", budget="month", budget_term="12")
    assert made.worth == 180000
    perform("edit", kinds["deal"], Act(access(cast.manager)), [made.id], values={"budget": "fixed"})
    made.refresh_from_db()
    assert made.worth == 15000
    for wrong in (
        {"budget": "decade"}, {"budget_term": "0"}, {"budget_term": "1,5"}, {"budget_term": "-3"},
        {"probability": "-1"}, {"probability": "101"}, {"amount": "-5"}, {"amount": "1,001"},
        {"amount": "1e9"}, {"amount": "9" * 16}, {"amount": "5 XXX"}, {"rate": "0"}, {"rate": "-1"},
        {"amount": "9" * 15, "budget": "month", "budget_term": "1200"}, {"worth": "5"},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            perform("edit", kinds["deal"], Act(access(cast.manager)), [made.id], values=wrong)


def test_rates_by_hand_are_checked_and_kept_as_typed(client: ProjectClient, cast: Cast) -> None:
    assert choose(client, cast, rate_UZS="0,0065", rate_USD="81,5").status_code == 302
    with entered(client.project):
        assert definitions.current().preferences.offered_currencies == ("RUB", "USD", "UZS")
        assert (rates.rate_of("UZS"), rates.rate_of("EUR")) == (Decimal("0.0065"), None)
    for wrong in ({"rate_USD": "0"}, {"rate_USD": "сто"}, {"rate_USD": "-1"}, {"rate_XXX": "1"}):
        answer = choose(client, cast, **wrong)
        assert answer.status_code == 422, wrong
    assert choose(client, cast, rates_from="swiss").status_code == 422
    assert choose(client, cast, currencies=["XXX"]).status_code == 422
    assert client.sign_in(cast.manager).get("/settings/currencies/").status_code == 403
    page = client.sign_in(cast.manager).get("/deals/new/").content.decode()
    assert ">USD<" in page
    assert ">KZT<" not in page


@pytest.mark.parametrize(
    ("bank_code", "own", "expected"),
    [
        ("cbr", "RUB", {"USD": "81.2345", "UZS": "0.006419"}),
        ("cbr", "UZS", {"USD": "12655.3201433245", "RUB": "155.7875058420"}),
        ("cbu", "UZS", {"USD": "12650", "RUB": "155.5"}),
        ("cbu", "RUB", {"USD": "81.3504823151", "UZS": "0.0064308682"}),
    ],
)
def test_rates_come_from_a_bank_in_the_projects_currency(
    client: ProjectClient,
    cast: Cast,
    bank: dict[str, bytes],
    bank_code: str,
    own: str,
    expected: dict[str, str],
) -> None:
    general = {"name": "Проект t1", "language": "ru", "time_zone": "Europe/Moscow", "currency": own}
    with entered(client.project):
        general["country"] = definitions.current().preferences.country
    assert client.sign_in(cast.director).post("/settings/", general).status_code == 302
    assert choose(client, cast, currencies=["USD", "UZS", "RUB"], rates_from=bank_code).status_code == 302
    with entered(client.project):
        rates.fetch.func()
        rates.fetch.func()
        found = {code: rate.value for code, rate in definitions.current().rates.items()}
        assert found == {code: Decimal(value) for code, value in expected.items()}
        day = date(2026, 11, 21) if bank_code == "cbr" else date(2026, 11, 20)
        assert {*CurrencyRate.objects.values_list("day", "source")} == {(day, bank_code)}
        bank[f"/{bank_code}"] = b"[]" if bank_code == "cbu" else b"<ValCurs Date='21.11.2026'></ValCurs>"
        with pytest.raises(banks.BankSilent):
            rates.fetch.func()
        del bank[f"/{bank_code}"]
        with pytest.raises(banks.BankSilent):
            rates.fetch.func()
        assert len(definitions.current().rates) == 2
    assert "21" in client.get("/settings/currencies/").content.decode()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>busy</html>", b"\xff\xfe", CBR.replace(b"81,2345", b"-1"), CBR.replace(b"USD", b"US$"),
        CBR.replace(b"<Nominal>1<", b"<Nominal>0<"), CBR.replace(b"21.11.2026", b"tomorrow"),
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + CBR, CBR.replace(b"81,2345", b"NaN"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_rates_is_refused(body: bytes) -> None:
    with pytest.raises(banks.BankSilent):
        banks.russia(body)
    with pytest.raises(banks.BankSilent):
        banks.uzbekistan(body)


def test_a_bank_that_does_not_know_the_projects_currency_is_given_up(project: object) -> None:
    found = banks.Published(date(2026, 11, 21), {"USD": Decimal(80)})
    with pytest.raises(GiveUp):
        rates.take("cbu", found)


def test_deals_are_counted_anew_when_a_rate_becomes_known_or_the_currency_changes(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage], deal: Deals
) -> None:
    soft = Act(access(cast.manager), is_soft=True)
    values = {"title": "Сама пришла", "amount": "10 USD", "stage": str(stages["Новая"].id)}
    waiting = perform("create", kinds["deal"], soft, values=values).record
    deal(cast.manager, "Своя", amount="500")
    assert stage_sums(cast.manager, stages["Новая"]) == {"RUB": Decimal(500), "USD": Decimal(10)}
    choose(client, cast, rate_USD="80")
    revalue.func(["USD"])
    waiting.refresh_from_db()
    assert (waiting.worth, waiting.version) == (800, 1)
    assert stage_sums(cast.manager, stages["Новая"]) == {"RUB": Decimal(1300)}
    with entered(client.project):
        chosen = definitions.VersionRow.objects.get()
        chosen.chosen = {**chosen.chosen, "currency": "USD"}
        chosen.save()
        definitions.changed()
        CurrencyRate.objects.create(
            code="RUB", base="USD", day=date(2026, 11, 21), value=Decimal("0.0125"), source="hand"
        )
        definitions.changed()
        revalue.func([])
        assert stage_sums(cast.manager, stages["Новая"]) == {"USD": Decimal("16.25")}
