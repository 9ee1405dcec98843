"""Сегодня: what is late, due, new and moved, for one person or the team (N22)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from opora.people.access import Access
from opora.records import definitions
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import Process, Stage
from opora.records.operations import Act
from opora.records.undo import undo
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("N22")
FRAGMENT = {"HX-Request": "true"}


def made(user: Any, kind: str, **values: Any) -> Any:
    return perform("create", kinds[kind], Act(access(user)), values=values).record


def task(user: Any, title: str, hours: float) -> Any:
    at = timezone.localtime() + timedelta(hours=hours)
    return made(user, "task", title=title, due_at=f"{at:%d.%m.%Y %H:%M}")


def lead(**values: Any) -> Any:
    act = Act(Access.nobody(), via="lead", is_trusted=True, is_soft=True)
    return perform("create", kinds["contact"], act, values=values).record


def part(client: ProjectClient, name: str, query: str = "") -> str:
    return client.get(f"/{query}", headers={**FRAGMENT, "HX-Target": name}).content.decode()


def test_late_tasks_stand_first_and_those_of_others_only_in_the_team(
    client: ProjectClient, cast: Cast
) -> None:
    task(cast.manager, "Давно пора", -50)
    task(cast.manager, "Через неделю", 24 * 7)
    task(cast.colleague, "Дело коллеги", -30)
    task(cast.stranger, "Дело чужого", -30)
    client.sign_in(cast.manager)
    mine = part(client, "today-due")
    assert "Давно пора" in mine
    assert "Через неделю" not in mine
    assert "Дело коллеги" not in mine
    team = part(client, "today-due", "?whose=team")
    assert team.index("Давно пора") < team.index("Дело коллеги")
    assert "Дело чужого" not in team


def test_a_task_is_closed_from_the_list_and_brought_back(client: ProjectClient, cast: Cast) -> None:
    due = task(cast.manager, "Давно пора", -50)
    client.sign_in(cast.manager)
    closed = client.post(f"/tasks/{due.id}/closing/", {"_version": due.version}, headers=FRAGMENT)
    assert closed.status_code == 204
    assert "Давно пора" not in part(client, "today-due")
    address = json.loads(closed.headers["HX-Trigger"])["toast"]["undo"]
    assert client.post(address, headers=FRAGMENT).status_code == 204
    assert "Давно пора" in part(client, "today-due")


def test_a_new_lead_stands_there_until_somebody_takes_it(client: ProjectClient, cast: Cast) -> None:
    new = lead(first_name="Наиля", phones="+7 917 000-48-21")
    client.sign_in(cast.manager)
    assert "Наиля" in part(client, "today-leads")
    taken = client.post(f"/contacts/{new.id}/taking/", headers=FRAGMENT)
    assert taken.status_code == 204
    assert "Наиля" not in part(client, "today-leads")
    new.refresh_from_db()
    assert new.responsible_id == cast.manager.id
    client.sign_in(cast.stranger)
    assert "Наиля" not in part(client, "today-leads")
    assert client.post(f"/contacts/{new.id}/taking/", headers=FRAGMENT).status_code in (404, 409)


@pytest.fixture
def stages(project: object) -> dict[str, Stage]:
    process = Process.objects.create(kind="deal", name="Продажа")
    groups = {"Новая": "new", "Договор": "work", "Оплачено": "won", "Отказ": "lost"}
    found = {
        name: Stage.objects.create(process=process, name=name, group=group, position=i)
        for i, (name, group) in enumerate(groups.items())
    }
    definitions.changed()
    return found


def test_the_funnel_tells_the_stages_entered_today_and_forgets_what_was_taken_back(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage]
) -> None:
    deal = made(cast.manager, "deal", title="Печь", amount="300 000")
    for name in ("Договор", "Оплачено"):
        moved = perform("move", kinds["deal"], Act(access(cast.manager)), [deal.id], stage=stages[name].id)
    client.sign_in(cast.manager)
    funnel = part(client, "today-funnel")
    assert "создана 1 сделка, 1 выиграна" in " ".join(funnel.split())
    assert funnel.count("300\u00a0000\u00a0₽") >= 3
    undo(Act(access(cast.manager)), moved.undo_id)
    assert "выиграна" not in part(client, "today-funnel")
    client.sign_in(cast.colleague)
    assert "создано 0 сделок" in " ".join(part(client, "today-funnel").split())
    assert "создана 1 сделка" in " ".join(part(client, "today-funnel", "?whose=team").split())


def test_what_was_won_this_month_and_worked_on_last_stands_beside(
    client: ProjectClient, cast: Cast, stages: dict[str, Stage]
) -> None:
    deal = made(cast.manager, "deal", title="Печь", amount="300 000")
    perform("move", kinds["deal"], Act(access(cast.manager)), [deal.id], stage=stages["Оплачено"].id)
    side = part(client.sign_in(cast.manager), "today-side")
    assert "1 сделка выиграна" in " ".join(side.split())
    assert "Печь" in side
    assert "Печь" not in part(client.sign_in(cast.stranger), "today-side")
