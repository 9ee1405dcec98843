"""Settings › "Безопасность": address ranges, self lock-out, passwords, sessions (I12, T11, R6.04, R6.08, R6.11)."""

from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils import timezone

from config.cli import opora
from opora.people import presence, streams
from opora.people.counters import counters
from opora.people.models import AddressRange, Role, SecurityRules, Session, User
from opora.people.scopes import Scope, uniform
from opora.people.sessions import COOKIE
from opora.people.tokens import issue
from opora.tenancy.context import ProjectRef
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import PASSWORD, Cast

PAGE = "/settings/security/"


@pytest.fixture
def director(client: ProjectClient, cast: Cast) -> ProjectClient:
    return client.sign_in(cast.director)


def limit(user: User) -> None:
    User.objects.filter(pk=user.pk).update(status="by_address")


def run(*words: str) -> Any:
    return CliRunner().invoke(opora, words)


@pytest.mark.req("I12", "T11", "R6.11")
@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("203.0.113.0/24", "203.0.113.200", "203.0.114.1"),
        ("203.0.113.5-203.0.113.9", "::ffff:203.0.113.9", "203.0.113.10"),
        ("203.0.113.5", "203.0.113.5", "203.0.113.6"),
        ("2001:db8::/32", "2001:db8::1", "2001:db9::1"),
        ("2001:db8::1-2001:db8::ff", "2001:db8::fe", "203.0.113.5"),
    ],
)
def test_limited_users_get_in_only_from_the_ranges_on_every_road(
    director: ProjectClient, cast: Cast, project: ProjectRef, text: str, inside: str, outside: str
) -> None:
    limit(cast.manager)
    assert director.post(PAGE, {"range": text, "name": "Офис"}).status_code == 302
    theirs = ProjectClient(project).sign_in(cast.manager)
    _token, key = issue(cast.manager, ["read"])
    header = {"Authorization": f"Bearer {key}"}
    cookie = {"cookie": f"{COOKIE}={theirs.cookies[COOKIE].value}"}
    for address, may in ((inside, True), (outside, False)):
        assert (theirs.get("/", REMOTE_ADDR=address).status_code == 200) == may
        answer = ProjectClient(project).get("/api/v1/contacts", headers=header, REMOTE_ADDR=address)
        assert answer.status_code == (200 if may else 403)
        assert (streams.recognise(project, cookie, address) == cast.manager.pk) == may
        form = {"login": "manager", "password": PASSWORD}
        entered = ProjectClient(project).post("/sign-in/", form, REMOTE_ADDR=address)
        assert entered.status_code == (302 if may else 403)


@pytest.mark.req("R6.11")
def test_an_empty_list_lets_no_limited_user_in(cast: Cast, project: ProjectRef) -> None:
    limit(cast.manager)
    assert ProjectClient(project).sign_in(cast.manager).get("/").status_code == 403


@pytest.mark.req("R6.11")
def test_a_removed_range_closes_the_door_at_the_next_request(
    director: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    limit(cast.manager)
    director.post(PAGE, {"range": "127.0.0.1", "name": ""})
    theirs = ProjectClient(project).sign_in(cast.manager)
    assert theirs.get("/").status_code == 200
    row = AddressRange.objects.get()
    assert director.post(f"{PAGE}{row.pk}/removal/").status_code == 302
    assert theirs.get("/").status_code == 403
    assert director.post(f"{PAGE}{row.pk}/removal/").status_code == 404
    changes = list(Event.objects.filter(name="settings.addresses_changed").order_by("id"))
    assert [event.changes["range"] for event in changes] == [[None, "127.0.0.1"], ["127.0.0.1", None]]


@pytest.mark.req("R6.11", "R1.04")
@pytest.mark.parametrize(
    "text", ["", "999.1.1.1", "10.0.0.9-10.0.0.1", "10.0.0.1-::1", "10.0.0.0/33", "дом", "1" * 101]
)
def test_a_wrong_range_is_refused_with_what_was_typed(director: ProjectClient, text: str) -> None:
    answer = director.post(PAGE, {"range": text, "name": "Мой офис"})
    assert answer.status_code == 422
    assert "Мой офис" in answer.content.decode()
    assert not AddressRange.objects.exists()


@pytest.mark.req("R6.11")
def test_a_range_stands_on_the_list_once(director: ProjectClient) -> None:
    director.post(PAGE, {"range": "10.0.0.0/24", "name": ""})
    assert director.post(PAGE, {"range": "10.0.0.0-10.0.0.255", "name": ""}).status_code == 422
    assert AddressRange.objects.count() == 1


@pytest.mark.req("R6.11")
def test_nobody_locks_himself_out_without_typing_the_login(cast: Cast, project: ProjectRef) -> None:
    role = Role.objects.create(name="Админ CRM", scopes=uniform(Scope.ALL), switches=["users.manage"])
    User.objects.filter(pk=cast.assistant.pk).update(role=role, status="by_address")
    row = AddressRange.objects.create(span="127.0.0.0/8")
    admin = ProjectClient(project).sign_in(cast.assistant)
    warned = admin.post(f"{PAGE}{row.pk}/removal/")
    assert warned.status_code == 422
    assert "закроете вход себе" in warned.content.decode()
    assert admin.post(f"{PAGE}{row.pk}/removal/", {"confirmation": "manager"}).status_code == 422
    assert AddressRange.objects.filter(pk=row.pk).exists()
    second = AddressRange.objects.create(span="127.0.0.1")
    assert admin.post(f"{PAGE}{second.pk}/removal/").status_code == 302
    assert admin.post(f"{PAGE}{row.pk}/removal/", {"confirmation": "Assistant"}).status_code == 302
    assert admin.get("/").status_code == 403


@pytest.mark.req("R2.03", "R4.04")
def test_heads_and_managers_have_no_security_page(cast: Cast, project: ProjectRef) -> None:
    row = AddressRange.objects.create(span="10.0.0.1")
    for person in (cast.head, cast.manager):
        client = ProjectClient(project).sign_in(person)
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, {"range": "10.0.0.2"}).status_code == 403
        assert client.post(f"{PAGE}{row.pk}/removal/").status_code == 403
    assert AddressRange.objects.count() == 1


@pytest.mark.req("R6.11")
def test_the_command_line_is_the_way_back(cast: Cast, project: ProjectRef) -> None:
    for person in (cast.manager, cast.colleague):
        limit(person)
    assert run("security", "allow", "127.0.0.1", "--project", "t1", "--name", "Сервер").exit_code == 0
    assert "limited: manager, colleague" in run("security", "list", "--project", "t1").output.replace(
        "colleague, manager", "manager, colleague"
    )
    assert run("user", "unlock", "manager", "--project", "t1").exit_code == 0
    assert User.objects.get(pk=cast.manager.pk).status == "active"
    assert run("security", "open", "--project", "t1", "--yes").exit_code == 0
    assert not User.objects.filter(status="by_address").exists()
    theirs = ProjectClient(project).sign_in(cast.colleague)
    assert theirs.get("/", REMOTE_ADDR="198.51.100.1").status_code == 200
    assert run("security", "allow", "дом", "--project", "t1").exit_code == 1


@pytest.mark.req("R6.06")
def test_an_unlocked_person_may_try_again_at_once(cast: Cast, project: ProjectRef) -> None:
    wrong = {"login": "manager", "password": "не тот"}
    right = {"login": "manager", "password": PASSWORD}
    for _turn in range(6):
        ProjectClient(project).post("/sign-in/", wrong)
    assert ProjectClient(project).post("/sign-in/", right).status_code == 429
    assert run("user", "unlock", "manager", "--project", "t1").exit_code == 0
    assert ProjectClient(project).post("/sign-in/", right).status_code == 302


RULES = {"password_length": "10", "idle_minutes": "720", "session_days": "30"}


def idle(person: User, project: ProjectRef, seconds: int) -> None:
    """Let the only session of a person stand unused for so long."""
    row = Session.objects.get(user=person)
    presence._noted.clear()
    moment = (timezone.now() - timedelta(seconds=seconds)).timestamp()
    counters()._run("UPDATE {sight} SET at = {p} WHERE name = {p}", (moment, f"{project.key}:s:{row.id}"))


@pytest.mark.req("R6.08")
def test_the_idle_time_of_a_project_holds_at_once(
    director: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    theirs = ProjectClient(project).sign_in(cast.manager)
    idle(cast.manager, project, 16 * 60)
    assert theirs.get("/").status_code == 200
    assert director.post(f"{PAGE}rules/", {**RULES, "idle_minutes": "15"}).status_code == 302
    idle(cast.manager, project, 14 * 60)
    assert theirs.get("/").status_code == 200
    idle(cast.manager, project, 16 * 60)
    assert theirs.get("/").status_code == 302
    event = Event.objects.get(name="settings.security_changed")
    assert event.changes == {"idle_minutes": [720, 15]}


@pytest.mark.req("R6.08")
def test_open_sessions_are_measured_by_the_new_count_of_days(
    director: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    young, old = (ProjectClient(project).sign_in(user) for user in (cast.manager, cast.colleague))
    made = timezone.now() - timedelta(days=2)
    Session.objects.filter(user=cast.colleague).update(created_at=made, expires_at=made + timedelta(days=30))
    assert [one.get("/").status_code for one in (young, old)] == [200, 200]
    assert director.post(f"{PAGE}rules/", {**RULES, "session_days": "1"}).status_code == 302
    assert [one.get("/").status_code for one in (young, old)] == [200, 302]
    assert director.post(f"{PAGE}rules/", RULES).status_code == 302
    assert old.get("/").status_code == 302  # what is over stays over
    director.post(f"{PAGE}rules/", {**RULES, "session_days": "14"})
    form = {"login": "manager", "password": PASSWORD, "lasting": "1"}
    cookie = ProjectClient(project).post("/sign-in/", form).cookies[COOKIE]
    assert 14 * 86400 - 60 < int(cookie["max-age"]) <= 14 * 86400


@pytest.mark.req("R6.04")
def test_the_shortest_password_of_a_project_is_asked_and_told_everywhere(
    director: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    theirs = ProjectClient(project).sign_in(cast.manager)
    assert director.post(f"{PAGE}rules/", {**RULES, "password_length": "14"}).status_code == 302
    for browser, path in ((theirs, "/password/"), (director, "/settings/users/new/")):
        assert "Не короче 14 знаков" in browser.get(path).content.decode(), path
    thirteen, fourteen = "тринадцать 13", "четырнадцать14"
    assert (len(thirteen), len(fourteen)) == (13, 14)
    form = {"current": PASSWORD, "password": thirteen, "again": thirteen}
    assert theirs.post("/password/", form).status_code == 422
    given = f"/settings/users/{cast.colleague.pk}/password/"
    assert director.post(given, {"password": thirteen}).status_code == 422
    assert theirs.post("/password/", {**form, "password": fourteen, "again": fourteen}).status_code == 302
    answer = ProjectClient(project).post("/sign-in/", {"login": "head", "password": PASSWORD})
    assert answer.status_code == 302  # what is in use stays


@pytest.mark.req("R6.04", "R6.08", "R1.04")
@pytest.mark.parametrize(
    "wrong",
    [
        {"password_length": "9"},
        {"password_length": "31"},
        {"password_length": "много"},
        {"idle_minutes": "0"},
        {"idle_minutes": "721"},
        {"session_days": "31"},
        {"session_days": ""},
    ],
)
def test_wrong_rules_are_refused_with_what_was_typed(director: ProjectClient, wrong: dict[str, str]) -> None:
    answer = director.post(f"{PAGE}rules/", {**RULES, "password_length": "12", **wrong})
    assert answer.status_code == 422
    typed = wrong.get("password_length", "12")
    assert f'value="{typed}"' in answer.content.decode()
    assert not SecurityRules.objects.exists()
