"""A module that is closed to somebody is nowhere: not in the navigation, lists, search, palette, API (O30)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opora.people.access import Access
from opora.people.models import Group, GroupMember, ModuleGate
from opora.records import sight
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("O30")
MODULES = "/settings/modules/"


@pytest.fixture
def director(client: ProjectClient, cast: Cast) -> ProjectClient:
    perform("create", kinds["deal"], Act(access(cast.manager)), values={"title": "Тендерная печь"})
    return client.sign_in(cast.director)


def traces(client: ProjectClient) -> list[int]:
    """The answers of the places where deals stand, and whether the navigation and search know them."""
    found = client.get("/search/", {"q": "Тендерная"}).content.decode()
    answers = [client.get(path).status_code for path in ("/deals/", "/deals/list/", "/deals/new/")]
    return [*answers, int("/deals/" in client.get("/").content.decode()), int("печь" in found)]


OPEN, CLOSED = [200, 200, 200, 1, 1], [403, 403, 403, 0, 0]


def test_a_module_is_open_to_chosen_people_and_groups(director: ProjectClient, cast: Cast) -> None:
    manager = ProjectClient(director.project).sign_in(cast.manager)
    colleague = ProjectClient(director.project).sign_in(cast.colleague)
    group = Group.objects.create(name="Тендеры")
    GroupMember.objects.create(group=group, user=cast.colleague)
    assert traces(manager) == OPEN
    sent = {"kind": "deal", "opened": "chosen", "principal": [cast.manager.pk]}
    assert director.post(MODULES, sent).status_code == 302
    assert (traces(manager), traces(colleague), traces(director)) == (OPEN, CLOSED, OPEN)
    assert director.post(MODULES, sent | {"principal": [group.pk]}).status_code == 302
    assert (traces(manager), traces(colleague)) == (CLOSED, OPEN)
    assert "Тендеры" in director.get(MODULES).content.decode()


def test_a_module_that_is_off_is_off_for_the_director_too(director: ProjectClient, cast: Cast) -> None:
    assert director.post(MODULES, {"kind": "deal", "opened": "nobody"}).status_code == 302
    assert traces(director) == CLOSED
    assert not sight.visible(access(cast.director), kinds["deal"]).exists()
    assert director.post(MODULES, {"kind": "deal", "opened": "everybody"}).status_code == 302
    assert traces(director) == OPEN


def test_what_is_wrong_is_refused(director: ProjectClient, client: ProjectClient, cast: Cast) -> None:
    assert director.post(MODULES, {"kind": "deal", "opened": "some"}).status_code == 422
    assert director.post(MODULES, {"kind": "planet", "opened": "nobody"}).status_code == 404
    sent = {"kind": "deal", "opened": "chosen", "principal": ["77"]}
    assert director.post(MODULES, sent).status_code == 422
    assert not ModuleGate.objects.exists()
    client.sign_in(cast.head)
    assert client.get(MODULES).status_code == 403
    assert client.post(MODULES, {"kind": "deal", "opened": "nobody"}).status_code == 403


def test_rights_take_two_queries_however_many_modules(cast: Cast) -> None:
    ModuleGate.objects.create(kind="deal", opened="nobody")
    with CaptureQueriesContext(connection) as seen:
        Access.of(cast.manager)
    assert len(seen.captured_queries) <= 2
