"""Tags of contacts: picked or made on the spot, filtered by, put on many, kept in settings; temperature, currency."""

from collections.abc import Callable
from typing import Any

import pytest

from opora.contacts.models import Contact
from opora.kit.errors import Forbidden, Invalid
from opora.records import definitions, lists
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import FieldKey, ListEntry
from opora.records.operations import Act
from opora.records.undo import undo
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.contacts.conftest import new, text_of
from tests.people import Cast, access

pytestmark = pytest.mark.req("O04", "I14")
Program = Callable[..., Any]


def entry(cast: Cast, name: str, field: str = "tags", color: str = "pink") -> str:
    made = lists.add(access(cast.director), "contact", field, {"name": name, "color": color})
    return str(made.id)


def tag(user: Any, contact: Any, *, add: list[str] | None = None, drop: list[str] | None = None) -> Any:
    act = Act(access(user))
    return perform("tag", kinds["contact"], act, [contact.id], add=add or [], drop=drop or [])


def names_of(contact: Any) -> list[str]:
    field = definitions.current().fields("contact")["tags"]
    return [] if not contact.tags else field.type.show(contact.tags, field).split(", ")


def test_a_tag_is_put_on_a_card_from_the_list_or_new_and_taken_off(cast: Cast, client: ProjectClient) -> None:
    known, contact = entry(cast, "Пекарня"), new(cast.manager)
    client.sign_in(cast.manager)
    at = f"/contacts/{contact.id}/tags/"
    assert client.post(at, {"add": "пекарня, VIP"}).status_code == 302
    contact.refresh_from_db()
    assert names_of(contact) == ["Пекарня", "VIP"]
    assert ListEntry.objects.filter(field="tags").count() == 2
    page = text_of(client.get(f"/contacts/{contact.id}/"))
    assert 'data-color="pink"' in page
    assert "VIP" in page
    client.post(at, {"drop": known})
    contact.refresh_from_db()
    assert names_of(contact) == ["VIP"]
    assert Event.objects.filter(name="contact.tagged").count() == 2


def test_the_form_of_a_new_contact_takes_tags(cast: Cast, client: ProjectClient) -> None:
    known = entry(cast, "Пекарня")
    sent = {"type": "person", "first_name": "Артём", "tags": [known, "Печь, VIP"]}
    assert client.sign_in(cast.manager).post("/contacts/new/", sent).status_code == 302
    assert names_of(Contact.objects.get()) == ["Пекарня", "Печь", "VIP"]


def test_what_was_typed_stays_when_the_form_is_refused(cast: Cast, client: ProjectClient) -> None:
    known = entry(cast, "Пекарня")
    sent = {"type": "person", "first_name": "", "tags": [known, "Новая"]}
    page = text_of(client.sign_in(cast.manager).post("/contacts/new/", sent))
    assert f'value="{known}" checked' in page
    assert 'value="Новая"' in page
    assert not ListEntry.objects.filter(name="Новая").exists()


def test_contacts_are_filtered_by_tag_and_temperature(cast: Cast, client: ProjectClient) -> None:
    vip, hot = entry(cast, "VIP"), entry(cast, "Горячий", "temperature", "red")
    new(cast.manager, first_name="Зоя", tags=["VIP"])
    new(cast.manager, first_name="Борис", temperature=hot)
    new(cast.manager, first_name="Вера", tags=["Печь"])
    client.sign_in(cast.manager)

    def found(question: str) -> list[str]:
        page = text_of(client.get("/contacts/", {"f": question, "cols": "tags,temperature"}))
        return [name for name in ("Зоя", "Борис", "Вера") if name in page]

    assert found(f"tags.any:{vip}") == ["Зоя"]
    assert found(f"tags.none:{vip}") == ["Борис", "Вера"]
    assert found("tags.filled") == ["Зоя", "Вера"]
    assert found(f"temperature.any:{hot}") == ["Борис"]


def test_many_are_tagged_at_once_and_taken_back(cast: Cast, client: ProjectClient) -> None:
    contacts = [new(cast.manager, first_name=f"Клиент {n}", tags=["Старая"]) for n in range(3)]
    sent = {"verb": "tag", "add": "VIP", "drop": "Старая", "ids": [str(c.id) for c in contacts]}
    assert client.sign_in(cast.manager).post("/contacts/bulk/", sent).status_code == 302
    assert [names_of(contact) for contact in Contact.objects.all()] == [["VIP"]] * 3
    last = Event.objects.filter(name="contact.tagged").latest("id").operation
    undo(Act(access(cast.manager)), last.id)
    assert [names_of(contact) for contact in Contact.objects.all()] == [["Старая"]] * 3
    assert FieldKey.objects.filter(field="tags").count() == 3
    assert client.post("/contacts/bulk/", {**sent, "add": "", "drop": ""}).status_code == 422
    assert client.post("/tasks/bulk/", sent).status_code == 422


def test_tags_need_the_right_to_edit_and_do_not_wait_for_a_stage(cast: Cast) -> None:
    contact = new(cast.manager)
    with pytest.raises(Forbidden):
        tag(cast.colleague, contact, add=["VIP"])
    act = Act(access(cast.manager), is_soft=True, is_trusted=True)
    bare = perform("create", kinds["contact"], act, values={"first_name": "Лид"}).record
    assert names_of(tag(cast.director, bare, add=["VIP"]).record) == ["VIP"]


@pytest.mark.parametrize("name", ["д" * 51, "12345678901234567"])
def test_a_tag_that_can_not_be_is_refused(cast: Cast, name: str) -> None:
    with pytest.raises(Invalid):
        tag(cast.manager, new(cast.manager), add=[name])
    assert not ListEntry.objects.exists()


def test_a_list_is_kept_in_settings(cast: Cast, client: ProjectClient) -> None:
    first, contact = entry(cast, "Пекарня"), new(cast.manager, tags=["Пекарня", "VIP"])
    client.sign_in(cast.director)
    second = ListEntry.objects.get(name="VIP")
    assert "Пекарня" in text_of(client.get("/settings/lists/"))
    client.post(
        f"/settings/lists/entries/{first}/", {"name": "Хлебозавод", "color": "teal", "name_en": "Bakery"}
    )
    client.post("/settings/lists/contact/tags/order/", {"ids": [second.id, first]})
    client.post(f"/settings/lists/entries/{second.id}/removal/")
    client.post("/settings/lists/contact/temperature/usual/")
    assert [one.name for one in lists.entries("contact", "tags")] == ["Хлебозавод"]
    assert [one.color for one in lists.entries("contact", "temperature")] == ["sky", "amber", "red"]
    page = text_of(client.get(f"/contacts/{contact.id}/"))
    assert "Хлебозавод" in page
    assert "VIP" in page
    assert client.post("/settings/lists/contact/tags/new/", {"name": "", "color": "red"}).status_code == 422
    assert (
        client.post("/settings/lists/contact/tags/new/", {"name": "А", "color": "#123456"}).status_code == 422
    )
    assert client.get("/settings/lists/deal/budget/new/").status_code == 404
    assert Event.objects.filter(name="entry.changed").exists()


@pytest.mark.req("O03", "O29")
def test_a_program_reads_and_writes_tags_and_the_rest(
    cast: Cast, client: ProjectClient, program: Program
) -> None:
    hot, api = entry(cast, "Горячий", "temperature"), program(cast.manager)
    body = {"first_name": "Артём", "tags": ["VIP"], "temperature": hot, "currency": "UZS"}
    made = api("POST", "contacts", body).json()
    assert (made["temperature"], made["currency"]) == (hot, "UZS")
    vip = made["tags"][0]
    changed = api("POST", f"contacts/{made['id']}/tag", {"add": ["Печь"], "drop": [vip]}).json()
    assert [ListEntry.objects.get(pk=number).name for number in changed["tags"]] == ["Печь"]
    assert len(api("GET", f"contacts?f=tags.any:{changed['tags'][0]}").json()["items"]) == 1
    assert api("PATCH", f"contacts/{made['id']}", {"temperature": "кипяток"}).status_code == 422
