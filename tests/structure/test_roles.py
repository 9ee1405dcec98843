"""Settings › "Роли", as a director and an administrator use them (U14, N08)."""

import re
from typing import Any

import pytest

from opora.kit.errors import Forbidden
from opora.people import roles
from opora.people.models import Role, User
from opora.people.scopes import Scope, uniform
from opora.records import sight
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.structure import matrix, whatif
from opora.tenancy.context import project as entered
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("U14")
ROLES = "/settings/roles/"


@pytest.fixture
def director(client: ProjectClient, cast: Cast) -> ProjectClient:
    return client.sign_in(cast.director)


@pytest.fixture
def role(cast: Cast) -> Role:
    return Role.objects.get(key="manager")


@pytest.fixture
def admin(client: ProjectClient, cast: Cast) -> ProjectClient:
    """Manages roles and nothing else of authorisation."""
    role = Role.objects.create(name="Админ", scopes=uniform(Scope.ALL), switches=["roles.manage"])
    User.objects.filter(pk=cast.assistant.pk).update(role=role)
    return client.sign_in(cast.assistant)


def made(user: Any, kind: str, title: str) -> Any:
    return perform(
        "create",
        kinds[kind],
        Act(access(user)),
        values={"first_name" if kind == "contact" else "title": title},
    ).record


def form(role: Role, **changed: str) -> dict[str, Any]:
    """What the page's form sends, with some rights changed; `__` in a name stands for `:`."""
    sent: dict[str, Any] = {"_matrix": "1", "name": str(role), "switch": list(role.switches)}
    return sent | {name.replace("__", ":"): value for name, value in changed.items()}


def test_a_changed_role_acts_on_the_next_request(director: ProjectClient, cast: Cast, role: Role) -> None:
    contact = made(cast.stranger, "contact", "Кафе «Турист»")
    other = ProjectClient(director.project).sign_in(cast.manager)
    assert other.get(f"/contacts/{contact.pk}/").status_code == 404
    answer = director.post(f"{ROLES}{role.pk}/", form(role, scope__contact__see="all"))
    assert answer.status_code == 302
    assert other.get(f"/contacts/{contact.pk}/").status_code == 200
    with entered(director.project):
        event = Event.objects.get(name="role.changed")
        assert event.changes == {"contact.see": ["team", "all"]}
        assert event.actor_id == cast.director.pk
    page = director.get(f"{ROLES}{role.pk}/").content.decode()
    assert '<option value="all" selected>' in page


@pytest.mark.req("N08")
def test_rights_of_authorisation_are_given_only_by_who_has_them(
    admin: ProjectClient, cast: Cast, role: Role
) -> None:
    page = admin.get(f"{ROLES}{role.pk}/")
    assert page.status_code == 200
    answer = admin.post(f"{ROLES}{role.pk}/", form(role) | {"switch": ["users.manage"]})
    assert answer.status_code == 403
    assert admin.post(f"{ROLES}{role.pk}/", form(role) | {"switch": ["triage"]}).status_code == 302
    head = Role.objects.get(key="head")
    kept = {"switch": ["triage"], "locked": ["users.team"]}
    assert admin.post(f"{ROLES}{head.pk}/", form(head) | kept).status_code == 302
    assert set(Role.objects.get(pk=head.pk).switches) == {"triage", "users.team"}
    forged = {"switch": [], "locked": ["users.manage"]}
    assert admin.post(f"{ROLES}{role.pk}/", form(role) | forged).status_code == 302
    assert Role.objects.get(pk=role.pk).switches == []


@pytest.mark.req("I02", "R4.02")
def test_nobody_limits_the_director(director: ProjectClient, cast: Cast) -> None:
    role = Role.objects.get(key="director")
    answer = director.post(f"{ROLES}{role.pk}/", form(role, scope__contact__see="none"))
    assert answer.status_code == 403
    assert Role.objects.get(pk=role.pk).scopes == role.scopes


@pytest.mark.parametrize("sent", [{"name": " "}, {"name": "Head"}, {"scope:contact:see": "galaxy"}])
def test_a_wrong_form_is_refused_and_kept(director: ProjectClient, role: Role, sent: dict[str, str]) -> None:
    Role.objects.create(name="Head")
    assert director.post(f"{ROLES}{role.pk}/", form(role) | sent).status_code == 422
    assert Role.objects.get(pk=role.pk).scopes == role.scopes


def test_what_would_change_is_told_person_by_person(director: ProjectClient, cast: Cast, role: Role) -> None:
    made(cast.stranger, "contact", "Отель «Регистан»")
    made(cast.colleague, "contact", "Пекарня «Утро»")
    sent = form(role, scope__contact__see="own")
    answer = director.post(f"{ROLES}{role.pk}/changes/", sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Жанна Щукина" in page
    assert "Пекарня «Утро»" in page
    assert "Отель" not in page
    assert "−1" in page
    assert Role.objects.get(pk=role.pk).scopes == role.scopes
    wide = director.post(
        f"{ROLES}{role.pk}/changes/", form(role, scope__contact__see="all"), headers={"HX-Request": "true"}
    ).content.decode()
    assert "<dialog" in wide
    assert "Отель «Регистан»" in wide
    assert "+1" in wide


@pytest.mark.parametrize("scope", ["none", "own", "team", "all"])
def test_the_numbers_are_those_of_the_change(
    director: ProjectClient, cast: Cast, role: Role, scope: str
) -> None:
    for user in cast.all():
        made(user, "contact", user.name)
        made(user, "deal", user.name)
    after = roles.applied(role, roles.RoleDraft(role.name, {}, uniform(Scope(scope)), {}, frozenset()))
    people = roles.people_of(role)
    before = {person.pk: _seen(person) for person in people}
    found = whatif.effects(access(cast.director), people, after, matrix.own_kinds())
    Role.objects.filter(pk=role.pk).update(scopes=after.scopes, switches=[])
    for effect in found:
        now = _seen(effect.person)
        for shift in effect.shifts:
            old, new = before[effect.person.pk][shift.kind.name], now[shift.kind.name]
            assert (shift.gained, shift.lost) == (len(new - old), len(old - new))


@pytest.mark.req("R2.06")
def test_who_sees_few_records_counts_only_those(client: ProjectClient, cast: Cast, role: Role) -> None:
    keeper = Role.objects.create(name="Хранитель", scopes=uniform(Scope.OWN), switches=["roles.manage"])
    User.objects.filter(pk=cast.assistant.pk).update(role=keeper)
    own, hidden = made(cast.assistant, "contact", "Пекарня «Утро»"), "Отель «Регистан»"
    client.sign_in(cast.assistant)
    sent = form(role, scope__contact__see="all")

    def told() -> str:
        return str(client.post(f"{ROLES}{role.pk}/changes/", sent).content.decode())

    before = told()
    assert "+1" in before
    assert own.title in before
    assert "Считаются только записи, которые видите вы" in before
    for _time in range(2):
        made(cast.stranger, "contact", hidden)
    after = told()
    assert hidden not in after
    assert re.findall(r'class="(?:gain|loss)">[^<]*', after) == re.findall(
        r'class="(?:gain|loss)">[^<]*', before
    )
    director = client.sign_in(cast.director)
    assert "Считаются только" not in director.post(f"{ROLES}{role.pk}/changes/", sent).content.decode()


def _seen(user: User) -> dict[str, set[int]]:
    return {
        kind.name: set(sight.visible(access(user), kind).values_list("pk", flat=True))
        for kind in kinds
        if not kind.seen_through
    }


def test_a_role_is_added_copied_and_removed(director: ProjectClient, cast: Cast, role: Role) -> None:
    answer = director.post(f"{ROLES}new/?from={role.pk}", {"name": "Монтажник"})
    assert answer.status_code == 302
    copy = Role.objects.get(name="Монтажник")
    assert (copy.scopes, set(copy.switches), copy.key) == (role.scopes, set(role.switches), "")
    User.objects.filter(pk=cast.manager.pk).update(role=copy)
    assert director.post(f"{ROLES}{copy.pk}/removal/").status_code == 422
    User.objects.filter(pk=cast.manager.pk).update(role=role)
    assert director.post(f"{ROLES}{copy.pk}/removal/").status_code == 302
    assert director.post(f"{ROLES}{role.pk}/removal/").status_code == 422
    assert not Role.objects.filter(pk=copy.pk).exists()


def test_who_may_not_manage_roles_finds_no_trace_of_them(
    client: ProjectClient, cast: Cast, role: Role
) -> None:
    client.sign_in(cast.head)
    assert client.get(ROLES).status_code == 403
    assert client.post(f"{ROLES}{role.pk}/", form(role)).status_code == 403
    assert "/settings/roles/" not in client.get("/settings/users/").content.decode()
    with pytest.raises(Forbidden):
        roles.remove(access(cast.head), role.pk, via="page")
