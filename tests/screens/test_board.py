"""The board: what stands in its columns, for whom, and how many queries that takes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opora.people.models import Share
from opora.records import definitions, stacks, ways
from opora.records.actions import perform
from opora.records.conditions import Condition
from opora.records.fields.types import Asker
from opora.records.kinds import kinds
from opora.records.listing import Asked
from opora.records.models import Process, Stage, StageTotal
from opora.records.operations import Act
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("U04", "O14")
STAGES = (
    ("Новая заявка", "new"), ("Разговор", "work"), ("КП отправлено", "work"), ("Договор", "work"),
    ("Оплата", "work"), ("Оплачено", "won"), ("Отказ", "lost"),
)  # fmt: skip
Deals = Callable[..., Any]


@pytest.fixture
def stages(project: object) -> dict[str, Stage]:
    process = Process.objects.create(kind="deal", name="Продажа")
    made = {
        name: Stage.objects.create(process=process, name=name, group=group, position=i, color="sky")
        for i, (name, group) in enumerate(STAGES)
    }
    definitions.changed()
    return made


@pytest.fixture
def deal(stages: dict[str, Stage]) -> Deals:
    def make(user: Any, title: str, stage: str = "Новая заявка", **values: Any) -> Any:
        act = Act(access(user))
        given = {"title": title, "stage": str(stages[stage].id), **values}
        return perform("create", kinds["deal"], act, values=given).record

    return make


def board(client: ProjectClient, user: Any, query: str = "") -> str:
    return str(client.sign_in(user).get(f"/deals/{query}").content.decode())


def test_each_stage_is_a_column_with_its_cards_number_and_sum(
    client: ProjectClient, cast: Cast, deal: Deals
) -> None:
    deal(cast.manager, "Печь", amount="1 284 000")
    deal(cast.manager, "Тестомес", "Разговор", amount="218 000")
    page = board(client, cast.manager)
    assert page.index("Новая заявка") < page.index("Печь") < page.index("Разговор") < page.index("Тестомес")
    assert "1,3\u00a0млн\u00a0₽" in page
    assert "218\u00a0000\u00a0₽" in page


def test_closed_stages_stand_folded_and_unfold(
    client: ProjectClient, cast: Cast, deal: Deals, stages: Any
) -> None:
    deal(cast.manager, "Давно продано", "Оплачено")
    assert "Давно продано" not in board(client, cast.manager)
    assert "Давно продано" in board(client, cast.manager, f"?unfold={stages['Оплачено'].id}")


@pytest.mark.req("R2.04", "R2.06")
def test_sums_are_those_of_what_the_person_may_see(client: ProjectClient, cast: Cast, deal: Deals) -> None:
    deal(cast.manager, "Моя", amount="100 000")
    hidden = deal(cast.stranger, "Чужая", amount="700 000")
    hidden.__class__.objects.filter(pk=hidden.pk).update(access="none")
    StageTotal.objects.filter(responsible_id=cast.stranger.id).update(access="none")
    page = board(client, cast.manager)
    assert "Чужая" not in page
    assert "100\u00a0000\u00a0₽" in page
    assert "800\u00a0000" not in page
    Share.objects.create(kind="deal", record_id=hidden.id, principal=cast.manager.id, level="read")
    page = board(client, cast.manager)
    assert "Чужая" in page
    assert "800\u00a0000\u00a0₽" in page


@pytest.mark.req("R17.02")
def test_the_board_takes_at_most_twelve_queries_whatever_it_holds(
    client: ProjectClient, cast: Cast, deal: Deals
) -> None:
    for name, _group in STAGES[:5]:
        for number in range(12):
            deal(cast.manager, f"{name} {number}", name, amount=str(Decimal(1000 + number)))
    for user in (cast.director, cast.manager):
        board(client, user)
        with CaptureQueriesContext(connection) as queries:
            page = board(client, user)
        statements = [
            q["sql"]
            for q in queries.captured_queries
            if not q["sql"].startswith(("INSERT", "UPDATE", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
        ]
        assert page.count("<article") == 50
        assert len(statements) <= 12, "\n".join(statements)
    assert "ещё" in page.lower()


@pytest.mark.req("R17.02")
def test_cards_of_a_long_column_come_after_before_and_at_any_place_without_gap_or_repeat(
    client: ProjectClient, cast: Cast, deal: Deals, stages: Any
) -> None:
    made = [deal(cast.manager, f"Сделка {n}").id for n in range(52)][::-1]
    client.sign_in(cast.manager)

    def asked(query: str) -> tuple[list[int], str]:
        stage = stages["Новая заявка"].id
        page = client.get(f"/deals/board/more/?stage={stage}&{query}", headers={"HX-Request": "true"})
        parts = page.content.decode().split('id="card-')[1:]
        return [int(part.split('"')[0]) for part in parts], page.content.decode()

    def place(number: int, page: str) -> str:
        return page.split(f'id="card-{number}"')[1].split('data-at="')[1].split('"')[0]

    first = client.get("/deals/").content.decode()
    assert int(first.split('data-rest="')[1].split('"')[0]) == 42
    shown = [int(part.split('"')[0]) for part in first.split('id="card-')[1:]]
    assert shown == made[:10]
    following, page = asked("after=" + place(made[9], first))
    assert following == made[10:50]
    assert "col__more" in page
    last, end = asked("after=" + place(made[49], page))
    assert (last, "col__more" in end) == (made[50:], False)
    assert asked("before=" + place(made[51], end))[0] == made[11:51]
    assert asked("before=" + place(made[2], first))[0] == made[:2]
    assert asked("skip=30")[0] == made[30:]
    assert asked("skip=52")[0] == []


def test_a_filtered_board_counts_its_figures_apart(client: ProjectClient, cast: Cast, deal: Deals) -> None:
    deal(cast.manager, "Моя печь", amount="100 000")
    deal(cast.colleague, "Не моя печь", amount="50 000")
    page = board(client, cast.manager, "?view=mine")
    assert "Не моя печь" not in page
    assert "board/heads/" in page
    heads = client.get("/deals/board/heads/?view=mine", headers={"HX-Request": "true"}).content.decode()
    assert "100\u00a0000\u00a0₽" in heads
    assert "150\u00a0000" not in heads


@pytest.mark.req("R12.01")
def test_a_move_answers_and_the_changed_card_is_fetched_under_own_rights(
    client: ProjectClient, cast: Cast, deal: Deals, stages: dict[str, Stage]
) -> None:
    made = deal(cast.manager, "Печь", amount="100 000")
    client.sign_in(cast.manager)
    sent = {"stage": stages["Договор"].id, "_version": made.version}
    moved = client.post(f"/deals/{made.id}/stage/", sent, headers={"HX-Request": "true"})
    assert moved.status_code == 204, moved.content.decode()[:500]
    assert "undo" in moved.headers["HX-Trigger"]
    again = client.post(
        f"/deals/{made.id}/stage/",
        {"stage": stages["Разговор"].id, "_version": 1},
        headers={"HX-Request": "true"},
    )
    assert again.status_code == 409
    changed = client.get(
        f"/deals/board/changes/?ids={made.id}", headers={"HX-Request": "true"}
    ).content.decode()
    assert f'data-in="{stages["Договор"].id}"' in changed
    made.__class__.objects.filter(pk=made.pk).update(access="none")
    client.sign_in(cast.stranger)
    assert "Печь" not in client.get(f"/deals/board/changes/?ids={made.id}").content.decode()


def test_a_deal_is_added_in_a_column_by_its_name(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage]
) -> None:
    client.sign_in(cast.manager)
    sent = {"stage": stages["Разговор"].id, "title": "Витрина", "_key": "k1"}
    for _twice in range(2):
        answer = client.post("/deals/board/quick/", sent, headers={"HX-Request": "true"})
        assert answer.status_code == 204, answer.content.decode()[:500]
    made = kinds["deal"].model.objects.get()
    assert (made.title, made.stage_id, made.responsible_id) == (
        "Витрина",
        stages["Разговор"].id,
        cast.manager.id,
    )
    assert str(made.id) in answer.headers["HX-Trigger"]


@pytest.mark.req("R1.02", "R3.04")
def test_forged_stages_processes_and_cursors_are_refused(
    client: ProjectClient, cast: Cast, deal: Deals
) -> None:
    deal(cast.manager, "Печь")
    client.sign_in(cast.manager)
    assert client.get("/deals/?process=7").status_code == 404
    assert client.get("/deals/?process=x").status_code == 404
    assert client.get("/deals/board/more/?stage=7").status_code == 404
    stage = Stage.objects.first()
    assert stage is not None
    assert client.get(f"/deals/board/more/?stage={stage.id}&after=!!").status_code == 422
    assert client.get(f"/deals/board/more/?stage={stage.id}&before=1.x").status_code == 422
    assert client.get(f"/deals/board/more/?stage={stage.id}&skip=-1").status_code == 422
    assert client.get("/deals/?f=nosuch.is:1").status_code == 422


@pytest.mark.req("R17.02", "R2.04")
@pytest.mark.parametrize("way", [ways.WALK, ways.MERGE, ways.COLLECT])
def test_a_column_begins_with_the_newest_a_person_sees_whichever_way_they_are_looked_for(
    way: str, cast: Cast, deal: Deals, stages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = [deal(cast.stranger, f"Чужая {number}") for number in range(3)]
    shared, opened = deal(cast.stranger, "Показана"), deal(cast.stranger, "Открыта")
    own = [deal(cast.manager, name, "Разговор") for name in ("Давняя", "Своя", "Новая")]
    model = type(shared)
    model.objects.filter(pk__in=[one.pk for one in (*hidden, shared)]).update(access="none")
    model.objects.filter(pk=opened.pk).update(access="read")
    share = {"kind": "deal", "record_id": shared.pk, "level": "read", "stamp": shared.stamp}
    Share.objects.create(principal_type=Share.USER, principal=cast.manager.id, **share)
    monkeypatch.setattr(ways, "of_part", lambda kind, rule: way)
    now = definitions.current().fields("deal")
    asker = Asker(cast.manager.id, date(2026, 11, 22), ZoneInfo("UTC"))
    for conditions in ((), (Condition("amount", "empty", ""),)):
        found = stacks.newest_of_stages(
            access(cast.manager), kinds["deal"], now, Asked(conditions), asker,
            [stage.id for stage in stages.values()], 2,
        )  # fmt: skip
        assert [one.title for one in found[stages["Новая заявка"].id]] == ["Открыта", "Показана"]
        assert [one.title for one in found[stages["Разговор"].id]] == ["Новая", "Своя"]
        assert own[0].id not in {one.id for column in found.values() for one in column}
