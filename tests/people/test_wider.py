"""Who sees a limited record by role: the very people the compiler lets through by scope (R4.06)."""

from dataclasses import dataclass
from typing import Any

import pytest

from opora.people.models import Branch, Department, Group, GroupMember, ModuleGate, Role, User
from opora.people.rights import compiled
from opora.people.rules import Everyone, SharedWith
from opora.people.scopes import Scope, uniform
from opora.people.wider import wider
from tests.people import Cast, access

pytestmark = pytest.mark.req("R4.06", "R4.03")
SETTINGS: dict[str, dict[str, Any]] = {
    "as they are": {},
    "all": {"scopes": uniform(Scope.ALL)},
    "own": {"scopes": uniform(Scope.OWN)},
    "group": {"scopes": uniform(Scope.GROUP)},
    "department": {"scopes": uniform(Scope.DEPARTMENT)},
    "branch": {"scopes": uniform(Scope.BRANCH)},
    "leading": {"scopes": uniform(Scope.OWN), "leader_scopes": uniform(Scope.GROUP)},
    "no new ones": {"switches": []},
}


@dataclass
class Row:
    """A limited record."""

    responsible_id: int | None
    id: int = 1
    access: str = "none"


@pytest.fixture
def places(cast: Cast) -> None:
    """A tree of two departments, a branch, and a group with a leader."""
    top = Department.objects.create(id=1, name="Продажи", path="/1/", head=cast.second_assistant)
    below = Department.objects.create(id=2, name="Розница", path="/1/2/", parent=top)
    branch = Branch.objects.create(name="Казань")
    group = Group.objects.create(name="Опт")
    User.objects.filter(pk=cast.head.pk).update(department=top, branch=branch)
    User.objects.filter(pk__in=[cast.manager.pk, cast.stranger.pk]).update(department=below, branch=branch)
    for user in (cast.manager, cast.stranger, cast.assistant):
        GroupMember.objects.create(group=group, user=user, is_leader=user == cast.assistant)


def by_scope(user: User, record: Row) -> bool:
    """Whether the compiler lets the person through by anything but sharing."""
    parts = compiled(access(user), "contact").parts()
    return any(part.holds(record) for part in parts if not isinstance(part, Everyone | SharedWith))


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_card_names_the_roles_of_those_the_compiler_lets_through(
    cast: Cast, places: None, setting: str
) -> None:
    Role.objects.exclude(key="director").update(**SETTINGS[setting])
    User.objects.filter(pk=cast.colleague.pk).update(status="dismissed")
    for owner in (None, *cast.all()):
        record = Row(owner.pk if owner else None)
        told = {person for line in wider("contact", record) for person in line.people}
        found = {user.pk for user in cast.all() if by_scope(user, record)} - {record.responsible_id}
        assert told == found, owner


@pytest.mark.req("O30")
def test_a_module_that_is_closed_is_closed_by_role_too(cast: Cast, places: None) -> None:
    Role.objects.exclude(key="director").update(scopes=uniform(Scope.ALL))
    gate = ModuleGate.objects.create(kind="contact", opened=ModuleGate.CHOSEN)
    gate.guests.create(principal=cast.head.pk)
    gate.guests.create(principal=Group.objects.get().pk)
    record = Row(cast.manager.pk)
    told = {person for line in wider("contact", record) for person in line.people}
    assert told == {cast.director.pk, cast.head.pk, cast.stranger.pk, cast.assistant.pk}
    ModuleGate.objects.update(opened=ModuleGate.NOBODY)
    assert wider("contact", record) == []
