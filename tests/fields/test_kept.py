"""A deleted field and a changed type keep their values for 90 days and can be brought back (R5.09)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from opora.jobs import turns
from opora.records import definitions, keptfields
from opora.records.models import FieldKey, OwnField, SavedView
from tests.clients import ProjectClient
from tests.fields.conftest import Editor, edit, new
from tests.people import Cast

HTMX = {"HTTP_HX_REQUEST": "true"}
pytestmark = pytest.mark.req("R5.09")


def value_of(record: Any, field: OwnField) -> Any:
    record.refresh_from_db()
    return definitions.current().fields("contact")[field.name].get(record)


def test_a_deleted_field_comes_back_with_its_values(cast: Cast, client: ProjectClient, add: Editor) -> None:
    inn = add("ИНН")
    contact = new(cast.manager, **{inn.name: "1655000000"})
    client.post(f"/settings/fields/{inn.id}/removal/")
    assert inn.name not in definitions.current().fields("contact")
    page = client.get("/settings/fields/?kind=contact").content.decode()
    assert "Удалённые поля" in page
    assert client.post(f"/settings/fields/{inn.id}/comeback/").status_code == 302
    assert value_of(contact, inn) == "1655000000"
    assert client.get(f"/contacts/?f={inn.name}.is:1655000000").content.decode().count('data-row="') == 1


def test_a_change_of_type_says_what_will_not_convert_and_keeps_the_originals(
    cast: Cast, client: ProjectClient, add: Editor
) -> None:
    area = add("Площадь")
    values = ["120", "84,5", "много", None]
    contacts = [new(cast.manager, **({area.name: value} if value else {})) for value in values]
    view = SavedView.objects.create(
        kind="contact", name="Вид", query={"cols": ["city", area.name], "f": [f"{area.name}.is:120"]}
    )
    sent = {"label": "Площадь", "type": "number", "is_filterable": "1"}
    asked = client.post(f"/settings/fields/{area.id}/", sent, **HTMX)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "1 значение не переведётся" in page
    assert "«много»" in page or "“много”" in page
    assert OwnField.objects.count() == 1
    assert client.post(f"/settings/fields/{area.id}/", sent | {"confirmed": "number"}).status_code == 302
    number = OwnField.objects.get(deleted_at=None)
    assert [str(value_of(c, number)) for c in contacts] == ["120", "84.5", "None", "None"]
    assert contacts[2].values == {area.name: "много"}
    view.refresh_from_db()
    assert view.query == {"cols": ["city", number.name]}
    assert client.get(f"/contacts/?f={number.name}.gt:100").content.decode().count('data-row="') == 1
    edit(cast.manager, contacts[2], **{number.name: "33"})
    assert client.post(f"/settings/fields/{area.id}/comeback/").status_code == 302
    assert [value_of(c, area) for c in contacts] == values
    assert not OwnField.objects.filter(pk=number.pk, deleted_at=None).exists()


def test_many_values_are_converted_by_a_job(
    cast: Cast, client: ProjectClient, add: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keptfields, "AT_ONCE", 2)
    monkeypatch.setattr(keptfields, "BATCH", 2)
    work = add("Почта цеха")
    contacts = [new(cast.manager, **{work.name: f"n{number}@example.com"}) for number in range(5)]
    sent = {"label": "Почта цеха", "type": "email", "is_filterable": "1", "confirmed": "email"}
    assert client.post(f"/settings/fields/{work.id}/", sent).status_code == 302
    mail = OwnField.objects.get(deleted_at=None)
    edit(cast.manager, contacts[4], **{mail.name: "own@example.com"})
    turns.drain(client.project.key)
    shown = [value_of(contact, mail)[0]["value"] for contact in contacts]
    assert shown == [
        "n0@example.com",
        "n1@example.com",
        "n2@example.com",
        "n3@example.com",
        "own@example.com",
    ]
    assert FieldKey.objects.filter(field=mail.name).count() == 5


def test_after_ninety_days_the_values_are_forgotten(cast: Cast, client: ProjectClient, add: Editor) -> None:
    inn, kept = add("ИНН"), add("КПП")
    contact = new(cast.manager, **{inn.name: "1655000000", kept.name: "165501001"})
    for field in (inn, kept):
        client.post(f"/settings/fields/{field.id}/removal/")
    OwnField.objects.filter(pk=inn.pk).update(deleted_at=timezone.now() - timedelta(days=91))
    assert client.post(f"/settings/fields/{inn.id}/comeback/").status_code == 404
    keptfields.forget.enqueue()
    turns.drain(client.project.key)
    contact.refresh_from_db()
    assert contact.values == {kept.name: "165501001"}
    assert not OwnField.objects.filter(pk=inn.pk).exists()
