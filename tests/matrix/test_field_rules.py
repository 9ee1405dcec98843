"""The field matrix (R15.04): what is filled once, by the system, or with a right of its own, on every road of writing."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from opora.contacts.models import Contact
from opora.kit.errors import Refusal
from opora.people.models import Role
from opora.people.tokens import issue
from opora.records import bulk, definitions
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import OwnField, Process, Stage
from opora.records.operations import Act
from tests.clients import ProjectClient
from tests.matrix.places import new
from tests.people import Cast, access

CONTACT = kinds["contact"]
PHONE, OTHER_PHONE = "+7 843 000-27-16", "+7 917 000-48-21"


@dataclass(frozen=True)
class Scene:
    """A filled record of the manager, another one with another value, and the browser of the manager."""

    client: ProjectClient
    cast: Cast
    record: Contact
    other: Contact
    name: str

    def stored(self, record: Contact | None = None) -> Any:
        found = Contact.objects.get(pk=(record or self.record).pk)
        return definitions.current().fields("contact")[self.name].get(found)

    def act(self) -> Act:
        return Act(access(self.cast.manager))


def stages() -> list[Stage]:
    process = Process.objects.create(kind="contact", name="Клиенты")
    made = [
        Stage.objects.create(process=process, name=name, group=group, position=at)
        for at, (name, group) in enumerate({"Новый": "new", "Разговор": "work"}.items())
    ]
    definitions.changed()
    return made


def field(rule: str, first: Stage) -> tuple[str, dict[str, str], dict[str, str]]:
    """The name of a field under the rule, and what two records are made with."""
    if rule == "phone":
        return "phones", {"phones": PHONE}, {"phones": OTHER_PHONE}
    if rule == "once":
        made = OwnField.objects.create(kind="contact", type="text", label="№", is_one_time=True)
        definitions.changed()
        return made.name, {made.name: "118"}, {made.name: "119"}
    made = OwnField.objects.create(kind="contact", type="number", label="№", is_auto=True, auto_at=first)
    definitions.changed()
    return made.name, {}, {}


@pytest.fixture(params=["once", "auto", "phone"])
def scene(request: pytest.FixtureRequest, client: ProjectClient, cast: Cast, no_counts: None) -> Scene:
    first, _second = stages()
    name, one, two = field(request.param, first)
    record = new(cast.manager, "contact", first_name="Артём", **one)
    other = new(cast.manager, "contact", first_name="Борис", **two)
    role = Role.objects.get(pk=cast.manager.role_id)
    role.switches = [switch for switch in role.switches if switch != "phone.edit"]
    role.scopes = {"*": dict.fromkeys(("see", "create", "edit", "delete"), "own")}
    role.save()
    return Scene(client.sign_in(cast.manager), cast, record, other, name)


def cell(scene: Scene, value: str) -> bool:
    path = f"/contacts/{scene.record.pk}/fields/{scene.name}/?as=cell"
    return scene.client.post(path, {scene.name: value}).status_code in (403, 422)


def page(scene: Scene, value: str) -> bool:
    path = f"/contacts/{scene.record.pk}/fields/{scene.name}/"
    return scene.client.post(path, {scene.name: value}).status_code in (403, 422)


def api(scene: Scene, value: str) -> bool:
    body, key = json.dumps({scene.name: value}), issue(scene.cast.manager, ["write"])[1]
    client = ProjectClient(scene.client.project)
    answer = client.generic(
        "PATCH",
        f"/api/v1/contacts/{scene.record.pk}",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    return answer.status_code in (403, 422)


def many(scene: Scene, value: str) -> bool:
    result = bulk.Result()
    bulk.run("edit", CONTACT, scene.act(), [scene.record.pk], {"values": {scene.name: value}}, result)
    return (result.changed, result.failed + result.skipped) == (0, 1)


def move(scene: Scene, value: str) -> bool:
    stage = Stage.objects.get(name="Разговор")
    form = {"stage": stage.pk, scene.name: value}
    status = scene.client.post(f"/contacts/{scene.record.pk}/stage/", form).status_code
    return status in (403, 422) or scene.record.stage_id != stage.pk


def by_import(scene: Scene, value: str) -> bool:
    """What comes from another program without a person at the screen: required fields may lack, rules hold."""
    act = Act(access(scene.cast.manager), via="import", is_soft=True)
    try:
        perform("edit", CONTACT, act, [scene.record.pk], values={scene.name: value})
    except Refusal:
        return True
    return False


def lead(scene: Scene, value: str) -> bool:
    """A lead of the same client makes a record of its own or a note; it never writes into one that stands."""
    key = issue(scene.cast.head, ["leads"])[1]
    body = {"name": "Артём", "phone": PHONE, scene.name: value or "7"}
    answer = ProjectClient(scene.client.project).post(
        "/api/v1/leads", body, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code == 201, answer.content.decode()
    return True


def merge(scene: Scene, value: str) -> bool:
    """The other's value is chosen by name: the target keeps its own, or the merge is refused."""
    take = {scene.name: str(scene.other.pk)}
    try:
        perform("merge", CONTACT, scene.act(), [scene.record.pk], sources=[str(scene.other.pk)], take=take)
    except Refusal:
        return True
    return bool(Contact.objects.get(pk=scene.other.pk).trashed_at)


ROADS: Mapping[str, Callable[[Scene, str], bool]] = {
    "cell": cell,
    "page": page,
    "api": api,
    "bulk": many,
    "move": move,
    "import": by_import,
    "lead": lead,
    "merge": merge,
}


@pytest.mark.req("R15.04", "R5.01", "R5.03", "R5.04", "R5.05", "U06", "U07", "U10")
@pytest.mark.parametrize("road", ROADS)
def test_no_road_writes_over_it_or_empties_it(road: str, scene: Scene) -> None:
    before = scene.stored()
    assert before not in (None, [], "")
    for value in ("7788", ""):
        assert ROADS[road](scene, value), value
        assert scene.stored() == before, value
        if road in ("lead", "merge"):
            return
