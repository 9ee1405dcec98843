"""The one road of a write: load, right, check, body, event, undo."""

from typing import Any

import pytest

from opora.kit.errors import Conflict, Forbidden, IdempotencyMismatch, Invalid, NotFound
from opora.people.models import Share
from opora.records import definitions, sight, totals
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import Process, Stage
from opora.records.operations import Act
from opora.records.search import search
from opora.records.undo import undo
from opora.timeline.models import Event
from tests.people import Cast, access

pytestmark = pytest.mark.req("R2.04", "R12.01")


@pytest.fixture
def deal() -> Any:
    return kinds["deal"]


@pytest.fixture
def contact() -> Any:
    return kinds["contact"]


@pytest.fixture
def stages(project: object) -> dict[str, Stage]:
    process = Process.objects.create(kind="deal", name="Продажи")
    groups = {"Новая": "new", "Договор": "work", "Оплачено": "won", "Отказ": "lost"}
    definitions.changed()
    return {
        name: Stage.objects.create(process=process, name=name, group=group, position=i)
        for i, (name, group) in enumerate(groups.items())
    }


def as_(user: Any, key: str = "") -> Act:
    return Act(access(user), key=key)


def test_a_manager_creates_a_contact_and_finds_it(cast: Cast, contact: Any) -> None:
    made = perform(
        "create",
        contact,
        as_(cast.manager),
        values={"first_name": "Артём", "last_name": "Хлебников", "phones": "8 843 000-27-16"},
    )
    found = search(access(cast.manager), "хлебн")
    assert [hit.record.title for hit in found] == ["Артём Хлебников"]
    assert search(access(cast.manager), "2716")
    assert search(access(cast.manager), "hlebn") == []
    assert [hit.record.id for hit in search(access(cast.manager), "[kt,ybrjd")] == [made.record.id]
    assert search(access(cast.stranger), "хлебн") == []
    assert Event.objects.get(subject_id=made.record.id).name == "contact.created"


def test_what_one_may_not_see_is_not_found_and_what_one_may_not_edit_is_forbidden(
    cast: Cast, contact: Any
) -> None:
    made = perform("create", contact, as_(cast.manager), values={"first_name": "Артём"}).record
    with pytest.raises(NotFound):
        perform("edit", contact, as_(cast.stranger), [made.id], values={"first_name": "Пётр"})
    Share.objects.create(kind="contact", record_id=made.id, principal=cast.stranger.id, level="read")
    with pytest.raises(Forbidden):
        perform("edit", contact, as_(cast.stranger), [made.id], values={"first_name": "Пётр"})
    made.refresh_from_db()
    assert (made.first_name, made.version) == ("Артём", 1)


def test_a_stale_version_is_refused_only_where_both_changed_the_same_field(cast: Cast, contact: Any) -> None:
    made = perform("create", contact, as_(cast.manager), values={"first_name": "Артём"}).record
    perform("edit", contact, as_(cast.manager), [made.id], versions={made.id: 1}, values={"city": "Казань"})
    merged = perform(
        "edit", contact, as_(cast.manager), [made.id], versions={made.id: 1}, values={"source": "Сайт"}
    )
    assert merged.merged == {made.id}
    with pytest.raises(Conflict) as refusal:
        perform("edit", contact, as_(cast.manager), [made.id], versions={made.id: 1}, values={"city": "Уфа"})
    assert refusal.value.current == {"city": "Казань"}


@pytest.mark.req("R12.03", "R11.06")
def test_the_same_key_writes_once_and_refuses_other_content(cast: Cast, contact: Any) -> None:
    first = perform("create", contact, as_(cast.manager, "k1"), values={"first_name": "Артём"})
    again = perform("create", contact, as_(cast.manager, "k1"), values={"first_name": "Артём"})
    assert again.is_replay
    assert again.ids == [first.record.id]
    with pytest.raises(IdempotencyMismatch):
        perform("create", contact, as_(cast.manager, "k1"), values={"first_name": "Пётр"})
    assert contact.model.objects.count() == 1


def test_unknown_and_system_fields_are_refused(cast: Cast, contact: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        perform("create", contact, as_(cast.manager), values={"first_name": "А", "is_admin": "1"})
    assert refusal.value.code == "unknown_field"
    with pytest.raises(Invalid) as refusal:
        perform("create", contact, as_(cast.manager), values={"created_at": "01.01.2026"})
    assert refusal.value.code == "read_only_field"


def test_a_deal_moves_its_sums_move_with_it_and_undo_brings_both_back(
    cast: Cast, deal: Any, stages: dict[str, Stage]
) -> None:
    act = as_(cast.manager)
    made = perform("create", deal, act, values={"title": "Печь", "amount": "1 284 000,50"}).record
    assert made.stage_id == stages["Новая"].id
    moved = perform("move", deal, as_(cast.manager), [made.id], stage=stages["Договор"].id)
    ids = [stage.id for stage in stages.values()]
    seen = totals.of_stages(access(cast.manager), deal, ids)
    assert (seen[ids[0]].number, seen[ids[1]].number) == (0, 1)
    assert str(seen[ids[1]].amounts["RUB"]).rstrip("0") == "1284000.5"
    undo(as_(cast.manager), moved.undo_id)
    made.refresh_from_db()
    assert made.stage_id == stages["Новая"].id
    assert totals.of_stages(access(cast.manager), deal, ids)[ids[0]].number == 1


def test_undo_is_refused_to_others_and_after_another_change(
    cast: Cast, deal: Any, stages: dict[str, Stage]
) -> None:
    made = perform("create", deal, as_(cast.manager), values={"title": "Печь"}).record
    moved = perform("move", deal, as_(cast.manager), [made.id], stage=stages["Договор"].id)
    with pytest.raises(NotFound):
        undo(as_(cast.colleague), moved.undo_id)
    perform("edit", deal, as_(cast.manager), [made.id], values={"title": "Печь и шкаф"})
    with pytest.raises(Conflict):
        undo(as_(cast.manager), moved.undo_id)


def test_a_trashed_record_leaves_the_list_and_comes_back(
    cast: Cast, deal: Any, stages: dict[str, Stage]
) -> None:
    made = perform("create", deal, as_(cast.director), values={"title": "Печь"}).record
    perform("trash", deal, as_(cast.director), [made.id])
    assert not sight.visible(access(cast.director), deal).exists()
    with pytest.raises(Forbidden):
        perform("edit", deal, as_(cast.director), [made.id], values={"title": "х"})
    perform("restore", deal, as_(cast.director), [made.id])
    assert sight.visible(access(cast.director), deal).exists()
