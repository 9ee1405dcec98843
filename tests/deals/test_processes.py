"""Processes of deals: their order, their removal with all that stands in them, and what stands too long in them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from opora.deals.models import Deal
from opora.kit.errors import NotFound
from opora.records import definitions, stagesettings
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import Process, Stage
from opora.records.operations import Act
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("I13", "U04")
Deals = Callable[..., Any]


@pytest.fixture
def repairs(stages: dict[str, Stage]) -> Process:
    """A second process with one open stage and one for what is lost."""
    made = Process.objects.create(kind="deal", name="Ремонт", position=1)
    Stage.objects.create(process=made, name="Заявка", group="new", color="sky", probability=5)
    Stage.objects.create(process=made, name="Снята", group="lost", color="red")
    definitions.changed()
    return made


def at(process: Process, verb: str) -> str:
    return f"/settings/processes/{process.pk}/{verb}/"


def test_a_process_goes_with_its_stages_when_its_deals_have_gone_elsewhere(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage], deal: Deals, repairs: Process
) -> None:
    selling = Process.objects.get(name="Продажа")
    new, gone = deal(cast.manager, "Печь", amount="300"), deal(cast.manager, "В корзине", "Разговор")
    perform("trash", kinds["deal"], Act(access(cast.director)), [gone.id])
    to = {"to": str(Stage.objects.get(name="Заявка").id)}
    client.sign_in(cast.director)
    assert "2 записи" in client.get(at(selling, "removal")).content.decode()
    own = {"to": str(stages["Договор"].id), "typed": "Продажа"}
    for wrong in ({}, to, {**to, "typed": "Ремонт"}, own):
        assert client.post(at(selling, "removal"), wrong).status_code == 422
    assert Stage.objects.filter(process=selling).count() == 5
    assert client.post(at(selling, "removal"), {**to, "typed": "продажа"}).status_code == 302
    assert not Process.objects.filter(pk=selling.pk).exists()
    assert {one.stage.name for one in Deal.objects.filter(pk__in=[new.id, gone.id])} == {"Заявка"}
    assert Deal.objects.get(pk=new.id).probability == 5
    assert Event.objects.filter(name="deal.moved", subject_id=new.id).exists()
    assert Event.objects.filter(name="process.removed").count() == 1
    page = client.get("/deals/").content.decode()
    assert "300\u00a0₽" in page.split('class="col__list"')[0]
    assert client.post(at(repairs, "removal"), {}).status_code == 409


def test_many_deals_of_a_process_are_moved_by_a_job(
    cast: Cast, stages: dict[str, Stage], deal: Deals, repairs: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stagesettings, "AT_ONCE", 1)
    monkeypatch.setattr(stagesettings, "BATCH", 2)
    made = [deal(cast.manager, f"Сделка {n}") for n in range(3)]
    selling = next(one for one in definitions.current().processes if one.name == "Продажа")
    to = Stage.objects.get(name="Снята").id
    assert stagesettings.remove_process(access(cast.director), selling, to, "Продажа") == 3
    assert Process.objects.filter(pk=selling.id).exists()
    for _time in range(2):
        stagesettings.empty_and_remove_process.func(selling.id, to, cast.director.id)
    assert not Process.objects.filter(pk=selling.id).exists()
    moved = Deal.objects.filter(pk__in=[one.id for one in made], stage_id=to, closed_at__isnull=False)
    assert moved.count() == 3


def test_a_person_can_not_move_a_deal_into_another_process(cast: Cast, deal: Deals, repairs: Process) -> None:
    made, to = deal(cast.manager), Stage.objects.get(name="Заявка").id
    with pytest.raises(NotFound):
        perform("move", kinds["deal"], Act(access(cast.director)), [made.id], stage=str(to))


def test_the_first_process_is_what_the_board_opens_with(
    client: ProjectClient, cast: Cast, repairs: Process
) -> None:
    client.sign_in(cast.director)
    assert client.post(at(repairs, "step"), {"by": "up"}).status_code == 302
    assert [one.name for one in Process.objects.filter(kind="deal")] == ["Ремонт", "Продажа"]
    assert "Заявка" in client.get("/deals/").content.decode()


@pytest.mark.req("N24")
def test_what_stands_too_long_is_one_click_away_on_board_list_and_forecast(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage], deal: Deals
) -> None:
    client.sign_in(cast.manager)
    assert "view=stale" not in client.get("/deals/").content.decode()
    Stage.objects.filter(name="Разговор").update(stale_days=7)
    definitions.changed()
    old, _fresh, _other = (
        deal(cast.manager, "Застряла", "Разговор"),
        deal(cast.manager, "Свежая", "Разговор"),
        deal(cast.manager, "Новая"),
    )
    Deal.objects.exclude(title="Свежая").update(stage_since=old.stage_since - timedelta(days=7))
    for look in ("/deals/", "/deals/list/"):
        assert f"{look}?view=stale" in client.get(look).content.decode()
        page = client.get(f"{look}?view=stale").content.decode()
        assert [name in page for name in ("Застряла", "Свежая")] == [True, False]
    forecast = client.get("/deals/forecast/").content.decode()
    assert "/deals/list/?view=stale" in forecast
    assert "/deals/list/?view=idle" in forecast
    without = client.get("/deals/list/", {"f": "stage.none:stale,group:won"}).content.decode()
    assert [name in without for name in ("Застряла", "Свежая")] == [False, True]
