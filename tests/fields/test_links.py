"""An own field that names another record: only one that its reader sees, in cards, lists, filters and the API."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from opora.kit.errors import Invalid
from opora.records.actions import perform
from opora.records.fields import types
from opora.records.kinds import kinds
from opora.records.operations import Act
from tests.clients import ProjectClient
from tests.fields.conftest import Editor, edit, new
from tests.people import Cast, access

pytestmark = pytest.mark.req("O02", "R2.04")


def test_a_link_is_written_shown_and_asked_for_as_far_as_one_sees_its_record(
    cast: Cast, client: ProjectClient, add: Editor
) -> None:
    adviser = add("Кто посоветовал", "record", record_kind="contact")
    friend, hidden = new(cast.manager, first_name="Гульнара"), new(cast.stranger, first_name="Чужой")
    contact, other = new(cast.manager, **{adviser.name: str(friend.id)}), new(cast.manager, first_name="Олег")
    for wrong in (str(hidden.id), "1", "имя"):
        with pytest.raises(Invalid):
            edit(cast.manager, other, **{adviser.name: wrong})
    client.sign_in(cast.manager)
    assert "Гульнара" in client.get(f"/contacts/{contact.id}/").content.decode()
    listed = client.get(f"/contacts/?cols={adviser.name}&f={adviser.name}.is:{friend.id}").content.decode()
    assert listed.count('data-row="') == 1
    assert "Гульнара" in listed.partition('data-row="')[2]
    empty = client.get(f"/contacts/?f={adviser.name}.empty:").content.decode()
    assert empty.count('data-row="') == 2
    edit(cast.director, other, **{adviser.name: str(hidden.id)})
    card = client.get(f"/contacts/{other.id}/").content.decode()
    assert "Чужой" not in card
    client.get(f"/contacts/{contact.id}/fields/{adviser.name}/")
    found = client.get(f"/contacts/options/{adviser.name}/?_q_{adviser.name}=Чуж").content.decode()
    assert "Чужой" not in found


def test_a_merged_record_hands_its_links_over(cast: Cast, add: Editor) -> None:
    adviser = add("Кто посоветовал", "record", record_kind="contact")
    friend, twin = new(cast.manager, first_name="Гульнара"), new(cast.manager, first_name="Гуля")
    contact = new(cast.manager, **{adviser.name: str(twin.id)})
    perform("merge", kinds["contact"], Act(access(cast.manager)), [friend.id], sources=[str(twin.id)])
    contact.refresh_from_db()
    assert contact.values == {adviser.name: friend.id}


@pytest.mark.req("I09")
@pytest.mark.parametrize("name", [one.name for one in types if one.is_for_own])
def test_every_offered_type_is_added_filled_and_shown(
    cast: Cast, client: ProjectClient, add: Editor, name: str
) -> None:
    friend = new(cast.manager, first_name="Гульнара")
    typed: Any = {
        "number": "12,5", "money": "1 200", "checkbox": "1", "date": "31.12.2026", "moment": "31.12.2026 10:00",
        "selector": "Сайт", "multi_selector": "Сайт", "phone": "+7 843 000-27-16", "email": "a@example.com",
        "link": "example.com", "user": str(cast.manager.id), "record": str(friend.id),
        "sites": "example.com", "address": "Казань, Баумана, 1",
    }.get(name, "Слово")  # fmt: skip
    field = add("Поле", name, choices="Сайт\nЗвонок", record_kind="contact", is_sortable="1")
    client.sign_in(cast.manager)
    if name == "file":
        sent = {"file": SimpleUploadedFile("Смета.pdf", b"%PDF-1.7\n"), "field": field.name}
        typed = [client.post("/api/v1/files", sent).json()["id"]]
    contact = new(cast.manager, **{field.name: typed})
    contact.refresh_from_db()
    assert field.name in contact.values
    for address in (f"/contacts/{contact.id}/", f"/contacts/?cols={field.name}&f={field.name}.filled:"):
        if types[name].operators or "?" not in address:
            status = client.get(address).status_code
            assert status in (200, 422 if name in ("checkbox", "long_text") else 200)
