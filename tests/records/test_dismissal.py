"""Dismissing an employee: told beforehand, then everything in one transaction (I06, R4.02, R4.08, R6.02)."""

from typing import Any

import pytest
from click.testing import CliRunner

from config.cli import opora
from opora.jobs import turns
from opora.people.models import Group, GroupMember, Session, Share, Token, User
from opora.people.tokens import issue
from opora.records import definitions, dismissal, sight, totals
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import OwnerTotal, Process, SavedView, Stage
from opora.records.operations import Act
from opora.tenancy.context import ProjectRef
from opora.timeline.models import Event, Operation
from tests.clients import ProjectClient
from tests.people import Cast, access

USERS = "/settings/users/"


def make(user: User, kind: str, **values: Any) -> Any:
    return perform("create", kinds[kind], Act(access(user)), values=values).record


@pytest.fixture
def director(client: ProjectClient, cast: Cast) -> ProjectClient:
    return client.sign_in(cast.director)


@pytest.fixture
def belongings(cast: Cast) -> dict[str, Any]:
    """What the manager has: two contacts (one in the trash), a deal, a task, a view, a key, a group, a share."""
    process = Process.objects.create(kind="deal", name="Продажи")
    Stage.objects.create(process=process, name="Новая", group="new")
    definitions.changed()
    contact = make(cast.manager, "contact", first_name="Артём")
    trashed = make(cast.manager, "contact", first_name="Удалённый")
    perform("trash", kinds["contact"], Act(access(cast.director)), [trashed.id])
    foreign = make(cast.colleague, "contact", first_name="Чужой")
    deal = make(cast.manager, "deal", title="Печь", contact=contact.id, amount="100")
    task = make(cast.manager, "task", title="Позвонить")
    SavedView.objects.create(kind="deal", name="Мои", owner=cast.manager, is_pinned=True)
    issue(cast.manager, ["read"])
    group = Group.objects.create(name="Ученики")
    GroupMember.objects.create(group=group, user=cast.manager)
    Share.objects.create(
        kind="contact", record_id=foreign.id, principal_type="user", principal=cast.manager.pk, level="read"
    )
    return {"contact": contact, "trashed": trashed, "deal": deal, "task": task, "foreign": foreign}


def look(client: ProjectClient, user: User) -> str:
    answer = client.get(f"{USERS}{user.pk}/dismissal/")
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def confirm(client: ProjectClient, cast: Cast, user: User) -> Any:
    mark = dismissal.plan(access(cast.director), user).mark
    return client.post(f"{USERS}{user.pk}/dismissal/", {"mark": mark})


def reload(record: Any) -> Any:
    return type(record)._default_manager.get(pk=record.pk)


@pytest.mark.req("I06", "R4.08")
def test_the_dry_run_tells_what_goes_to_whom_and_changes_nothing(
    director: ProjectClient, cast: Cast, belongings: dict[str, Any]
) -> None:
    before = [list(model.objects.values()) for model in (User, Event, Session, Token, SavedView)]
    text = look(director, cast.manager)
    assert "Марина Белова" in text
    assert "Ученики" in text
    plan = dismissal.plan(access(cast.director), cast.manager)
    counts = {str(kind.name): number for kind, (_label, number) in zip(kinds, plan.parts, strict=True)}
    assert (counts["contact"], counts["deal"], counts["task"]) == (2, 1, 1)
    assert (plan.heir, plan.views, plan.keys, plan.parting) == (cast.head, 1, 1, ())
    assert [list(model.objects.values()) for model in (User, Event, Session, Token, SavedView)] == before
    assert "dismissal/" in director.get(f"{USERS}{cast.manager.pk}/").content.decode()


@pytest.mark.req("I06", "R4.08", "R6.02")
def test_everything_goes_to_the_head_and_nothing_stays_behind(
    director: ProjectClient, cast: Cast, belongings: dict[str, Any], project: ProjectRef
) -> None:
    theirs = ProjectClient(project).sign_in(cast.manager)
    assert confirm(director, cast, cast.manager).status_code == 302
    assert theirs.get("/").status_code == 302
    for name in ("contact", "trashed", "deal", "task"):
        assert reload(belongings[name]).responsible_id == cast.head.pk, name
    assert reload(belongings["foreign"]).responsible_id == cast.colleague.pk
    assert reload(belongings["trashed"]).is_trashed
    view = SavedView.objects.get()
    assert (view.owner, view.is_pinned) == (cast.head, False)
    gone = User.objects.get(pk=cast.manager.pk)
    assert (gone.status, gone.tokens.count(), gone.memberships.count()) == ("dismissed", 0, 0)
    assert not Share.objects.filter(principal=gone.pk).exists()
    operation = Operation.objects.get(action="user.dismissal")
    assert {event.name for event in operation.events.all()} == {
        "contact.handed_over", "deal.handed_over", "task.handed_over",
    }  # fmt: skip
    assert all(event.actor_id == cast.director.pk for event in operation.events.all())
    contact = belongings["contact"].id
    assert sight.visible_ids(access(cast.head), kinds["contact"], [contact]) == {contact}
    assert director.get(f"/deals/{belongings['deal'].id}/").status_code == 200


@pytest.mark.req("R4.08")
def test_sums_and_counts_follow_the_records(
    director: ProjectClient, cast: Cast, belongings: dict[str, Any]
) -> None:
    confirm(director, cast, cast.manager)
    assert not OwnerTotal.objects.filter(responsible_id=cast.manager.pk, number__gt=0).exists()
    stage = reload(belongings["deal"]).stage_id
    total = totals.of_stages(access(cast.head), kinds["deal"], [stage])[stage]
    assert (total.number, {code: int(sum_) for code, sum_ in total.amounts.items()}) == (1, {"RUB": 100})


@pytest.mark.req("I06")
def test_a_dismissed_heads_managers_go_to_the_director_and_part(
    director: ProjectClient, cast: Cast, belongings: dict[str, Any]
) -> None:
    contact = belongings["contact"].id
    assert sight.visible_ids(access(cast.colleague), kinds["contact"], [contact]) == {contact}
    text = look(director, cast.head)
    assert "не будут" in text
    assert cast.manager.name in text
    assert confirm(director, cast, cast.head).status_code == 302
    heads = set(User.objects.filter(login__in=["manager", "colleague"]).values_list("head_id", flat=True))
    assert heads == {cast.director.pk}
    assert sight.visible_ids(access(cast.colleague), kinds["contact"], [contact]) == set()
    assert sight.visible_ids(access(cast.director), kinds["contact"], [contact]) == {contact}


@pytest.mark.req("R4.08")
@pytest.mark.parametrize("change", ["none", "closed"])
def test_without_a_working_head_the_director_gets_everything(
    director: ProjectClient, cast: Cast, belongings: dict[str, Any], change: str
) -> None:
    if change == "none":
        User.objects.filter(pk=cast.manager.pk).update(head=None)
    else:
        User.objects.filter(pk=cast.head.pk).update(status="off")
    confirm(director, cast, User.objects.get(pk=cast.manager.pk))
    assert reload(belongings["deal"]).responsible_id == cast.director.pk


@pytest.mark.req("R4.02", "R4.04")
def test_who_may_not_be_dismissed_and_who_may_not_dismiss(
    director: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    own = director.post(f"{USERS}{cast.director.pk}/dismissal/", {"mark": ""})
    assert (own.status_code, User.objects.get(pk=cast.director.pk).status) == (403, "active")
    for person in (cast.head, cast.manager):
        client = ProjectClient(project).sign_in(person)
        assert client.get(f"{USERS}{cast.manager.pk}/dismissal/").status_code == 403
        assert client.post(f"{USERS}{cast.manager.pk}/dismissal/", {}).status_code == 403
    assert director.get(f"{USERS}1/dismissal/").status_code == 404
    assert not User.objects.filter(status="dismissed").exists()


@pytest.mark.req("I06")
def test_what_was_not_shown_is_not_done(
    director: ProjectClient, cast: Cast, belongings: dict[str, Any]
) -> None:
    mark = dismissal.plan(access(cast.director), cast.manager).mark
    make(cast.manager, "contact", first_name="Новый")
    answer = director.post(f"{USERS}{cast.manager.pk}/dismissal/", {"mark": mark})
    assert answer.status_code == 409
    assert User.objects.get(pk=cast.manager.pk).status == "active"


@pytest.mark.req("R4.08")
def test_a_failure_in_the_middle_leaves_everything_as_it_was(
    director: ProjectClient, cast: Cast, belongings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = dismissal._hand_over

    def failing(act: Any, operation: Any, kind: Any, user: Any, heir: Any) -> None:
        if kind.name == "task":
            raise RuntimeError("the power is out")
        real(act, operation, kind, user, heir)

    monkeypatch.setattr(dismissal, "_hand_over", failing)
    with pytest.raises(RuntimeError):
        dismissal.dismiss(access(cast.director), cast.manager, via="page")
    stored = User.objects.get(pk=cast.manager.pk)
    assert (stored.status, stored.tokens.count(), stored.memberships.count()) == ("active", 1, 1)
    assert reload(belongings["contact"]).responsible_id == cast.manager.pk


@pytest.mark.req("R4.08")
def test_many_records_are_handed_over_by_a_job(
    cast: Cast, belongings: dict[str, Any], project: ProjectRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dismissal, "AT_ONCE", 3)
    monkeypatch.setattr(dismissal, "CHUNK", 1)
    assert dismissal.dismiss(access(cast.director), cast.manager, via="page") == 4
    assert User.objects.get(pk=cast.manager.pk).status == "dismissed"
    assert reload(belongings["deal"]).responsible_id == cast.manager.pk
    turns.drain(project.key)
    for name in ("contact", "trashed", "deal", "task"):
        assert reload(belongings[name]).responsible_id == cast.head.pk
    assert SavedView.objects.get().owner == cast.head


@pytest.mark.req("I06")
def test_what_a_dismissed_person_still_has_can_be_handed_over_later(
    director: ProjectClient, cast: Cast, belongings: dict[str, Any]
) -> None:
    User.objects.filter(pk=cast.manager.pk).update(status="dismissed")
    stored = User.objects.get(pk=cast.manager.pk)
    assert confirm(director, cast, stored).status_code == 302
    assert reload(belongings["deal"]).responsible_id == cast.head.pk
    assert confirm(director, cast, stored).status_code == 302


@pytest.mark.req("I06", "R4.02")
def test_the_console_tells_asks_and_dismisses(cast: Cast, belongings: dict[str, Any]) -> None:
    words = ["user", "dismiss", "manager", "--project", "t1"]
    refused = CliRunner().invoke(opora, words, input="n\n")
    assert refused.exit_code == 1
    assert "Contacts: 2 -> head" in refused.output
    assert User.objects.get(pk=cast.manager.pk).status == "active"
    assert CliRunner().invoke(opora, [*words, "--yes"]).exit_code == 0
    assert reload(belongings["deal"]).responsible_id == cast.head.pk
    director = CliRunner().invoke(opora, ["user", "dismiss", "director", "--project", "t1", "--yes"])
    assert director.exit_code == 1
