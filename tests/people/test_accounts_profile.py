"""The own profile: sessions one can end, API keys one makes; and who sees whose profile (I07, I08, R6.08, R6.09)."""

import re
from typing import Any

import pytest

from opora.people.models import Session, Token, User
from opora.people.tokens import issue
from opora.tenancy.context import ProjectRef
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import PASSWORD, Cast

KEY = {"name": "Сканер визиток", "scopes": ["read"], "ranges": "", "days": "90", "password": PASSWORD}


def key_in(answer: Any) -> str:
    found = re.search(r"opora_[\w-]{40,}", answer.content.decode())
    assert found
    return found[0]


def api(project: ProjectRef, key: str, **options: Any) -> int:
    header = {"Authorization": f"Bearer {key}"}
    return int(ProjectClient(project).get("/api/v1/contacts", headers=header, **options).status_code)


@pytest.fixture
def manager(client: ProjectClient, cast: Cast) -> ProjectClient:
    return client.sign_in(cast.manager)


@pytest.mark.req("I07", "R4.03")
def test_everyone_has_a_profile_and_sees_only_the_own_one(manager: ProjectClient, cast: Cast) -> None:
    text = manager.get("/profile/").content.decode()
    assert "manager@example.com" in text
    assert cast.colleague.email not in text
    assert "/projects/t1/profile/" in manager.get("/").content.decode()
    assert manager.get(f"/settings/users/{cast.colleague.pk}/").status_code == 403


@pytest.mark.req("I08", "I07")
def test_the_last_address_is_told_to_who_may_see_the_profile(cast: Cast, project: ProjectRef) -> None:
    theirs = ProjectClient(project)
    theirs.post("/sign-in/", {"login": "manager", "password": PASSWORD}, REMOTE_ADDR="203.0.113.7")
    for person, status in (
        (cast.director, 200),
        (cast.head, 200),
        (cast.other_head, 404),
        (cast.colleague, 403),
    ):
        answer = ProjectClient(project).sign_in(person).get(f"/settings/users/{cast.manager.pk}/")
        assert answer.status_code == status
        assert ("203.0.113.7" in answer.content.decode()) == (status == 200)


@pytest.mark.req("R6.08")
def test_a_person_sees_the_sessions_and_ends_one(
    manager: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    other = ProjectClient(project, headers={"User-Agent": "Mozilla/5.0 (Android 14) Chrome/130.0"})
    other.post("/sign-in/", {"login": "manager", "password": PASSWORD}, REMOTE_ADDR="203.0.113.8")
    text = manager.get("/profile/entry/").content.decode()
    assert "Chrome, Android" in text
    assert "203.0.113.8" in text
    theirs = Session.objects.get(address="203.0.113.8")
    assert manager.post(f"/profile/entry/{theirs.pk}/ending/").status_code == 302
    assert other.get("/").status_code == 302
    assert manager.get("/").status_code == 200
    assert manager.post(f"/profile/entry/{theirs.pk}/ending/").status_code == 404


@pytest.mark.req("R6.08", "R2.04")
def test_nobody_ends_a_session_of_somebody_else(
    manager: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    ProjectClient(project).sign_in(cast.director)
    foreign = Session.objects.get(user=cast.director)
    assert manager.post(f"/profile/entry/{foreign.pk}/ending/").status_code == 404
    assert manager.post(f"/settings/users/{cast.colleague.pk}/sessions/").status_code == 403
    assert Session.objects.filter(pk=foreign.pk).exists()


@pytest.mark.req("R6.08", "R6.06")
def test_all_other_sessions_end_together_and_the_browsers_are_strangers_again(
    manager: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    others = [ProjectClient(project).sign_in(cast.manager) for _turn in range(2)]
    version = cast.manager.session_version
    assert manager.post("/profile/entry/ending/").status_code == 302
    assert [one.get("/").status_code for one in others] == [302, 302]
    assert manager.get("/").status_code == 200
    assert User.objects.get(pk=cast.manager.pk).session_version == version + 1


@pytest.mark.req("R6.08", "I01")
def test_an_administrator_ends_all_sessions_of_a_person(cast: Cast, project: ProjectRef) -> None:
    theirs = ProjectClient(project, headers={"User-Agent": "Mozilla/5.0 (Android 14) Chrome/130.0"})
    theirs.post("/sign-in/", {"login": "manager", "password": PASSWORD}, REMOTE_ADDR="203.0.113.8")
    assert theirs.get("/").status_code == 200
    head = ProjectClient(project).sign_in(cast.head)
    text = head.get(f"/settings/users/{cast.manager.pk}/").content.decode()
    assert "Chrome, Android" in text
    assert "203.0.113.8" in text
    assert head.post(f"/settings/users/{cast.manager.pk}/sessions/").status_code == 302
    assert theirs.get("/").status_code == 302
    assert head.post(f"/settings/users/{cast.stranger.pk}/sessions/").status_code == 404
    assert Event.objects.filter(name="user.sessions_ended", actor_id=cast.head.pk).exists()


@pytest.mark.req("R6.09", "N15")
def test_a_key_is_shown_once_works_and_is_revoked(manager: ProjectClient, project: ProjectRef) -> None:
    answer = manager.post("/profile/keys/", KEY)
    assert answer.headers["Cache-Control"] == "no-store"
    key = key_in(answer)
    assert api(project, key) == 200
    text = manager.get("/profile/keys/").content.decode()
    assert key not in text
    assert key[:14] in text
    assert "Сканер визиток" in text
    assert "ещё не использован" not in text
    token = Token.objects.get()
    assert token.expires_at is not None
    assert manager.post(f"/profile/keys/{token.pk}/revoking/").status_code == 302
    assert api(project, key) == 401


@pytest.mark.req("R6.09")
def test_a_key_keeps_to_its_addresses(manager: ProjectClient, project: ProjectRef) -> None:
    key = key_in(manager.post("/profile/keys/", {**KEY, "ranges": "10.0.0.0/8\r\n192.0.2.1-192.0.2.9"}))
    statuses = [api(project, key, REMOTE_ADDR=address) for address in ("10.1.1.1", "192.0.2.5", "192.0.2.10")]
    assert statuses == [200, 200, 401]


@pytest.mark.req("R6.09", "R1.04")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("password", "не тот пароль"),
        ("name", " "),
        ("name", "я" * 101),
        ("scopes", []),
        ("scopes", ["root"]),
        ("ranges", "не адрес"),
        ("days", "7"),
        ("days", "²"),
    ],
)
def test_a_wrong_form_makes_no_key(manager: ProjectClient, field: str, value: Any) -> None:
    answer = manager.post("/profile/keys/", {**KEY, field: value})
    assert answer.status_code == 422
    assert PASSWORD not in answer.content.decode()
    assert not Token.objects.exists()


@pytest.mark.req("R6.06", "R6.09")
def test_the_password_is_not_guessed_by_the_form_of_keys(manager: ProjectClient) -> None:
    wrong = [manager.post("/profile/keys/", {**KEY, "password": f"не тот {n}"}).status_code for n in range(6)]
    assert wrong == [422] * 5 + [429]
    assert manager.post("/profile/keys/", KEY).status_code == 429
    assert not Token.objects.exists()


@pytest.mark.req("R6.09", "R2.04")
def test_an_administrator_sees_and_revokes_all_keys_others_only_their_own(
    manager: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    token, key = issue(cast.colleague, ["read"], name="Чужой ключ")
    assert manager.get("/settings/keys/").status_code == 403
    assert manager.post(f"/profile/keys/{token.pk}/revoking/").status_code == 404
    assert "Чужой ключ" not in manager.get("/profile/keys/").content.decode()
    director = ProjectClient(project).sign_in(cast.director)
    text = director.get("/settings/keys/").content.decode()
    assert "Чужой ключ" in text
    assert cast.colleague.name in text
    answer = director.post(f"/profile/keys/{token.pk}/revoking/", {"from": "all"})
    assert answer.headers["Location"].endswith("/settings/keys/")
    assert api(project, key) == 401
    assert Event.objects.get(name="user.key_revoked").actor_id == cast.director.pk


@pytest.mark.req("R6.09")
def test_a_key_manages_no_keys(cast: Cast, project: ProjectRef) -> None:
    _token, key = issue(cast.director, ["admin"])
    header = {"Authorization": f"Bearer {key}"}
    for path in ("/profile/keys/", "/settings/keys/", "/profile/entry/"):
        assert ProjectClient(project).get(path, headers=header).status_code == 302
    assert ProjectClient(project).post("/profile/keys/", KEY, headers=header).status_code == 302
    assert Token.objects.count() == 1
