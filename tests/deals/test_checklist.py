"""The checklist of a stage on the card, and what has stood in its stage too long."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from opora.kit.errors import Forbidden, Invalid
from opora.records import definitions
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import Stage, StageCheck
from opora.records.operations import Act
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("U04")
Deals = Callable[..., Any]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def points(stages: dict[str, Stage]) -> list[str]:
    """Two points of the first stage; the ids."""
    texts = ("Узнать мощность ввода", "Позвать на склад")
    listed = [{"id": f"p{number}", "text": text} for number, text in enumerate(texts)]
    Stage.objects.filter(pk=stages["Новая"].pk).update(checklist=listed, stale_days=7)
    definitions.changed()
    return [row["id"] for row in listed]


def test_points_are_ticked_on_the_card_and_stand_in_the_history(
    client: ProjectClient, cast: Cast, deal: Deals, points: list[str]
) -> None:
    made = deal(cast.manager)
    client.sign_in(cast.manager)
    page = client.get(f"/deals/{made.id}/").content.decode()
    assert "Узнать мощность ввода" in page
    assert "0 из 2" in page
    at = f"/deals/{made.id}/checklist/"
    for _again in range(2):
        assert client.post(at, {"item": "p0", "done": "1"}, headers=HTMX).status_code == 204
    assert "1 из 2" in client.get(f"/deals/{made.id}/").content.decode()
    assert Event.objects.filter(name="deal.checked", subject_id=made.id).count() == 1
    assert client.post(at, {"item": "p0"}, headers=HTMX).status_code == 204
    assert client.post(at, {"item": "p7", "done": "1"}, headers=HTMX).status_code == 422
    assert not StageCheck.objects.exists()


def test_only_who_may_change_a_deal_ticks_its_points(cast: Cast, deal: Deals, points: list[str]) -> None:
    made = deal(cast.manager)
    with pytest.raises(Forbidden):
        perform("check", kinds["deal"], Act(access(cast.stranger)), [made.id], item="p0")
    with pytest.raises(Invalid):
        perform("check", kinds["deal"], Act(access(cast.manager)), [made.id], item="")


def test_a_deal_that_stands_too_long_is_marked_on_the_board_and_its_card(
    client: ProjectClient, cast: Cast, deal: Deals, points: list[str]
) -> None:
    fresh, old = deal(cast.manager, "Свежая"), deal(cast.manager, "Застряла")
    moved = old.stage_since - timedelta(days=9)
    type(old).objects.filter(pk=old.pk).update(stage_since=moved)
    board = client.sign_in(cast.manager).get("/deals/").content.decode()
    assert board.count("deal__stale") == 1
    assert "В этапе 9" in board
    assert "Застряла" in board.split("deal__stale")[0].split("<article")[-1]
    assert "Стоит слишком долго" in client.get(f"/deals/{old.id}/").content.decode()
    assert "Стоит слишком долго" not in client.get(f"/deals/{fresh.id}/").content.decode()
