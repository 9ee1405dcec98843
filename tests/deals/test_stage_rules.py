"""What a stage asks for: fields, who moves in, points to do; set by an administrator, kept on every road."""

from collections.abc import Callable
from typing import Any

import pytest

from opora.kit.errors import Forbidden, Invalid
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import Stage
from opora.records.operations import Act
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("U04", "U05")
Deals = Callable[..., Any]
HTMX = {"HX-Request": "true"}


def rule(client: ProjectClient, cast: Cast, stage: Stage, **sent: Any) -> Any:
    """The director sets the rules of a stage on the page."""
    client.sign_in(cast.director)
    answer = client.post(f"/settings/stages/{stage.id}/rules/", {"asks_reason": "1", **sent})
    stage.refresh_from_db()
    return answer


def moved(user: Any, deal: Any, stage: Stage, **values: Any) -> Any:
    """A move by a person, as any road makes it."""
    return perform("move", kinds["deal"], Act(access(user)), [deal.id], stage=str(stage.id), values=values)


def test_a_stage_and_those_after_it_ask_for_the_fields_it_needs(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage], deal: Deals
) -> None:
    assert rule(client, cast, stages["Разговор"], needs=["amount", "description"]).status_code == 302
    made = deal(cast.manager)
    with pytest.raises(Invalid) as refused:
        moved(cast.manager, made, stages["Разговор"])
    assert (refused.value.code, set(refused.value.fields)) == ("required", {"amount", "description"})
    with pytest.raises(Invalid):
        moved(cast.manager, made, stages["Договор"], amount="100")
    with pytest.raises(Invalid):
        moved(cast.manager, made, stages["Договор"], amount="100", description=" \u200b ")
    moved(cast.manager, made, stages["Договор"], amount="100", description="С доставкой")
    with pytest.raises(Invalid):
        perform("edit", kinds["deal"], Act(access(cast.manager)), [made.id], values={"amount": ""})
    assert moved(cast.manager, deal(cast.manager), stages["Отказ"], lost_reason="Дорого").record


def test_the_gate_dialog_asks_for_what_is_missing_on_the_board(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage], deal: Deals
) -> None:
    rule(client, cast, stages["Разговор"], needs=["amount"])
    made = deal(cast.manager)
    client.sign_in(cast.manager)
    sent = {"stage": str(stages["Разговор"].id), "_version": "1"}
    gate = client.post(f"/deals/{made.id}/stage/", sent, headers=HTMX)
    assert gate.status_code == 422
    assert 'name="amount"' in gate.content.decode()
    filled = sent | {"amount": "5 000", "amount_currency": "RUB", "_asked": "1", "_shown": "amount"}
    assert client.post(f"/deals/{made.id}/stage/", filled, headers=HTMX).status_code < 300
    made.refresh_from_db()
    assert made.stage_id == stages["Разговор"].id


def test_only_those_named_move_deals_in_on_every_road(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage], deal: Deals
) -> None:
    rule(client, cast, stages["Договор"], movers=[str(cast.head.id)])
    made = deal(cast.manager)
    with pytest.raises(Forbidden):
        moved(cast.manager, made, stages["Договор"])
    with pytest.raises(Forbidden):
        deal(cast.manager, "Сразу в договор", "Договор")
    client.sign_in(cast.manager)
    sent = {"stage": str(stages["Договор"].id), "title": "Быстрая"}
    assert client.post(f"/deals/{made.id}/stage/", sent, headers=HTMX).status_code == 403
    assert client.post("/deals/board/quick/", sent, headers=HTMX).status_code == 403
    bulk = client.post("/deals/bulk/", {"verb": "move", "ids": [made.id], **sent}, headers=HTMX)
    assert "Договор" in bulk.content.decode()
    made.refresh_from_db()
    assert made.stage_id == stages["Новая"].id
    moved(cast.head, made, stages["Договор"])
    moved(cast.director, made, stages["Новая"])


def test_points_keep_their_ids_and_wrong_rules_are_refused(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage]
) -> None:
    stage = stages["Разговор"]
    rule(client, cast, stage, checklist="Спросить о вводе\n\nПозвать на склад", days="7")
    first = {item["text"]: item["id"] for item in stage.checklist or ()}
    assert stage.stale_days == 7
    rule(client, cast, stage, checklist="Спросить о вводе, кВт\nПозвать на склад")
    again = {item["text"]: item["id"] for item in stage.checklist or ()}
    assert again == {
        "Спросить о вводе, кВт": first["Спросить о вводе"],
        "Позвать на склад": first["Позвать на склад"],
    }
    assert Event.objects.filter(name="stage.changed", subject_id=stage.id).count() == 2
    for wrong in (
        {"needs": ["stage"]}, {"needs": ["nosuch"]}, {"movers": ["7"]}, {"days": "-1"}, {"days": "3651"},
        {"checklist": "\n".join(map(str, range(31)))}, {"checklist": "х" * 151},
    ):  # fmt: skip
        assert rule(client, cast, stage, **wrong).status_code == 422, wrong
    assert stage.stale_days is None


def test_a_stage_takes_any_colour_picked_freely_or_written(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage]
) -> None:
    stage = stages["Разговор"]
    client.sign_in(cast.director)
    address = f"/settings/stages/{stage.id}/"
    row = {"_row": "1", "name": "Разговор", "color": "sky", "own_was": "#20adde", "own": "#20adde"}
    for sent, stored in (
        ({"own_code": "#20ADDE", "color": "pink"}, "pink"),
        ({"own_code": "#20adde", "own": "#123456"}, "#123456"),
        ({"own_code": "#FFEE00"}, "#ffee00"),
    ):
        assert client.post(address, row | sent, headers=HTMX).status_code == 200
        stage.refresh_from_db()
        assert stage.color == stored
    assert client.post(address, row | {"own_code": "red;}"}).status_code == 422
