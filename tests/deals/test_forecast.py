"""The forecast: sums by month and responsible in one currency, and where the time of deals goes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from opora.deals.forecast import LATE, LATER, forecast, months_from
from opora.deals.pace import pace
from opora.kit.ids import first_id
from opora.people.models import User
from opora.records import definitions
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import CurrencyRate, Stage
from opora.records.operations import Act
from opora.records.undo import undo
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("N24", "O14")
Deals = Callable[..., Any]
TODAY = date(2026, 11, 21)


def seen(user: User) -> Any:
    """The forecast of the process as a person sees it on that day."""
    process = definitions.current().process("deal")
    assert process is not None
    return forecast(access(user), process, TODAY)


def test_months_follow_each_other_over_the_year() -> None:
    assert months_from(date(2026, 11, 30)) == [
        date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1),
    ]  # fmt: skip


def test_deals_stand_by_month_and_person_weighted_in_one_currency(cast: Cast, deal: Deals) -> None:
    CurrencyRate.objects.create(code="USD", base="RUB", day=TODAY, value=80, source="hand")
    definitions.changed()
    deal(cast.manager, stage="Разговор", amount="1000", expected_close="30.11.2026")
    deal(cast.manager, stage="Договор", amount="100 USD", expected_close="21.11.2026")
    deal(cast.manager, stage="Договор", amount="400", expected_close="20.11.2026")
    deal(cast.colleague, stage="Новая", amount="2000", expected_close="01.01.2027", probability="50")
    deal(cast.colleague, stage="Новая", amount="10", expected_close="01.04.2027")
    deal(cast.colleague, stage="Новая", amount="70")
    deal(cast.colleague, stage="Новая", expected_close="30.11.2026")
    found = seen(cast.director)
    mine = found.rows[cast.manager.id]
    assert (mine[0].number, mine[0].full, mine[0].weighted) == (2, 9000, 6250)
    assert (mine[LATE].full, mine[LATE].weighted) == (400, 300)
    theirs = found.rows[cast.colleague.id]
    assert (theirs[2].weighted, theirs[LATER].full) == (1000, 10)
    assert (found.undated.number, found.undated.full) == (1, 70)
    assert (found.all.number, found.all.full) == (5, 11410)
    assert found.of_person(cast.manager.id).weighted == 6550
    assert found.span(0) == (TODAY, date(2026, 11, 30))
    assert found.span(LATE) == (None, date(2026, 11, 20))


@pytest.mark.req("R2.06")
def test_the_forecast_counts_only_what_a_person_sees(cast: Cast, deal: Deals) -> None:
    deal(cast.stranger, stage="Разговор", amount="700", expected_close="30.11.2026")
    kinds["deal"].model._default_manager.update(access="none")
    assert seen(cast.director).all.full == 700
    assert seen(cast.manager).rows == {}


def test_amounts_without_a_rate_are_told_apart(cast: Cast, stages: dict[str, Stage]) -> None:
    soft = Act(access(cast.manager), is_soft=True)
    values = {"title": "Сама", "amount": "10 EUR", "stage": str(stages["Новая"].id)}
    perform("create", kinds["deal"], soft, values=values)
    found = seen(cast.director)
    assert (found.rows, found.unrated) == ({}, {"EUR": Decimal(10)})


def test_the_page_shows_the_table_and_leads_to_the_deals(
    client: ProjectClient, cast: Cast, deal: Deals, stages: dict[str, Stage]
) -> None:
    assert "Пока нечего обещать" in client.sign_in(cast.manager).get("/deals/forecast/").content.decode()
    soon = timezone.localdate() + timedelta(days=400)
    made = deal(cast.manager, "Далёкая", "Разговор", amount="1 000 000", expected_close=f"{soon:%d.%m.%Y}")
    lost = deal(cast.manager, "Проданная", "Договор", amount="300 000")
    perform("move", kinds["deal"], Act(access(cast.manager)), [lost.id], stage=str(stages["Оплачено"].id))
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/deals/forecast/").content.decode()
    assert len(queries.captured_queries) <= 12
    assert "250\u00a0000" in page
    assert "300\u00a0000\u00a0₽" in page
    table = page.split("<table")[1]
    assert table.index("Позже") < table.index("Жанна Щукина")
    href = page.split('href="')
    target = next(part.split('"')[0] for part in href if "expected_close.gte" in part)
    listed = client.get("/" + target.split("/t1/", 1)[1].replace("&amp;", "&")).content.decode()
    assert made.title in listed
    assert "Проданная" not in listed
    full = client.get("/deals/forecast/?sum=full").content.decode()
    assert "1\u00a0млн\u00a0₽" in full
    assert client.get("/deals/forecast/?process=7").status_code == 404


def test_time_in_a_stage_and_the_share_that_goes_on_come_from_the_events(
    cast: Cast, deal: Deals, stages: dict[str, Stage]
) -> None:
    process = definitions.current().process("deal")
    assert process is not None
    now = timezone.now()

    def go(made: Any, name: str, days: int, **values: Any) -> Any:
        act = Act(access(cast.manager), at=now - timedelta(days=days))
        return perform("move", kinds["deal"], act, [made.id], stage=str(stages[name].id), values=values)

    def start(days: int) -> Any:
        act = Act(access(cast.manager), at=now - timedelta(days=days))
        return perform("create", kinds["deal"], act, values={"title": "Печь"}).record

    one, two, three = start(30), start(30), start(20)
    go(one, "Разговор", 28)
    go(one, "Договор", 18)
    go(two, "Разговор", 26)
    go(two, "Отказ", 22, lost_reason="Дорого")
    undone = go(three, "Договор", 0)
    undo(Act(access(cast.manager)), undone.undo_id)
    rows = {row.stage.name: row for row in pace(access(cast.director), process, now + timedelta(seconds=1))}
    assert (rows["Новая"].median, rows["Новая"].share) == (3, 100)
    assert (rows["Разговор"].median, rows["Разговор"].share) == (7, 50)
    assert (rows["Договор"].median, rows["Договор"].share) == (None, None)
    assert first_id(datetime(2026, 1, 1, tzinfo=timezone.get_current_timezone())) > 0
