"""How a new user is made: inside a group by the short form of the CRM ID set, or by the full form (U03, N04, N05)."""

import re
from typing import Any

import pytest

from opora.people.models import Branch, Department, Group, GroupMember, Role, User
from opora.tenancy.context import ProjectRef
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import Cast

pytestmark = pytest.mark.req("U03")
NEW = "/settings/users/new/"
SENT = {
    "first_name": "Ирина",
    "last_name": "Иванова",
    "email": "irina@example.com",
    "password": "крепкий пароль",
}


def stored_of(user: User) -> dict[str, Any]:
    """What the page of a user sends when nothing is changed on it."""
    place = {"kind": user.kind, "role": user.role_id, "head": user.head_id, "status": user.status}
    return {"first_name": user.first_name, "login": user.login, "email": user.email, **place}


@pytest.fixture
def director(client: ProjectClient, cast: Cast) -> ProjectClient:
    return client.sign_in(cast.director)


@pytest.fixture
def group(cast: Cast) -> Group:
    return Group.objects.create(name="Опт")


@pytest.fixture
def sent(director: ProjectClient, group: Group) -> dict[str, Any]:
    """What the short form sends once the set is chosen."""
    assert director.post("/settings/roles/presets/", {"preset": "crm_id"}).status_code == 302
    return {**SENT, "group": str(group.pk), "role": str(Role.objects.get(key="crm_id.user").pk)}


def test_the_set_makes_users_inside_a_group_and_the_email_is_the_login(
    director: ProjectClient, project: ProjectRef, sent: dict[str, Any], group: Group
) -> None:
    page = director.get(f"{NEW}?group={group.pk}").content.decode()
    assert f'<option value="{group.pk}" selected>' in page
    assert 'name="login"' not in page
    assert "Сейчас здесь работают 8 человек" in page
    assert director.post(NEW, sent).status_code == 302
    made = User.objects.get(login="irina@example.com")
    assert (made.role.key, made.kind, made.status) == ("crm_id.user", "manager", "active")
    assert list(GroupMember.objects.values_list("group", "user", "is_leader")) == [(group.pk, made.pk, False)]
    entry = {"login": "irina@example.com", "password": "крепкий пароль"}
    assert ProjectClient(project).post("/sign-in/", entry).status_code == 302
    assert Event.objects.get(name="user.placed").changes["groups"] == [[], ["Опт"]]


@pytest.mark.req("R1.04")
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("first_name", "я" * 31, "Не больше 30"),
        ("last_name", "я" * 31, "Не больше 30"),
        ("email", "i" * 20 + "@example.com", "Не больше 30"),
        ("password", "крепкий пароль " * 3, "Не больше 30"),
        ("last_name", " ", "Заполните"),
        ("email", "", "Заполните"),
        ("email", "MANAGER@example.com", "Пользователь с такой почтой уже существует"),
        ("group", "", "Выберите группу"),
        ("group", "77", "Такой группы нет"),
        ("role", "77", "Выберите роль"),
    ],
)
def test_the_short_form_refuses_in_its_own_words_and_keeps_what_was_typed(
    director: ProjectClient, sent: dict[str, Any], field: str, value: str, words: str
) -> None:
    answer = director.post(NEW, {**sent, field: value})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    kept = "first_name" if field == "last_name" else "last_name"
    assert f'value="{sent[kept]}"' in text
    assert "крепкий пароль" not in text
    assert User.objects.count() == 8


def test_every_text_of_the_short_form_takes_thirty_characters(
    director: ProjectClient, sent: dict[str, Any]
) -> None:
    text = director.get(NEW).content.decode()
    inputs = re.findall(r'<input class="input[^>]*name="(first_name|last_name|email|password)"[^>]*>', text)
    assert inputs == ["first_name", "last_name", "email", "password"]
    assert text.count('maxlength="30"') == 4
    full = {"first_name": "Я" * 30, "last_name": "Ю" * 30, "email": "i" * 18 + "@example.com"}
    assert (
        director.post(NEW, {**sent, **full, "password": "крепкий пароль, ровно тридцать"}).status_code == 302
    )


def test_without_the_set_and_by_choice_there_is_the_full_form(
    director: ProjectClient, group: Group, cast: Cast
) -> None:
    assert 'name="login"' in director.get(NEW).content.decode()
    director.post("/settings/roles/presets/", {"preset": "crm_id"})
    full = director.get(f"{NEW}?form=full").content.decode()
    assert 'name="login"' in full
    place = {
        "department": Department.objects.create(name="Продажи", path="/1/").pk,
        "branch": Branch.objects.create(name="Казань").pk,
        "group": group.pk,
        "_belonging": "1",
    }
    made = {**SENT, **place, "form": "full", "login": "i" * 40, "kind": "manager"}
    assert director.post(NEW, made).status_code == 302
    user = User.objects.get(login="i" * 40)
    assert (user.department_id, user.branch_id) == (place["department"], place["branch"])
    assert list(user.memberships.values_list("group_id", flat=True)) == [group.pk]


@pytest.mark.req("N05", "R4.04")
def test_the_page_of_a_user_changes_the_groups_and_a_head_can_not(
    director: ProjectClient, project: ProjectRef, group: Group, cast: Cast
) -> None:
    other = Group.objects.create(name="Розница")
    GroupMember.objects.create(group=group, user=cast.manager, is_leader=True)
    at = f"/settings/users/{cast.manager.pk}/"
    assert f'name="group" value="{group.pk}" checked' in director.get(at).content.decode()
    stored = {**stored_of(cast.manager), "_belonging": "1"}
    place = {**stored, "group": [group.pk, other.pk]}
    assert director.post(at, place).status_code == 302
    rows = GroupMember.objects.filter(user=cast.manager).values_list("group", "is_leader")
    assert set(rows) == {(group.pk, True), (other.pk, False)}
    head = ProjectClient(project).sign_in(cast.head)
    assert "Розница" not in head.get(at).content.decode()
    assert head.post(at, {**stored, "group": []}).status_code == 302
    assert GroupMember.objects.filter(user=cast.manager).count() == 2
    assert director.post(at, {**stored, "group": ["77"]}).status_code == 422
    assert director.post(at, {**stored, "group": [other.pk]}).status_code == 302
    assert list(GroupMember.objects.values_list("group", flat=True)) == [other.pk]
