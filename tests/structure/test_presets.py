"""Ready sets of roles: one choice, the rights that the other system gives, changed afterwards like any role."""

from typing import Any

import pytest

from opora.people import presets, rights
from opora.people.models import Group, GroupMember, Role, User
from opora.people.rules import All, Nothing
from opora.tenancy.context import project as entered
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import Cast, access

PRESETS = "/settings/roles/presets/"
GENERAL = {"triage", "phone.edit", "phone.see", "settings.manage", "leads.create"}


@pytest.fixture
def director(client: ProjectClient, cast: Cast) -> ProjectClient:
    return client.sign_in(cast.director)


def give(user: User, key: str) -> Any:
    User.objects.filter(pk=user.pk).update(role=Role.objects.get(key=key))
    return access(user)


def reach(found: Any, verb: str) -> str:
    """Whose contacts the verb reaches by scope: all, nobody's, or how many people's."""
    rule = rights.compiled(found, "contact", verb)
    if isinstance(rule, All | Nothing):
        return type(rule).__name__
    return str(len(rule.owner_ids() or ()))


@pytest.mark.req("U14", "N08", "I11", "O29", "T06")
@pytest.mark.parametrize(
    ("preset", "role", "see", "edit", "delete", "switches"),
    [
        ("inclient", "inclient.admin", "All", "All", "All", None),
        ("inclient", "inclient.office", "All", "All", "0", {"settings.manage", "phone.edit", "phone.see"}),
        ("crm_id", "crm_id.admin", "All", "All", "All", GENERAL),
        ("crm_id", "crm_id.user", "All", "1", "1", {"triage", "phone.edit", "phone.see", "leads.create"}),
        ("onlyoffice", "onlyoffice.admin", "All", "All", "All", GENERAL),
        (
            "onlyoffice",
            "onlyoffice.user",
            "1",
            "1",
            "1",
            {"triage", "phone.edit", "phone.see", "leads.create"},
        ),
        ("intrum", "intrum.member", "2", "1", "1", {"triage", "phone.edit", "phone.see", "leads.create"}),
        ("novacrm", "novacrm.admin", "All", "All", "All", GENERAL),
        ("novacrm", "novacrm.user", "1", "1", "1", {"triage", "phone.edit", "phone.see", "leads.create"}),
    ],
)
def test_a_set_gives_its_rights(
    director: ProjectClient,
    cast: Cast,
    preset: str,
    role: str,
    see: str,
    edit: str,
    delete: str,
    switches: Any,
) -> None:
    assert director.post(PRESETS, {"preset": preset}).status_code == 302
    group = Group.objects.create(name="Опт")
    for user in (cast.assistant, cast.stranger):
        GroupMember.objects.create(group=group, user=user)
    found = give(cast.assistant, role)
    shown = [reach(found, verb) for verb in ("see", "edit", "delete")]
    assert [one.replace("Nothing", "0") for one in shown] == [see, edit, delete]
    has = set(found.switches)
    assert switches is None or has & GENERAL == switches & GENERAL
    if switches is None:
        assert {"users.manage", "roles.manage", "tokens.manage"} <= has
    else:
        assert not has & {"users.manage", "roles.manage", "tokens.manage"}


@pytest.mark.req("T06")
def test_the_crm_manager_of_a_group_changes_its_records(director: ProjectClient, cast: Cast) -> None:
    director.post(PRESETS, {"preset": "intrum"})
    group = Group.objects.create(name="Опт")
    GroupMember.objects.create(group=group, user=cast.assistant, is_leader=True)
    GroupMember.objects.create(group=group, user=cast.stranger)
    found = give(cast.assistant, "intrum.member")
    assert reach(found, "edit") == "2"
    assert reach(give(cast.stranger, "intrum.member"), "edit") == "1"


@pytest.mark.req("O15")
def test_deals_of_the_onlyoffice_set_are_open_to_all(director: ProjectClient, cast: Cast) -> None:
    director.post(PRESETS, {"preset": "onlyoffice"})
    assert access(cast.stranger).default_shares == {"deal": "read"}


@pytest.mark.req("U14")
def test_a_set_may_be_changed_and_chosen_again(director: ProjectClient, cast: Cast) -> None:
    assert director.get(PRESETS).status_code == 200
    director.post(PRESETS, {"preset": "crm_id"})
    role = Role.objects.get(key="crm_id.user")
    sent = {"_matrix": "1", "name": str(role), "switch": [], "scope:deal:see": "none"}
    assert director.post(f"/settings/roles/{role.pk}/", sent).status_code == 302
    director.post(PRESETS, {"preset": "crm_id"})
    again = Role.objects.get(key="crm_id.user")
    assert (again.scope("deal", "see"), again.switches) == ("none", [])
    assert director.post(PRESETS, {"preset": "sap"}).status_code == 422
    with entered(director.project):
        assert Event.objects.filter(name="preset.applied").count() == 2


@pytest.mark.req("N08")
def test_a_set_gives_nobody_more_than_its_giver_has(client: ProjectClient, cast: Cast) -> None:
    role = Role.objects.create(name="Админ", switches=["roles.manage"])
    User.objects.filter(pk=cast.assistant.pk).update(role=role)
    client.sign_in(cast.assistant)
    assert client.post(PRESETS, {"preset": "inclient"}).status_code == 403
    assert not Role.objects.filter(key__startswith="inclient").exists()
    assert client.post(PRESETS, {"preset": "intrum"}).status_code == 302
    assert set(presets.presets()) == {"inclient", "crm_id", "onlyoffice", "intrum", "novacrm"}
