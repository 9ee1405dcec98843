"""The questionnaires of people and of companies apart: a field is asked of all, of people or of companies (I09)."""

import pytest

from opora.kit.errors import Invalid
from opora.records.models import OwnField
from tests.clients import ProjectClient
from tests.fields.conftest import Editor, Stages, edit, move, new
from tests.people import Cast

pytestmark = pytest.mark.req("I09", "U05")


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_the_editor_says_whom_a_field_concerns(cast: Cast, client: ProjectClient, add: Editor) -> None:
    inn = add("ИНН", only="company")
    assert inn.only == "company"
    at = f"/settings/fields/{inn.id}/"
    assert "Кого касается" in text_of(client.get(at))
    assert "Текст · Компания" in text_of(client.get("/settings/fields/?kind=contact"))
    assert client.post(at, {"label": "ИНН", "type": "text", "only": "robot"}).status_code == 422
    client.post(at, {"label": "ИНН", "type": "text", "only": "person"})
    assert OwnField.objects.get(pk=inn.id).only == "person"
    assert 'name="only"' not in text_of(client.get("/settings/fields/contact/first_name/"))
    assert 'name="only"' in text_of(client.get("/settings/fields/contact/city/"))
    assert 'name="only"' not in text_of(client.get("/settings/fields/new/?kind=deal"))


def test_forms_and_cards_show_the_fields_of_their_sort(
    cast: Cast, client: ProjectClient, add: Editor
) -> None:
    inn, birthday = add("ИНН", only="company"), add("День рождения", "date", only="person")
    client.post("/settings/fields/contact/source/", {"label": "Источник", "is_shown": "1", "only": "person"})
    client.sign_in(cast.manager)
    shown = {sort: text_of(client.get(f"/contacts/new/?type={sort}")) for sort in ("person", "company")}
    person = new(cast.manager)
    firm = new(cast.manager, type="company", company_name="Хлебница")
    for sort, contact in (("person", person), ("company", firm)):
        card = text_of(client.get(f"/contacts/{contact.id}/"))
        for name, of in ((inn.name, "company"), (birthday.name, "person"), ("source", "person")):
            assert (f'name="{name}"' in shown[sort]) is (sort == of), (sort, name)
            assert (f'id="field-{name}"' in card) is (sort == of), (sort, name)


def test_what_is_required_of_companies_is_not_asked_of_people(
    cast: Cast, stages: Stages, add: Editor
) -> None:
    add("ИНН", only="company", required="always")
    add("КПП", only="company", required="stage", required_from=str(stages["Договор"].id))
    person = new(cast.manager)
    assert move(cast.manager, person, stages["Договор"]).saved
    with pytest.raises(Invalid) as refusal:
        new(cast.manager, type="company", company_name="Хлебница")
    assert len(refusal.value.fields) == 1
    with pytest.raises(Invalid):
        edit(cast.manager, person, type="company", company_name="Хлебница")


def test_defaults_and_numbers_are_given_to_their_sort_alone(cast: Cast, stages: Stages, add: Editor) -> None:
    form = add("Форма", only="company", default="ООО")
    number = add("№", "number", only="company", fill="system", auto_at=str(stages["Разговор"].id))
    person, firm = new(cast.manager), new(cast.manager, type="company", company_name="Хлебница")
    assert [contact.values.get(form.name) for contact in (person, firm)] == [None, "ООО"]
    for contact in (person, firm):
        move(cast.manager, contact, stages["Разговор"])
        contact.refresh_from_db()
    assert number.name not in person.values
    assert number.name in firm.values
