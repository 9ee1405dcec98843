"""Settings › "Пользователи CRM", as an administrator and a head use them (N04, I01-I07, R4.02-R4.04)."""

from typing import Any

import pytest

from opora.people.models import AccountKind, Role, Session, Status, User
from opora.people.scopes import Scope, uniform
from opora.tenancy.context import ProjectRef
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import PASSWORD, Cast

USERS = "/settings/users/"
NEW = {
    "first_name": "Ирина",
    "last_name": "Иванова",
    "email": "irina@example.com",
    "login": "irina",
    "password": "крепкий пароль",
    "kind": "manager",
    "role": "",
    "head": "",
}


def form_of(user: User, **changed: str) -> dict[str, str]:
    """What the page's form sends for a user, with some fields changed."""
    stored = {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "login": user.login,
        "kind": user.kind,
        "role": str(user.role_id),
        "head": str(user.head_id or ""),
        "status": user.status,
    }
    return {**stored, **changed}


def save(client: ProjectClient, user: User, **changed: str) -> Any:
    return client.post(f"{USERS}{user.pk}/", form_of(user, **changed))


@pytest.fixture
def director(client: ProjectClient, cast: Cast) -> ProjectClient:
    return client.sign_in(cast.director)


@pytest.fixture
def admin(cast: Cast) -> User:
    """Manages users, but has no rights of authorisation beyond that, nor of finance (N08)."""
    role = Role.objects.create(name="Админ CRM", scopes=uniform(Scope.ALL), switches=["users.manage"])
    User.objects.filter(pk=cast.assistant.pk).update(role=role)
    return User.objects.get(pk=cast.assistant.pk)


@pytest.mark.req("N04")
def test_an_administrator_creates_a_user_who_signs_in(
    director: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    answer = director.post(f"{USERS}new/", {**NEW, "head": str(cast.head.pk)})
    assert answer.headers["Location"] == "/projects/t1/settings/users/"
    made = User.objects.get(login="irina")
    assert (made.head, made.role.key, made.status) == (cast.head, "manager", "active")
    form = {"login": "irina", "password": "крепкий пароль"}
    assert ProjectClient(project).post("/sign-in/", form).status_code == 302
    assert "Ирина Иванова" in director.get(USERS).content.decode()


@pytest.mark.req("N04", "U03", "R1.04")
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "Manager@example.com", "Пользователь с такой почтой уже существует"),
        ("login", "MANAGER", "Пользователь с таким логином уже существует"),
        ("login", "​", "Заполните"),
        ("first_name", "  ", "Заполните"),
        ("first_name", "я" * 61, "60"),
        ("email", "не почта", "почту"),
        ("password", "короткий", "10"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    director: ProjectClient, field: str, value: str, words: str
) -> None:
    answer = director.post(f"{USERS}new/", {**NEW, field: value})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert 'value="Иванова"' in text
    assert "крепкий пароль" not in text
    assert not User.objects.filter(last_name="Иванова").exists()


@pytest.mark.req("I01", "R6.02")
@pytest.mark.parametrize("status", [Status.OFF, Status.DISMISSED, Status.BY_ADDRESS])
def test_a_change_of_status_ends_live_sessions_at_once(
    director: ProjectClient, cast: Cast, project: ProjectRef, status: str
) -> None:
    theirs = ProjectClient(project).sign_in(cast.manager)
    assert theirs.get("/password/").status_code == 200
    assert save(director, cast.manager, status=status).status_code == 302
    assert theirs.get("/password/").status_code == 302
    assert not Session.objects.filter(user=cast.manager).exists()
    event = Event.objects.get(name="user.status_changed")
    assert (event.actor_id, event.changes) == (cast.director.pk, {"status": ["active", status]})


@pytest.mark.req("I02", "R4.02")
@pytest.mark.parametrize("changed", [{"status": "off"}, {"kind": "manager"}, {"status": "dismissed"}])
def test_the_director_is_never_limited_by_a_form(
    director: ProjectClient, cast: Cast, admin: User, project: ProjectRef, changed: dict[str, str]
) -> None:
    save(director, cast.director, **changed)
    save(ProjectClient(project).sign_in(admin), cast.director, **changed)
    stored = User.objects.get(pk=cast.director.pk)
    assert (stored.status, stored.kind) == ("active", "director")


@pytest.mark.req("I02")
def test_nobody_becomes_a_second_director(director: ProjectClient, cast: Cast) -> None:
    answer = save(director, cast.manager, kind="director")
    assert answer.status_code == 403
    assert User.objects.filter(kind=AccountKind.DIRECTOR).count() == 1


@pytest.mark.req("R4.04", "I03", "I07")
def test_a_head_sees_and_edits_only_the_own_managers(client: ProjectClient, cast: Cast) -> None:
    client.sign_in(cast.head)
    text = client.get(USERS).content.decode()
    names = [user.name for user in cast.all() if f"/settings/users/{user.pk}/" in text]
    assert names == [cast.manager.name, cast.colleague.name]
    assert client.get(f"{USERS}{cast.stranger.pk}/").status_code == 404
    assert client.get(f"{USERS}{cast.head.pk}/").status_code == 404
    assert save(client, cast.manager, first_name="Жанетта", kind="head", role="1").status_code == 302
    manager = User.objects.get(pk=cast.manager.pk)
    assert (manager.first_name, manager.kind, manager.role.key) == ("Жанетта", "manager", "manager")


@pytest.mark.req("R4.04", "I03")
def test_a_head_creates_managers_of_his_own_and_nothing_else(client: ProjectClient, cast: Cast) -> None:
    client.sign_in(cast.head)
    client.post(f"{USERS}new/", {**NEW, "kind": "head", "head": str(cast.director.pk)})
    made = User.objects.get(login="irina")
    assert (made.kind, made.head, made.role.key) == ("manager", cast.head, "manager")


@pytest.mark.req("I04", "I07")
@pytest.mark.parametrize("path", ["", "new/", "{id}/", "{id}/password/"])
def test_a_manager_has_no_users_page(client: ProjectClient, cast: Cast, path: str) -> None:
    client.sign_in(cast.manager)
    place = USERS + path.format(id=cast.colleague.pk)
    before = list(User.objects.order_by("pk").values())
    assert client.get(place).status_code == 403
    assert client.post(place, NEW).status_code in (403, 405)
    assert list(User.objects.order_by("pk").values()) == before


@pytest.mark.req("N08")
def test_an_administrator_gives_no_rights_of_authorisation_he_lacks(
    project: ProjectRef, cast: Cast, admin: User
) -> None:
    client = ProjectClient(project).sign_in(admin)
    powerful = Role.objects.create(name="Хранитель", scopes=uniform(Scope.OWN), switches=["roles.manage"])
    assert "Хранитель" not in client.get(f"{USERS}{cast.manager.pk}/").content.decode()
    assert save(client, cast.manager, role=str(powerful.pk)).status_code == 422
    User.objects.filter(pk=cast.stranger.pk).update(role=powerful)
    answer = client.post(f"{USERS}{cast.stranger.pk}/password/", {"password": "перехваченный"})
    assert answer.status_code == 403


@pytest.mark.req("R6.04")
def test_a_given_password_works_once_and_is_changed_at_once(
    director: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    given = director.post(f"{USERS}{cast.manager.pk}/password/", {"password": "на один только раз"})
    assert given.status_code == 302
    theirs = ProjectClient(project)
    assert theirs.post("/sign-in/", {"login": "manager", "password": PASSWORD}).status_code == 422
    assert theirs.post("/sign-in/", {"login": "manager", "password": "на один только раз"}).status_code == 302
    assert theirs.get("/").headers["Location"] == "/projects/t1/password/"


def test_a_head_may_not_be_below_the_own_manager(director: ProjectClient, cast: Cast) -> None:
    answer = save(director, cast.head, head=str(cast.manager.pk))
    assert answer.status_code == 422


@pytest.mark.req("R7.13", "R2.04")
@pytest.mark.parametrize("number", ["1", "99999999999999999999", "0"])
def test_a_forged_id_is_an_absent_user(director: ProjectClient, number: str) -> None:
    assert director.get(f"{USERS}{number}/").status_code == 404
    assert director.post(f"{USERS}new/", {**NEW, "head": number}).status_code in (404, 422)


@pytest.mark.req("R6.08")
@pytest.mark.parametrize("path", ["/sign-in/", "/password/", USERS, f"{USERS}new/"])
def test_looking_changes_nothing(director: ProjectClient, path: str) -> None:
    def stored() -> list[Any]:
        return [list(model.objects.order_by("pk").values()) for model in (User, Session, Event, Role)]

    before = stored()
    director.get(path)
    director.get(path)
    assert stored() == before
