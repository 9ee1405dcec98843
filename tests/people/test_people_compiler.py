"""The compiler on real records: scopes, sharing, new records, keys; the filter, the check and the sentence agree."""

import random
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from opora.contacts.models import Contact
from opora.people.access import Access
from opora.people.models import (
    Branch,
    DefaultShare,
    Department,
    Group,
    GroupMember,
    Role,
    Share,
    Status,
    User,
)
from opora.people.rights import allows, compiled, may, shares_of, visible
from opora.people.rules import All, Nothing, OwnerIn
from opora.people.scopes import Scope, uniform
from opora.people.why import why
from tests.people import Cast, access

KIND = "contact"
Give = Callable[..., Access]


def contact(owner: User | None, **more: object) -> Contact:
    return Contact.objects.create(
        title="К", responsible=owner, created_at=timezone.now(), updated_at=timezone.now(), **more
    )


def share(record: Contact, whom: User | Group, level: str = "read") -> Share:
    kind = Share.GROUP if isinstance(whom, Group) else Share.USER
    return Share.objects.create(
        kind=KIND, record_id=record.id, principal_type=kind, principal=whom.pk, level=level
    )


def sees(viewer: Access, record: Contact, verb: str = "see") -> bool:
    """The filter, asked for one record; the check of the loaded record must say the same."""
    found = Contact.objects.filter(visible(viewer, KIND, verb), pk=record.pk).exists()
    assert allows(viewer, KIND, verb, record) is found
    return found


@pytest.fixture
def give(cast: Cast) -> Give:
    """Gives the manager a role of these scopes and returns his rights."""

    def with_scope(
        scope: Scope, switches: tuple[str, ...] = (), leader: bool = False, **verbs: Scope
    ) -> Access:
        role = Role.objects.create(name="особая", scopes=uniform(scope, **verbs), switches=list(switches))
        if leader:
            role.leader_scopes = uniform(Scope.GROUP)
            role.save()
        User.objects.filter(pk=cast.manager.pk).update(role=role)
        return access(cast.manager)

    return with_scope


@pytest.mark.req("R4.01")
def test_the_filter_of_every_person_is_the_table_of_the_hierarchy(cast: Cast) -> None:
    records = {user.login: contact(user) for user in cast.all()}
    everybody = set(records)
    seen = {
        user.login: {login for login, record in records.items() if sees(access(user), record)}
        for user in cast.all()
    }
    assert seen == {
        "director": everybody,
        "head": {"head", "manager", "colleague"},
        "manager": {"manager", "colleague"},
        "colleague": {"manager", "colleague"},
        "other_head": {"other_head", "stranger"},
        "stranger": {"stranger"},
        "assistant": {"assistant"},
        "second_assistant": {"second_assistant"},
    }


@pytest.mark.req("R4.01")
def test_a_manager_sees_the_team_and_edits_only_his_own(cast: Cast) -> None:
    viewer = access(cast.manager)
    assert sees(viewer, contact(cast.colleague))
    assert not sees(viewer, contact(cast.colleague), "edit")
    assert sees(viewer, contact(cast.manager), "edit")
    assert not may(viewer, KIND, "export")


@pytest.mark.req("I01")
@pytest.mark.parametrize("status", [Status.OFF, Status.DISMISSED, Status.ACTIVATION])
def test_who_may_not_enter_reaches_nothing(cast: Cast, status: str) -> None:
    User.objects.update(status=status)
    for user in (cast.director, cast.manager):
        assert isinstance(compiled(access(user), KIND), Nothing)
        assert not may(access(user), KIND, "create")


@pytest.mark.req("T06")
def test_the_group_scope_reaches_the_members_of_my_groups(cast: Cast, give: Give) -> None:
    sales, other = Group.objects.create(name="Продажи"), Group.objects.create(name="Тендеры")
    for group, user in ((sales, cast.manager), (sales, cast.stranger), (other, cast.assistant)):
        GroupMember.objects.create(group=group, user=user)
    viewer = give(Scope.GROUP)
    assert sees(viewer, contact(cast.stranger))
    assert not sees(viewer, contact(cast.colleague))
    assert not sees(viewer, contact(cast.assistant))


@pytest.mark.req("T06")
def test_a_leader_reaches_his_group_and_a_member_does_not(cast: Cast, give: Give) -> None:
    group = Group.objects.create(name="Продажи")
    GroupMember.objects.create(group=group, user=cast.stranger)
    membership = GroupMember.objects.create(group=group, user=cast.manager)
    record = contact(cast.stranger)
    assert not sees(give(Scope.OWN, leader=True), record)
    GroupMember.objects.filter(pk=membership.pk).update(is_leader=True)
    assert sees(access(cast.manager), record)


@pytest.mark.req("T02")
def test_the_department_scope_reaches_what_is_below_and_nothing_beside(cast: Cast, give: Give) -> None:
    top = Department.objects.create(name="Продажи", path="/1/")
    below = Department.objects.create(name="Крупные", path="/1/2/", parent=top)
    beside = Department.objects.create(name="Монтаж", path="/12/")
    for user, department in ((cast.manager, top), (cast.stranger, below), (cast.assistant, beside)):
        User.objects.filter(pk=user.pk).update(department=department)
    viewer = give(Scope.DEPARTMENT)
    assert sees(viewer, contact(cast.stranger))
    assert not sees(viewer, contact(cast.assistant))
    User.objects.filter(pk=cast.manager.pk).update(department=below)
    User.objects.filter(pk=cast.stranger.pk).update(department=top)
    assert not sees(access(cast.manager), contact(cast.stranger))


@pytest.mark.req("T02")
def test_the_branch_scope_reaches_the_branch(cast: Cast, give: Give) -> None:
    kazan = Branch.objects.create(name="Казань")
    User.objects.filter(pk__in=[cast.manager.pk, cast.stranger.pk]).update(branch=kazan)
    viewer = give(Scope.BRANCH)
    assert sees(viewer, contact(cast.stranger))
    assert not sees(viewer, contact(cast.colleague))


@pytest.mark.req("N11")
def test_new_records_are_seen_and_taken_by_those_who_take_them(cast: Cast, give: Give) -> None:
    record = contact(None)
    without = give(Scope.OWN)
    assert not sees(without, record)
    assert not sees(without, record, "take")
    viewer = give(Scope.OWN, ("triage",))
    assert sees(viewer, record)
    assert sees(viewer, record, "take")
    assert not sees(viewer, record, "edit")
    assert not sees(viewer, contact(cast.stranger), "take")


@pytest.mark.req("R4.06", "O07")
def test_sharing_adds_reading_or_writing_and_stops_at_once(cast: Cast, give: Give) -> None:
    record, viewer = contact(cast.stranger), give(Scope.OWN)
    row = share(record, cast.manager)
    assert sees(viewer, record)
    assert not sees(viewer, record, "edit")
    Share.objects.filter(pk=row.pk).update(level="write")
    assert sees(viewer, record, "edit")
    assert not sees(viewer, record, "delete")
    row.delete()
    assert not sees(viewer, record)


@pytest.mark.req("O07")
def test_a_record_shared_with_a_group_is_seen_by_its_members(cast: Cast, give: Give) -> None:
    group, record = Group.objects.create(name="Продажи"), contact(cast.stranger)
    share(record, group)
    assert not sees(give(Scope.OWN), record)
    GroupMember.objects.create(group=group, user=cast.manager)
    assert sees(access(cast.manager), record)


def test_a_share_of_another_kind_with_the_same_id_opens_nothing(cast: Cast, give: Give) -> None:
    record = contact(cast.stranger)
    Share.objects.create(
        kind="deal", record_id=record.id, principal_type="user", principal=cast.manager.pk, level="write"
    )
    assert not sees(give(Scope.OWN), record)


@pytest.mark.req("O07", "O15", "R4.06")
def test_a_record_open_to_everyone_is_read_or_written_by_all(cast: Cast, give: Give) -> None:
    viewer = give(Scope.OWN)
    read, written = contact(cast.stranger, access="read"), contact(cast.stranger, access="write")
    assert [sees(viewer, read), sees(viewer, read, "edit")] == [True, False]
    assert [sees(viewer, written), sees(viewer, written, "edit")] == [True, True]


@pytest.mark.req("O15", "R4.06")
def test_the_default_share_of_the_kind_holds_until_a_record_is_limited(cast: Cast, give: Give) -> None:
    record = contact(cast.stranger, access="")
    assert not sees(give(Scope.OWN), record)
    DefaultShare.objects.create(kind=KIND, level="read")
    viewer = access(cast.manager)
    assert [sees(viewer, record), sees(viewer, record, "edit")] == [True, False]
    Contact.objects.filter(pk=record.pk).update(access="none")
    record.refresh_from_db()
    assert not sees(viewer, record)


def test_no_verb_reaches_further_than_seeing(cast: Cast, give: Give) -> None:
    viewer = give(Scope.OWN, edit=Scope.ALL, delete=Scope.TEAM)
    assert not sees(viewer, contact(cast.stranger), "edit")
    assert not sees(viewer, contact(cast.colleague), "delete")
    assert sees(viewer, contact(cast.manager), "delete")


def test_scope_all_is_no_filter_and_none_is_nothing(cast: Cast, give: Give) -> None:
    assert compiled(give(Scope.ALL), KIND) == All()
    assert compiled(give(Scope.ALL), KIND).owner_ids() is None
    assert compiled(give(Scope.OWN), KIND, "delete") == OwnerIn(frozenset({cast.manager.pk}), Scope.OWN)
    assert compiled(give(Scope.NONE), KIND, "delete") == Nothing()


def test_a_role_speaks_of_every_verb_and_of_one_kind_before_all_kinds(cast: Cast, give: Give) -> None:
    viewer = give(Scope.ALL)
    assert [may(viewer, KIND, verb) for verb in ("see", "create", "edit", "delete", "export")] == [True] * 5
    role = Role.objects.create(
        name="своя", scopes={KIND: {"see": "own"}, **uniform(Scope.ALL, export=Scope.NONE)}
    )
    User.objects.filter(pk=cast.manager.pk).update(role=role)
    viewer = access(cast.manager)
    assert [viewer.scope(KIND, verb) for verb in ("see", "edit", "export")] == [
        Scope.OWN,
        Scope.ALL,
        Scope.NONE,
    ]
    assert viewer.scope(KIND, "сжечь") == Scope.NONE
    assert not sees(viewer, contact(cast.colleague))
    assert sees(viewer, contact(cast.manager))


def test_a_role_that_reaches_nothing_still_sees_what_is_shared_or_open(cast: Cast, give: Give) -> None:
    viewer, shared = give(Scope.NONE), contact(cast.stranger)
    share(shared, cast.manager)
    assert sees(viewer, shared)
    assert sees(viewer, contact(cast.stranger, access="read"))
    assert not sees(viewer, contact(cast.manager))
    assert Nothing() not in list(compiled(viewer, KIND).parts())


def test_a_rule_names_the_people_whose_records_it_reaches(cast: Cast, give: Give) -> None:
    team = frozenset({cast.manager.pk, cast.colleague.pk})
    assert compiled(access(cast.manager), KIND).owner_ids() == team
    assert compiled(access(cast.manager), KIND, "delete").owner_ids() == {cast.manager.pk}
    nothing = compiled(give(Scope.NONE), KIND, "delete")
    assert nothing.owner_ids() == frozenset()
    assert nothing.holds(contact(cast.manager)) is False
    assert compiled(give(Scope.NONE), KIND).owner_ids() == frozenset()


@pytest.mark.req("R6.09")
def test_a_key_has_less_than_its_owner_never_more(cast: Cast) -> None:
    record, director = contact(cast.stranger), access(cast.director)
    leads, read, write = (director.narrowed([scope]) for scope in ("leads", "read", "write"))
    assert not sees(leads, record)
    assert leads.has("leads.create")
    assert not read.has("leads.create")
    assert [sees(read, record), sees(read, record, "edit"), may(read, KIND, "create")] == [True, False, False]
    assert [sees(write, record, "edit"), may(write, KIND, "export"), write.has("users.manage")] == [
        True,
        False,
        False,
    ]
    own = access(cast.manager).narrowed(["admin", "export", "write"])
    assert not sees(own, record)
    assert not own.has("users.manage")
    assert not may(own, KIND, "export")


@pytest.mark.req("R2.08")
def test_rights_cost_at_most_two_queries(cast: Cast, give: Give) -> None:
    give(Scope.GROUP, leader=True)
    group = Group.objects.create(name="Г")
    GroupMember.objects.create(group=group, user=cast.manager, is_leader=True)
    user = User.objects.get(pk=cast.manager.pk)
    with CaptureQueriesContext(connection) as asked:
        Access.of(user)
    assert len(asked) == 2


@pytest.mark.req("R2.08")
def test_what_a_records_own_columns_decide_costs_no_query(cast: Cast) -> None:
    mine, theirs = contact(cast.manager), contact(cast.stranger)
    manager, director = access(cast.manager), access(cast.director)
    with CaptureQueriesContext(connection) as asked:
        assert allows(manager, KIND, "delete", mine)
        assert allows(director, KIND, "see", theirs)
        assert not allows(Access.nobody(), KIND, "see", theirs)
    assert not asked.captured_queries


def test_filter_and_check_agree_on_random_records_and_roles(cast: Cast) -> None:
    dice = random.Random(7)
    group = Group.objects.create(name="Г")
    for user in dice.sample(cast.all(), 3):
        GroupMember.objects.create(group=group, user=user, is_leader=dice.random() < 0.5)
    records = [
        contact(dice.choice([None, *cast.all()]), access=dice.choice(["", "none", "none", "read", "write"]))
        for _turn in range(30)
    ]
    for record in dice.sample(records, 12):
        share(record, dice.choice([group, *cast.all()]), dice.choice(["read", "write"]))
    for viewer in random_viewers(dice, cast):
        for verb in ("see", "edit", "delete", "export", "take"):
            found = set(Contact.objects.filter(visible(viewer, KIND, verb)).values_list("pk", flat=True))
            held = {
                one.pk for one in records if compiled(viewer, KIND, verb).holds(one, shares_of(KIND, one.pk))
            }
            assert found == held
            seen = set(Contact.objects.filter(visible(viewer, KIND)).values_list("pk", flat=True))
            assert found <= seen or verb == "take"


def random_viewers(dice: random.Random, cast: Cast) -> Iterator[Access]:
    for user in cast.all():
        scopes = {KIND: {verb: str(dice.choice(list(Scope))) for verb in ("see", "edit", "delete", "export")}}
        role = Role.objects.create(
            name="р",
            scopes=scopes,
            leader_scopes=uniform(Scope.GROUP),
            switches=dice.choice([[], ["triage"]]),
        )
        User.objects.filter(pk=user.pk).update(role=role)
        yield access(user)
        yield access(user).narrowed(dice.sample(["read", "write", "export"], 2))


@pytest.mark.req("I03", "R4.06")
def test_one_sentence_says_why_a_record_is_seen(cast: Cast, give: Give) -> None:
    team, new, open_one = contact(cast.colleague), contact(None), contact(cast.stranger, access="read")
    viewer = access(cast.manager)
    with translation.override("en"):
        role = str(Role.objects.get(key="manager"))
        assert why(viewer, KIND, team) == (
            f"Жанна Щукина sees it: Тимур Валеев is responsible, and the role “{viewer.role_name}” "
            "reaches the records of the team."
        )
        assert role == "Manager"
        assert why(viewer, KIND, contact(cast.manager)) == "Жанна Щукина sees it as the person responsible."
        assert "nobody is responsible yet" in why(viewer, KIND, new)
        assert "open to everyone" in why(viewer, KIND, open_one)
        assert "the director sees everything" in why(access(cast.director), KIND, team)
        group = Group.objects.create(name="Скидки 5 %")
        GroupMember.objects.create(group=group, user=cast.manager)
        closed = contact(cast.stranger)
        assert "is not in the same team" in why(access(cast.manager), KIND, closed)
        share(closed, group)
        assert "shared with the group “Скидки 5 %”" in why(access(cast.manager), KIND, closed)
        assert "does not open this kind" in why(give(Scope.NONE), KIND, contact(cast.head))


@pytest.mark.req("I03")
def test_the_sentence_speaks_the_readers_language(cast: Cast) -> None:
    with translation.override("ru"):
        assert why(access(cast.manager), KIND, contact(cast.stranger)) == (
            "Жанна Щукина не видит запись: ответственный — Дилноза Рахимова, а это другая команда."
        )
