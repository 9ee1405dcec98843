"""«Не клиент»: out of every list, search, count and call block, found by its own filter, and brought back (N20)."""

from typing import Any

import pytest

from opora.kit.errors import Forbidden, NotFound
from opora.people.models import User
from opora.records import definitions, sight, totals
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import Process, Stage
from opora.records.operations import Act
from opora.records.search import search
from opora.records.undo import undo
from opora.shell import counted
from opora.shell.day import Day
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.contacts.conftest import Make, new, text_of
from tests.people import Cast, access

pytestmark = pytest.mark.req("N20")
CONTACT = kinds["contact"]


def do(user: User, verb: str, contact: Any, **sent: Any) -> Any:
    return perform(verb, CONTACT, Act(access(user)), [contact.id], **sent)


def listed(client: ProjectClient, view: str = "") -> str:
    return text_of(client.get(f"/contacts/?view={view}" if view else "/contacts/"))


def stages() -> dict[str, Stage]:
    """A process whose last stage takes out of all lists."""
    process = Process.objects.create(kind="contact", name="Клиенты")
    made = {
        name: Stage.objects.create(process=process, name=name, group=group, takes_out=name == "Не клиент")
        for name, group in (("Новый", "new"), ("Отказ", "lost"), ("Не клиент", "lost"))
    }
    definitions.changed()
    return made


def counted_in(user: User, stage: dict[str, Stage]) -> int:
    found = totals.of_stages(access(user), CONTACT, [one.id for one in stage.values()])
    return sum(total.number for total in found.values())


def test_who_is_no_client_stands_in_its_own_filter_alone(cast: Cast, client: ProjectClient) -> None:
    contact = new(cast.manager, first_name="Ватрушкин", phones="+79170004821")
    client.sign_in(cast.manager)
    assert "Ватрушкин" in listed(client)
    assert client.post(f"/contacts/{contact.id}/aside/").status_code == 302
    reader = access(cast.manager)
    assert "Ватрушкин" not in listed(client)
    assert "Ватрушкин" not in listed(client, "trash")
    assert "Ватрушкин" in listed(client, "aside")
    assert [search(reader, words) for words in ("Ватрушкин", "0004821")] == [[], []]
    assert f"/contacts/{contact.id}/" not in text_of(client.get("/search/?q=Ватрушкин"))
    assert not sight.visible(reader, CONTACT).exists()
    card = text_of(client.get(f"/contacts/{contact.id}/"))
    assert "Не клиент с" in card
    assert f"/contacts/{contact.id}/restoration/" not in card
    client.post(f"/contacts/{contact.id}/return/")
    assert "Ватрушкин" in listed(client)
    assert "Ватрушкин" not in listed(client, "aside")
    assert [hit.record.id for hit in search(reader, "Ватрушкин")] == [contact.id]


def test_being_no_client_is_undone_like_any_act(cast: Cast) -> None:
    contact = new(cast.manager)
    done = do(cast.manager, "set_aside", contact)
    undo(Act(access(cast.manager)), done.undo_id)
    contact.refresh_from_db()
    assert (contact.is_aside, contact.trashed_at, contact.aside_at) == (False, None, None)


def test_the_program_reads_who_is_no_client_apart(cast: Cast, program: Make) -> None:
    contact = new(cast.manager)
    api = program(cast.manager)
    answer = api("POST", f"contacts/{contact.id}/set_aside", {}).json()
    assert (bool(answer["aside_at"]), answer["trashed_at"]) == (True, None)
    assert api("GET", "contacts").json()["items"] == []
    assert api("GET", "contacts?trashed=true").json()["items"] == []
    assert [one["id"] for one in api("GET", "contacts?aside=true").json()["items"]] == [str(contact.id)]
    assert api("POST", f"contacts/{contact.id}/bring_back", {}).json()["aside_at"] is None
    assert len(api("GET", "contacts").json()["items"]) == 1


def test_a_stage_takes_out_and_another_brings_back(cast: Cast) -> None:
    stage = stages()
    contact = new(cast.manager)
    assert counted_in(cast.manager, stage) == 1
    do(cast.manager, "move", contact, stage=str(stage["Не клиент"].id))
    contact.refresh_from_db()
    assert contact.is_aside
    assert counted_in(cast.manager, stage) == 0
    do(cast.manager, "move", contact, stage=str(stage["Отказ"].id))
    contact.refresh_from_db()
    assert (contact.is_aside, contact.trashed_at) == (False, None)
    made = new(cast.manager, first_name="Импорт", stage=str(stage["Не клиент"].id))
    assert made.is_aside
    do(cast.manager, "bring_back", made)
    made.refresh_from_db()
    assert (made.is_aside, made.stage_id) == (False, stage["Новый"].id)


def test_many_are_marked_and_brought_back_at_once(cast: Cast, client: ProjectClient) -> None:
    contacts = [new(cast.manager, first_name=name) for name in ("Анна", "Борис")]
    client.sign_in(cast.manager)
    ids = [str(contact.id) for contact in contacts]
    assert 'value="set_aside"' in listed(client)
    client.post("/contacts/bulk/", {"verb": "set_aside", "ids": ids})
    assert 'value="bring_back"' in listed(client, "aside")
    assert sight.visible(access(cast.manager), CONTACT).count() == 0
    client.post("/contacts/bulk/", {"verb": "bring_back", "ids": ids})
    assert sight.visible(access(cast.manager), CONTACT).count() == 2
    assert client.post("/deals/bulk/", {"verb": "set_aside", "ids": ids}).status_code == 422


def test_deleted_and_restored_it_is_no_client_as_before(cast: Cast, client: ProjectClient) -> None:
    contact = new(cast.director, first_name="Ватрушкин")
    do(cast.director, "set_aside", contact)
    do(cast.director, "trash", contact)
    client.sign_in(cast.director)
    assert ["Ватрушкин" in listed(client, view) for view in ("trash", "aside")] == [True, False]
    done = do(cast.director, "restore", contact)
    assert ["Ватрушкин" in listed(client, view) for view in ("trash", "aside")] == [False, True]
    undo(Act(access(cast.director)), done.undo_id)
    assert ["Ватрушкин" in listed(client, view) for view in ("trash", "aside")] == [True, False]


def test_nobody_is_told_to_call_who_is_no_client(cast: Cast) -> None:
    contact = new(cast.manager)
    about = f"contact:{contact.id}"
    task = {"title": "Позвонить", "due_at": "2026-01-05", "responsible": str(cast.manager.id)}
    perform("create", kinds["task"], Act(access(cast.manager)), values=task, about=about)
    reader = access(cast.manager)
    assert (len(Day(reader).due), counted.tasks_of(reader)[0]) == (1, 1)
    do(cast.manager, "set_aside", contact)
    assert (len(Day(reader).due), counted.tasks_of(reader)[0]) == (0, 0)


def test_the_same_client_is_not_added_anew(cast: Cast, client: ProjectClient) -> None:
    contact = new(cast.manager, first_name="Ватрушкин", phones="+79170004821")
    do(cast.manager, "set_aside", contact)
    client.sign_in(cast.manager)
    found = text_of(client.post("/contacts/duplicates/typed/", {"phones": "+79170004821"}))
    assert "Ватрушкин" in found
    assert "Не клиент" in found


def test_it_needs_the_right_to_change_the_contact(cast: Cast) -> None:
    contact = new(cast.manager)
    with pytest.raises(Forbidden):
        do(cast.colleague, "set_aside", contact)
    with pytest.raises(NotFound):
        do(cast.stranger, "set_aside", contact)
    do(cast.manager, "set_aside", contact)
    with pytest.raises(Forbidden):
        do(cast.colleague, "bring_back", contact)
    with pytest.raises(NotFound):
        sight.get_visible(access(cast.stranger), CONTACT, contact.id)


def test_the_history_tells_it(cast: Cast, client: ProjectClient) -> None:
    contact = new(cast.manager)
    do(cast.manager, "set_aside", contact)
    assert Event.objects.latest("id").name == "contact.set_aside"
    words = text_of(client.sign_in(cast.manager).get(f"/contacts/{contact.id}/feed/"))
    assert "не клиент" in words


def test_only_a_lost_stage_of_contacts_may_take_out(cast: Cast, client: ProjectClient) -> None:
    stage = stages()
    client.sign_in(cast.director)
    ask = {"asks_reason": "1", "takes_out": "1"}
    for name, is_taken in (("Новый", False), ("Отказ", True)):
        at = f"/settings/stages/{stage[name].id}/rules/"
        assert ('name="takes_out"' in text_of(client.get(at))) is is_taken
        client.post(at, ask)
        stage[name].refresh_from_db()
        assert stage[name].takes_out is is_taken
