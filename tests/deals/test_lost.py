"""Won and lost: the list of reasons, asked for on every road; reopened with its history; what becomes of tasks."""

from collections.abc import Callable
from typing import Any

import pytest

from opora.kit.errors import Invalid
from opora.records import bulk, definitions
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import ListEntry, Stage
from opora.records.operations import Act
from opora.records.undo import undo
from opora.tenancy.context import project as entered
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("O14", "U04")
Deals = Callable[..., Any]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def reasons(client: ProjectClient, cast: Cast, stages: dict[str, Stage]) -> dict[str, str]:
    """The list as the director makes it: the ids by name; the second asks for words."""
    client.sign_in(cast.director)
    assert (
        client.post("/settings/lists/deal/reason/new/", {"name": "Дорого", "name_en": "Too dear"}).status_code
        == 302
    )
    sent = {"name": "Другое", "asks_words": "1"}
    assert client.post("/settings/lists/deal/reason/new/", sent).status_code == 302
    return {entry.name: str(entry.id) for entry in ListEntry.objects.all()}


def lose(user: Any, deal: Any, stage: Stage, **sent: Any) -> Any:
    """A deal is lost by a person, with these values."""
    values = {name: sent.pop(name) for name in ("reason", "lost_reason") if name in sent}
    act = Act(access(user))
    return perform("move", kinds["deal"], act, [deal.id], stage=str(stage.id), values=values, **sent)


def test_a_lost_deal_chooses_from_the_list_on_every_road(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage], deal: Deals, reasons: dict[str, str]
) -> None:
    made, lost = deal(cast.manager), stages["Отказ"]
    for wrong, field in (
        ({}, "reason"),
        ({"lost_reason": "Просто так"}, "reason"),
        ({"reason": "Нет такой"}, "reason"),
        ({"reason": reasons["Другое"]}, "lost_reason"),
        ({"reason": reasons["Другое"], "lost_reason": " \u200b"}, "lost_reason"),
    ):
        with pytest.raises(Invalid) as refused:
            lose(cast.manager, made, lost, **wrong)
        assert [*refused.value.fields] == [field], wrong
    with pytest.raises(Invalid):
        deal(cast.manager, "Сразу потеряна", "Отказ")
    result = bulk.Result()
    act = Act(access(cast.manager))
    bulk.run("move", kinds["deal"], act, [made.id], {"stage": str(lost.id)}, result)
    assert (result.changed, result.failed) == (0, 1)
    client.sign_in(cast.manager)
    many = {"verb": "move", "ids": [made.id], "stage": str(lost.id), "reason": reasons["Дорого"]}
    assert client.post("/deals/bulk/", many, headers=HTMX).status_code == 200
    made.refresh_from_db()
    assert (made.stage_id, made.reason) == (lost.id, reasons["Дорого"])
    with pytest.raises(Invalid):
        perform("edit", kinds["deal"], Act(access(cast.manager)), [made.id], values={"reason": ""})


def test_the_dialog_offers_the_list_and_the_open_tasks(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage], deal: Deals, reasons: dict[str, str]
) -> None:
    made, lost = deal(cast.manager), stages["Отказ"]
    card = f"deal:{made.id}"
    new = Act(access(cast.manager))
    task = perform("create", kinds["task"], new, values={"title": "Перезвонить"}, about=card).record
    client.sign_in(cast.manager)
    at, sent = f"/deals/{made.id}/stage/", {"stage": str(lost.id)}
    asked = client.post(at, sent, headers=HTMX)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "Дорого" in page
    assert "Перезвонить" in page
    assert "field__error" not in page
    answer = sent | {"_asked": "1", "reason": reasons["Другое"], "lost_reason": "", "open_tasks": "close"}
    again = client.post(at, answer | {"_shown": ["reason", "lost_reason"]}, headers=HTMX)
    assert again.status_code == 422
    assert "field__error" in again.content.decode()
    assert client.post(at, answer | {"lost_reason": "Закрылись"}, headers=HTMX).status_code == 204
    made.refresh_from_db()
    task.refresh_from_db()
    assert (made.lost_reason, made.next_step_at) == ("Закрылись", None)
    assert task.done_at is not None


def test_a_deal_is_reopened_with_its_history_and_undo_brings_tasks_back(
    cast: Cast, stages: dict[str, Stage], deal: Deals, reasons: dict[str, str]
) -> None:
    made = deal(cast.manager)
    new = Act(access(cast.manager))
    task = perform("create", kinds["task"], new, values={"title": "Счёт"}, about=f"deal:{made.id}").record
    done = lose(cast.manager, made, stages["Отказ"], reason=reasons["Дорого"], open_tasks="close")
    undo(Act(access(cast.manager)), done.undo_id)
    task.refresh_from_db()
    made.refresh_from_db()
    assert (task.done_at, made.reason, made.closed_at) == (None, "", None)
    lose(cast.manager, made, stages["Отказ"], reason=reasons["Дорого"])
    task.refresh_from_db()
    assert task.done_at is None
    perform("move", kinds["deal"], Act(access(cast.manager)), [made.id], stage=str(stages["Договор"].id))
    made.refresh_from_db()
    assert (made.reason, made.closed_at, made.probability) == ("", None, 75)
    told = [*Event.objects.filter(subject_id=made.id).order_by("id").values_list("name", flat=True)]
    assert told[-2:] == ["deal.moved", "deal.reopened"]
    with pytest.raises(Invalid):
        lose(cast.manager, made, stages["Отказ"], reason=reasons["Дорого"], open_tasks="burn")


def test_a_stage_that_asks_no_reason_takes_a_deal_without(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage], deal: Deals, reasons: dict[str, str]
) -> None:
    client.post(f"/settings/stages/{stages['Отказ'].id}/rules/", {})
    assert lose(cast.manager, deal(cast.manager), stages["Отказ"]).record.closed_at


def test_the_list_is_ordered_renamed_and_keeps_what_was_chosen(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage], deal: Deals, reasons: dict[str, str]
) -> None:
    made = deal(cast.manager)
    lose(cast.manager, made, stages["Отказ"], reason=reasons["Дорого"])
    client.sign_in(cast.director)
    assert (
        client.post("/settings/lists/deal/reason/order/", {"ids": [*reversed(reasons.values())]}).status_code
        == 302
    )
    assert client.post("/settings/lists/deal/reason/order/", {"ids": [reasons["Дорого"]]}).status_code == 404
    page = client.get("/settings/reasons/").content.decode()
    assert page.index("Другое") < page.index("Дорого")
    address = f"/settings/lists/entries/{reasons['Дорого']}/"
    assert client.post(address, {"name": "х" * 81}).status_code == 422
    assert client.post(address, {"name": "Высокая цена"}).status_code == 302
    assert "Высокая цена" in client.get(f"/deals/{made.id}/").content.decode()
    assert client.post(f"{address}removal/").status_code == 302
    assert "Высокая цена" in client.get(f"/deals/{made.id}/").content.decode()
    with entered(client.project):
        left = definitions.current().fields("deal")["reason"].choices
    assert [choice.label for choice in left if not choice.is_gone] == ["Другое"]
    assert client.sign_in(cast.manager).get("/settings/reasons/").status_code == 403
