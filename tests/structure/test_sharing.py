"""Sharing a record from its card: people, groups, everyone, to read or to write (O07, O15, R4.06)."""

from typing import Any

import pytest

from opora.people.models import DefaultShare, Group, GroupMember, Role, Share, User
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.tenancy.context import project as entered
from opora.timeline.models import Event, Notice, Operation
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("O07", "R4.06")


@pytest.fixture
def owner(client: ProjectClient, cast: Cast) -> ProjectClient:
    return client.sign_in(cast.manager)


@pytest.fixture
def deal(owner: ProjectClient, cast: Cast) -> Any:
    return perform(
        "create", kinds["deal"], Act(access(cast.manager)), values={"title": "Холодный цех"}
    ).record


def other(owner: ProjectClient, user: User) -> ProjectClient:
    return ProjectClient(owner.project).sign_in(user)


def share(client: ProjectClient, deal: Any, **sent: Any) -> int:
    answer = client.post(f"/deals/{deal.pk}/sharing/", {name.replace("__", ":"): sent[name] for name in sent})
    return int(answer.status_code)


def status(client: ProjectClient, deal: Any) -> tuple[int, int]:
    """What reading the card and editing its name answer."""
    seen = client.get(f"/deals/{deal.pk}/").status_code
    return seen, client.post(f"/deals/{deal.pk}/fields/title/", {"title": "Тёплый цех"}).status_code


@pytest.mark.req("O15")
def test_a_person_added_reads_then_writes_and_loses_it_at_once(
    owner: ProjectClient, cast: Cast, deal: Any
) -> None:
    DefaultShare.objects.create(kind="deal", level="none")
    stranger = other(owner, cast.stranger)
    assert status(stranger, deal) == (404, 404)
    assert share(owner, deal, add=cast.stranger.pk, add_level="read") == 302
    assert status(stranger, deal) == (200, 403)
    assert "Дилноза Рахимова" in owner.get(f"/deals/{deal.pk}/").content.decode()
    assert share(owner, deal, **{f"level__{cast.stranger.pk}": "write"}) == 302
    assert status(stranger, deal)[1] in (200, 204, 302)
    assert share(owner, deal, **{f"level__{cast.stranger.pk}": ""}) == 302
    assert status(stranger, deal) == (404, 404)
    with entered(owner.project):
        assert Event.objects.filter(name="deal.shared").count() == 3


def test_a_group_added_is_told_by_the_bell(owner: ProjectClient, cast: Cast, deal: Any) -> None:
    DefaultShare.objects.create(kind="deal", level="none")
    group = Group.objects.create(name="Тендеры")
    GroupMember.objects.create(group=group, user=cast.stranger)
    assert share(owner, deal, add=group.pk, add_level="read") == 302
    stranger = other(owner, cast.stranger)
    assert "Холодный цех" in stranger.get("/bell/").content.decode()
    assert 'id="count-bell" hx-swap-oob="true"></span>' in stranger.get("/counts/").content.decode()
    assert stranger.post("/bell/").status_code == 302
    assert Notice.objects.get().read_at
    assert 'id="count-bell" hx-swap-oob="true" hidden' in stranger.get("/counts/").content.decode()
    assert share(owner, deal, **{f"level__{group.pk}": ""}) == 302
    assert "Холодный цех" not in stranger.get("/bell/").content.decode()


@pytest.mark.req("O15")
def test_limiting_a_record_takes_away_the_default_of_its_kind(
    owner: ProjectClient, cast: Cast, deal: Any
) -> None:
    DefaultShare.objects.create(kind="deal", level="read")
    stranger = other(owner, cast.stranger)
    assert status(stranger, deal)[0] == 200
    assert share(owner, deal, everyone="none") == 302
    assert status(stranger, deal) == (404, 404)
    assert status(other(owner, cast.head), deal)[0] == 200
    assert "Доступ ограничен" in owner.get(f"/deals/{deal.pk}/").content.decode()


def test_sharing_can_be_undone(owner: ProjectClient, cast: Cast, deal: Any) -> None:
    Share.objects.create(
        kind="deal", record_id=deal.pk, principal_type="user", principal=cast.assistant.pk, level="read"
    )
    sent = {f"level__{cast.assistant.pk}": "write", "everyone": "read", "add": cast.stranger.pk}
    assert share(owner, deal, **sent) == 302
    with entered(owner.project):
        operation = Operation.objects.order_by("-id").first()
    assert operation
    assert owner.post(f"/undo/{operation.pk}/").status_code == 302
    assert list(Share.objects.values_list("principal", "level")) == [(cast.assistant.pk, "read")]
    assert kinds["deal"].model._default_manager.get(pk=deal.pk).access == ""


@pytest.mark.parametrize("sent", [{"everyone": "galaxy"}, {"add": "77"}, {"add": "x"}, {"level__77": "read"}])
def test_what_is_wrong_is_refused(owner: ProjectClient, deal: Any, sent: dict[str, str]) -> None:
    assert share(owner, deal, **sent) == 422
    assert not Share.objects.exists()


def test_who_may_not_edit_may_not_share(owner: ProjectClient, cast: Cast, deal: Any) -> None:
    DefaultShare.objects.create(kind="deal", level="read")
    Role.objects.filter(key="manager").update(scopes={"*": {"see": "team", "edit": "own", "create": "own"}})
    assert share(other(owner, cast.colleague), deal, everyone="write") == 403
    assert share(other(owner, cast.stranger), deal, everyone="write") == 403
    assert owner.get(f"/deals/{deal.pk}/sharing/").status_code == 200
