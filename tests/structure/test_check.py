"""Why a person sees a record, and the CRM as another sees it: read-only, logged, left by one click."""

from typing import Any

import pytest

from opora.people.models import Role, User
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.tenancy.context import project as entered
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import Cast, access

CHECK = "/settings/check/"


@pytest.fixture
def director(client: ProjectClient, cast: Cast) -> ProjectClient:
    return client.sign_in(cast.director)


@pytest.fixture
def contact(cast: Cast) -> Any:
    return perform(
        "create", kinds["contact"], Act(access(cast.manager)), values={"first_name": "Утро"}
    ).record


def asked(client: ProjectClient, person: User, record: Any) -> str:
    answer = client.get(CHECK, {"person": person.pk, "kind": "contact", "id": record.pk})
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_one_sentence_and_the_chain_say_why(director: ProjectClient, cast: Cast, contact: Any) -> None:
    page = asked(director, cast.colleague, contact)
    assert "Тимур Валеев" in page
    assert "Контакты, видеть: команды" in page.replace("&nbsp;", " ")
    assert 'class="verdict"' in page
    page = asked(director, cast.stranger, contact)
    assert 'class="verdict verdict--no"' in page
    assert CHECK in director.get(f"/contacts/{contact.pk}/").content.decode()
    assert director.get(CHECK, {"person": "77"}).status_code == 404
    assert director.get(CHECK, {"kind": "contact", "id": "77"}).status_code == 404


@pytest.mark.req("R2.08")
def test_the_crm_is_seen_as_another_sees_it_and_nothing_changes(
    director: ProjectClient, cast: Cast, contact: Any
) -> None:
    assert director.post(f"{CHECK}begin/", {"person": cast.stranger.pk}).status_code == 302
    assert director.get(f"/contacts/{contact.pk}/").status_code == 404
    home = director.get("/").content.decode()
    assert "Дилноза Рахимова" in home
    assert f"{CHECK}end/" in home
    assert director.get("/settings/roles/").status_code == 403
    for path in ("/contacts/new/", "/language/", "/sign-out/", "/password/"):
        assert director.post(path, {"language": "en", "first_name": "Я"}).status_code == 403
    assert User.objects.get(pk=cast.stranger.pk).language == "ru"
    assert director.post(f"{CHECK}end/").status_code == 302
    assert director.get(f"/contacts/{contact.pk}/").status_code == 200
    with entered(director.project):
        events = Event.objects.filter(
            name__in=["user.viewed_as", "user.view_ended"], actor_id=cast.director.pk
        )
        assert [event.subject_id for event in events] == [cast.stranger.pk] * 2


@pytest.mark.req("N08")
def test_nobody_borrows_rights_that_way(client: ProjectClient, cast: Cast) -> None:
    role = Role.objects.create(name="Админ", switches=["roles.manage"])
    User.objects.filter(pk=cast.assistant.pk).update(role=role)
    client.sign_in(cast.assistant)
    assert client.post(f"{CHECK}begin/", {"person": cast.director.pk}).status_code == 403
    assert client.post(f"{CHECK}begin/", {"person": cast.head.pk}).status_code == 403
    assert client.post(f"{CHECK}begin/", {"person": cast.manager.pk}).status_code == 302
    Role.objects.filter(pk=role.pk).update(switches=[])
    assert "Анна" in client.get("/").content.decode()
    client.sign_in(cast.head)
    assert client.get(CHECK).status_code == 403
    assert client.post(f"{CHECK}begin/", {"person": cast.manager.pk}).status_code == 403
    assert client.post(f"{CHECK}end/").status_code == 302


@pytest.mark.req("R3.01")
def test_a_forged_or_foreign_flag_does_nothing(director: ProjectClient, cast: Cast, contact: Any) -> None:
    director.post(f"{CHECK}begin/", {"person": cast.stranger.pk})
    flag = director.cookies["opora_view_as"].value
    other = ProjectClient(director.project).sign_in(cast.manager)
    for value in (flag, flag + "x", "x"):
        other.cookies["opora_view_as"] = value
        assert other.get(f"/contacts/{contact.pk}/").status_code == 200
