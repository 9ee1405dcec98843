"""Groups with leaders, categories, branches and the tree of departments, as an administrator uses them."""

import threading
from typing import Any

import pytest
from django.db import connections

from opora.kit.errors import Invalid
from opora.people import circles, departments
from opora.people.circles import CircleDraft
from opora.people.departments import DepartmentDraft
from opora.people.models import Branch, Category, Department, Group, Role, Share, User
from opora.people.why import why
from opora.records import dismissal, sight
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.tenancy.context import project as entered
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import Cast, access


@pytest.fixture
def director(client: ProjectClient, cast: Cast) -> ProjectClient:
    return client.sign_in(cast.director)


def contact(user: User) -> Any:
    made = perform("create", kinds["contact"], Act(access(user)), values={"first_name": user.first_name})
    return made.record


def sees(user: User, record: Any) -> bool:
    return sight.visible(access(user), kinds["contact"]).filter(pk=record.pk).exists()


@pytest.mark.req("T06", "N05")
def test_a_leader_of_a_group_reaches_what_the_role_adds(director: ProjectClient, cast: Cast) -> None:
    record = contact(cast.stranger)
    role = Role.objects.get(key="manager")
    leads = {"_matrix": "1", "name": str(role), "switch": role.switches, "leads:contact:see": "on"}
    assert director.post(f"/settings/roles/{role.pk}/", leads).status_code == 302
    assert director.post("/settings/groups/new/", {"name": "Тендеры"}).status_code == 302
    group = Group.objects.get()
    both = {"name": "Тендеры", "member": [cast.stranger.pk], "add": [cast.assistant.pk]}
    assert director.post(f"/settings/groups/{group.pk}/", both).status_code == 302
    assert not sees(cast.assistant, record)
    led = {
        "name": "Тендеры",
        "member": [cast.stranger.pk, cast.assistant.pk],
        "leader": [cast.assistant.pk],
    }
    assert director.post(f"/settings/groups/{group.pk}/", led).status_code == 302
    assert sees(cast.assistant, record)
    page = director.get(f"/settings/groups/{group.pk}/").content.decode()
    assert "Дилноза Рахимова" in page
    assert (
        director.post(f"/settings/groups/{group.pk}/", led | {"drop": cast.assistant.pk}).status_code == 302
    )
    assert not sees(cast.assistant, record)
    with entered(director.project):
        assert Event.objects.filter(name="group.changed").count() == 3


@pytest.mark.req("N05")
def test_a_removed_group_takes_its_shares_along(director: ProjectClient, cast: Cast) -> None:
    record = contact(cast.stranger)
    group = circles.create(
        access(cast.director), "group", CircleDraft("Скидки", frozenset({cast.manager.pk})), via="page"
    )
    Share.objects.create(
        kind="contact", record_id=record.pk, principal_type="group", principal=group.pk, level="read"
    )
    assert sees(cast.manager, record)
    assert director.post(f"/settings/groups/{group.pk}/removal/").status_code == 302
    assert not sees(cast.manager, record)
    assert not Share.objects.exists()


@pytest.mark.req("N05", "T02")
@pytest.mark.parametrize(("path", "model"), [("categories", Category), ("branches", Branch)])
def test_categories_and_branches_hold_people(
    director: ProjectClient, cast: Cast, path: str, model: Any
) -> None:
    assert director.get(f"/settings/{path}/").status_code == 200
    assert director.post(f"/settings/{path}/new/", {"name": "Казань"}).status_code == 302
    assert director.post(f"/settings/{path}/new/", {"name": "Казань"}).status_code == 422
    one = model.objects.get()
    people = {"name": "Казань-2", "add": [cast.manager.pk, cast.head.pk]}
    assert director.post(f"/settings/{path}/{one.pk}/", people).status_code == 302
    page = director.get(f"/settings/{path}/{one.pk}/").content.decode()
    assert "Казань-2" in page
    assert "Марина Белова" in page
    assert director.post(f"/settings/{path}/{one.pk}/", {"name": " "}).status_code == 422
    assert director.post(f"/settings/{path}/{one.pk}/removal/").status_code == 302
    assert not model.objects.exists()
    assert User.objects.filter(pk=cast.manager.pk).exists()


@pytest.mark.req("T02")
def test_the_right_of_the_department_reaches_those_below(director: ProjectClient, cast: Cast) -> None:
    Role.objects.filter(key="head").update(scopes={"*": {"see": "department"}})
    record = contact(cast.stranger)
    assert director.get("/settings/departments/").status_code == 200
    assert director.post("/settings/departments/new/", {"name": "Продажи"}).status_code == 302
    top = Department.objects.get()
    assert (
        director.post("/settings/departments/new/", {"name": "Розница", "parent": top.pk}).status_code == 302
    )
    below = Department.objects.get(name="Розница")
    fill = {"name": "Продажи", "parent": "", "add": [cast.head.pk]}
    assert director.post(f"/settings/departments/{top.pk}/", fill).status_code == 302
    fill = {"name": "Розница", "parent": top.pk, "add": [cast.stranger.pk]}
    assert director.post(f"/settings/departments/{below.pk}/", fill).status_code == 302
    assert sees(cast.head, record)
    assert director.post(f"/settings/departments/{below.pk}/parent/", {"parent": ""}).status_code == 302
    assert not sees(cast.head, record)
    assert director.post(f"/settings/departments/{below.pk}/removal/").status_code == 302
    assert User.objects.get(pk=cast.stranger.pk).department_id is None


@pytest.mark.req("T02", "R2.08")
def test_the_head_of_a_department_reaches_what_leading_adds(director: ProjectClient, cast: Cast) -> None:
    record = contact(cast.stranger)
    role = Role.objects.get(key="manager")
    leads = {"_matrix": "1", "name": str(role), "switch": role.switches, "leads:contact:see": "on"}
    assert director.post(f"/settings/roles/{role.pk}/", leads).status_code == 302
    by = access(cast.director)
    top = departments.create(by, DepartmentDraft("Продажи"), via="page")
    below = departments.create(by, DepartmentDraft("Розница", top.pk), via="page")
    at = f"/settings/departments/{below.pk}/"
    inside = {"name": "Розница", "parent": top.pk, "member": [cast.stranger.pk]}
    assert director.post(at, inside).status_code == 302
    assert not sees(cast.assistant, record)
    headed = {"name": "Продажи", "parent": "", "head": cast.assistant.pk}
    assert director.post(f"/settings/departments/{top.pk}/", headed).status_code == 302
    assert sees(cast.assistant, record)
    assert not sees(cast.second_assistant, record)
    assert "руководит группой или отделом" in why(access(cast.assistant), "contact", record)
    assert "Анна Котова" in director.get(at).content.decode()
    assert director.post(f"{at}parent/", {"parent": ""}).status_code == 302
    assert not sees(cast.assistant, record)
    assert director.post(at, {**inside, "parent": "", "head": "77"}).status_code == 422
    assert director.post(at, {**inside, "parent": "", "head": cast.assistant.pk}).status_code == 302
    assert sees(cast.assistant, record)
    dismissal.dismiss(by, User.objects.get(pk=cast.assistant.pk), via="page")
    assert not Department.objects.filter(head=cast.assistant).exists()


@pytest.mark.req("R4.05")
def test_a_cycle_and_a_tree_too_deep_are_refused(director: ProjectClient, cast: Cast) -> None:
    by = access(cast.director)
    chain = [departments.create(by, DepartmentDraft("1"), via="page")]
    while len(chain) < 20:
        draft = DepartmentDraft(str(len(chain) + 1), chain[-1].pk)
        chain.append(departments.create(by, draft, via="page"))
    with pytest.raises(Invalid) as deep:
        departments.create(by, DepartmentDraft("21", chain[-1].pk), via="page")
    assert deep.value.code == "department_cycle"
    other = departments.create(by, DepartmentDraft("выше"), via="page")
    with pytest.raises(Invalid):
        departments.save(by, chain[0].pk, DepartmentDraft("1", other.pk), via="page")
    for below in (chain[0], chain[5], chain[19]):
        answer = director.post(f"/settings/departments/{chain[0].pk}/parent/", {"parent": below.pk})
        assert answer.status_code == 422
    departments.save(by, chain[10].pk, DepartmentDraft("11", other.pk), via="page")
    assert Department.objects.get(pk=chain[19].pk).path.startswith(f"/{other.pk}/{chain[10].pk}/")
    assert director.post(f"/settings/departments/{chain[0].pk}/removal/").status_code == 422


@pytest.mark.req("R4.05")
def test_two_simultaneous_moves_close_no_cycle(director: ProjectClient, cast: Cast) -> None:
    by = access(cast.director)
    for turn in range(4):
        one = departments.create(by, DepartmentDraft(f"а{turn}"), via="page")
        two = departments.create(by, DepartmentDraft(f"б{turn}"), via="page")
        gate, refused = threading.Barrier(2), list[str]()

        def move(it: Department, into: Department, gate: threading.Barrier, refused: list[str]) -> None:
            try:
                with entered(director.project):
                    gate.wait(10)
                    departments.save(by, it.pk, DepartmentDraft(it.name, into.pk), via="page")
            except Invalid as refusal:
                refused.append(str(refusal.code))
            finally:
                connections.close_all()

        pairs = ((one, two), (two, one))
        threads = [threading.Thread(target=move, args=(*pair, gate, refused)) for pair in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert refused == ["department_cycle"]
        paths = set(Department.objects.filter(pk__in=[one.pk, two.pk]).values_list("path", flat=True))
        assert {path.count("/") for path in paths} == {2, 3}


def test_who_may_not_manage_rights_gets_nowhere(client: ProjectClient, cast: Cast) -> None:
    client.sign_in(cast.head)
    for path in ("groups", "categories", "branches", "departments"):
        assert client.get(f"/settings/{path}/").status_code == 403
        assert client.post(f"/settings/{path}/new/", {"name": "я"}).status_code == 403
    assert not Group.objects.exists()
