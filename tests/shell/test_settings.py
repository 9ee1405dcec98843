"""Settings: general, stages, fields. Every change acts at once, stands in the log and is refused to others."""

from typing import Any

import pytest

from opora.records import definitions
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import OwnField, Process, Section, Stage
from opora.records.operations import Act
from opora.tenancy.context import project as entered
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("N14")


@pytest.fixture
def stages(project: object) -> dict[str, Stage]:
    process = Process.objects.create(kind="deal", name="Продажа")
    groups = {"Новая": "new", "Разговор": "work", "Договор": "work", "Оплачено": "won", "Отказ": "lost"}
    found = {
        name: Stage.objects.create(process=process, name=name, group=group, position=i)
        for i, (name, group) in enumerate(groups.items())
    }
    definitions.changed()
    return found


def made(user: Any, kind: str, **values: Any) -> Any:
    return perform("create", kinds[kind], Act(access(user)), values=values).record


def test_general_settings_act_at_once(client: ProjectClient, cast: Cast) -> None:
    client.sign_in(cast.director)
    sent = {"name": "Тёплый цех", "language": "uz", "time_zone": "Asia/Tashkent", "currency": "UZS"}
    assert client.post("/settings/", sent).status_code == 302
    with entered(client.project):
        now = definitions.current().preferences
        assert (now.language, now.time_zone, now.currency) == ("uz", "Asia/Tashkent", "UZS")
        assert made(cast.manager, "deal", title="Tandir", amount="5 000").currency == "UZS"
        assert Event.objects.filter(name="settings.changed").count() == 3
    assert "Тёплый цех" in client.get("/settings/").content.decode()
    assert client.post("/settings/", sent | {"name": client.project.name}).status_code == 302


def test_a_wrong_value_is_refused_and_what_was_typed_stays(client: ProjectClient, cast: Cast) -> None:
    client.sign_in(cast.director)
    sent = {"name": "Новое имя", "language": "ru", "time_zone": "Mars/Base", "currency": "RUB"}
    answer = client.post("/settings/", sent)
    assert answer.status_code == 422
    assert "Новое имя" in answer.content.decode()
    assert client.post("/settings/switches/nosuch/", {"on": "1"}).status_code == 404


def test_a_switch_hides_the_sums_of_the_board(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage]
) -> None:
    made(cast.director, "deal", title="Печь", amount="300 000")
    client.sign_in(cast.director)
    assert 'class="col__sum" title' in client.get("/deals/").content.decode()
    assert client.post("/settings/switches/board_sums/", headers={"HX-Request": "true"}).status_code == 204
    assert 'class="col__sum" title' not in client.get("/deals/").content.decode()


@pytest.mark.req("U04", "I13")
def test_stages_are_added_renamed_coloured_and_ordered(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage]
) -> None:
    client.sign_in(cast.director)
    process = stages["Новая"].process_id
    new = f"/settings/stages/new/?process={process}&group=work"
    sent = {"name": "Замер", "name_en": "Measuring", "color": "teal", "probability": "40"}
    assert client.post(new, sent).status_code == 302
    added = Stage.objects.get(name="Замер")
    assert (added.group, added.color, added.probability, added.names) == (
        "work",
        "teal",
        40,
        {"en": "Measuring"},
    )
    row = {"_row": "1", "name": "Выезд", "color": "pink", "probability": "45"}
    assert (
        client.post(f"/settings/stages/{added.id}/", row, headers={"HX-Request": "true"}).status_code == 200
    )
    added.refresh_from_db()
    assert (added.name, added.color, added.names) == ("Выезд", "pink", {"en": "Measuring"})
    client.post(f"/settings/stages/{added.id}/step/", {"by": "up"})
    with entered(client.project):
        found = definitions.current().process("deal")
        assert found is not None
        assert [s.name for s in found.stages] == [
            "Новая",
            "Разговор",
            "Выезд",
            "Договор",
            "Оплачено",
            "Отказ",
        ]
    wanted = [stages["Договор"].id, added.id, stages["Разговор"].id]
    assert client.post("/settings/stages/order/", {"ids": wanted}).status_code == 302
    assert (
        client.post(
            "/settings/stages/order/", {"ids": [stages["Договор"].id, stages["Отказ"].id]}
        ).status_code
        == 404
    )
    names = set(Event.objects.filter(name__startswith="stage.").values_list("name", flat=True))
    assert names == {"stage.created", "stage.changed", "stage.ordered"}


def test_wrong_values_of_a_stage_are_refused(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage]
) -> None:
    client.sign_in(cast.director)
    address = f"/settings/stages/{stages['Разговор'].id}/"
    for wrong in (
        {"name": " "},
        {"name": "х" * 51},
        {"name": "х", "color": "red;}"},
        {"name": "х", "probability": "101"},
    ):
        assert client.post(address, wrong).status_code == 422
    assert client.post("/settings/stages/7/", {"name": "х"}).status_code == 404
    stages["Разговор"].refresh_from_db()
    assert stages["Разговор"].name == "Разговор"


def test_a_stage_with_records_asks_where_they_go(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage]
) -> None:
    deal = made(cast.manager, "deal", title="Печь", amount="300 000", stage=str(stages["Разговор"].id))
    gone = made(cast.manager, "deal", title="В корзине", stage=str(stages["Разговор"].id))
    perform("trash", kinds["deal"], Act(access(cast.director)), [gone.id])
    client.sign_in(cast.director)
    address = f"/settings/stages/{stages['Разговор'].id}/removal/"
    assert "2 записи" in client.get(address).content.decode()
    assert client.post(address, {"to": ""}).status_code == 409
    assert client.post(address, {"to": str(stages["Договор"].id)}).status_code == 302
    deal.refresh_from_db()
    gone.refresh_from_db()
    assert deal.stage_id == gone.stage_id == stages["Договор"].id
    assert not Stage.objects.filter(name="Разговор").exists()
    assert Event.objects.filter(name="deal.moved", subject_id=deal.id).exists()


def test_the_last_open_stage_can_not_go(client: ProjectClient, cast: Cast, stages: dict[str, Stage]) -> None:
    client.sign_in(cast.director)
    for name in ("Разговор", "Договор"):
        assert client.post(f"/settings/stages/{stages[name].id}/removal/").status_code == 302
    assert client.post(f"/settings/stages/{stages['Новая'].id}/removal/").status_code == 409


@pytest.mark.req("I09", "N21")
def test_own_fields_are_added_changed_and_deleted_with_their_values_kept(
    client: ProjectClient, cast: Cast
) -> None:
    client.sign_in(cast.director)
    assert client.post("/settings/sections/new/?kind=contact", {"label": "Реквизиты"}).status_code == 302
    section = Section.objects.get(name="Реквизиты")
    sent = {"label": "Источник", "type": "selector", "choices": "Сайт\nВыставка", "section": str(section.id)}
    assert client.post("/settings/fields/new/?kind=contact", sent | {"is_filterable": "1"}).status_code == 302
    field = OwnField.objects.get()
    site = field.options["choices"][0]["id"]
    contact = made(cast.manager, "contact", first_name="А", **{field.name: site})
    sent |= {"choices": "Интернет\nВыставка\nЗвонок", "label": "Откуда"}
    assert client.post(f"/settings/fields/{field.id}/", sent).status_code == 302
    field.refresh_from_db()
    assert [c["label"] for c in field.options["choices"]] == ["Интернет", "Выставка", "Звонок"]
    assert field.options["choices"][0]["id"] == site
    assert client.post(f"/settings/fields/{field.id}/removal/").status_code == 302
    contact.refresh_from_db()
    assert contact.values == {field.name: site}
    client.get("/settings/fields/")  # the toast says its name once more
    assert f'value="{field.name}"' not in client.get("/settings/fields/").content.decode()
    assert client.get(f"/settings/fields/{field.id}/").status_code == 404


def test_wrong_fields_are_refused(client: ProjectClient, cast: Cast) -> None:
    client.sign_in(cast.director)
    for wrong in (
        {"label": "", "type": "text"},
        {"label": "х", "type": "nosuch"},
        {"label": "х", "type": "selector"},
    ):
        assert client.post("/settings/fields/new/?kind=contact", wrong).status_code == 422
    assert client.get("/settings/fields/?kind=note").status_code == 404
    assert not OwnField.objects.exists()


@pytest.mark.req("R2.03")
def test_settings_are_closed_to_whoever_lacks_the_switch(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage]
) -> None:
    client.sign_in(cast.head)
    number = stages["Разговор"].id
    for path in (
        f"/settings/stages/{number}/",
        f"/settings/stages/{number}/removal/",
        "/settings/switches/board_sums/",
    ):
        assert client.post(path, {"name": "х"}).status_code == 403
    assert (
        client.post("/settings/fields/new/?kind=contact", {"label": "х", "type": "text"}).status_code == 403
    )
