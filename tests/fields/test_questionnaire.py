"""The editor of the questionnaire: fields of the house and own ones, sections, order, access, preview (I09, I10, N21)."""

import re

import pytest

from opora.people.models import Group, GroupMember
from opora.records import definitions
from opora.records.models import BuiltinSetting, OwnField, Section
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.fields.conftest import Editor, Stages, new
from tests.people import Cast, access

HTMX = {"HTTP_HX_REQUEST": "true"}


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def order_of(client: ProjectClient) -> list[str]:
    return re.findall(r'name="ids" value="([^"]+)"', text_of(client.get("/settings/fields/?kind=contact")))


@pytest.mark.req("N21", "I09")
def test_a_field_of_the_house_is_renamed_asked_for_and_hidden_but_never_removed(
    cast: Cast, client: ProjectClient
) -> None:
    client.sign_in(cast.director)
    at = "/settings/fields/contact/city/"
    assert "встроенное" in text_of(client.get(at, **HTMX))
    sent = {"label": "Населённый пункт", "hint": "Без области", "required": "always", "is_shown": "1"}
    assert client.post(at, sent).status_code == 302
    client.sign_in(cast.manager)
    form = text_of(client.get("/contacts/new/"))
    assert "Населённый пункт" in form
    assert "Без области" in form
    refused = client.post("/contacts/new/", {"first_name": "Артём", "_key": "a"})
    assert refused.status_code == 422
    client.sign_in(cast.director)
    assert client.post(at, {"label": "Город", "required": "always"}).status_code == 422
    assert client.post(at, {"label": "Город"}).status_code == 302
    contact = new(cast.manager, city="Казань")
    card = text_of(client.get(f"/contacts/{contact.id}/"))
    assert 'id="field-city"' not in card
    assert client.get(f"/contacts/{contact.id}/fields/city/").status_code == 404
    assert 'value="city"' not in text_of(client.get("/contacts/"))
    assert "скрыто" in text_of(client.get("/settings/fields/?kind=contact"))
    assert client.post("/settings/fields/contact/first_name/", {"label": "Имя"}).status_code == 422
    assert client.post("/settings/fields/contact/city/removal/").status_code == 404
    assert client.post(at, {"label": "Город", "is_shown": "1"}).status_code == 302
    assert 'id="field-city"' in text_of(client.get(f"/contacts/{contact.id}/"))
    assert Event.objects.filter(name="field.changed").count() == 3


@pytest.mark.req("I09")
def test_fields_and_sections_are_put_in_order_by_one_drag_or_by_steps(
    cast: Cast, client: ProjectClient, add: Editor
) -> None:
    first, second = (
        Section.objects.create(kind="contact", name="А"),
        Section.objects.create(kind="contact", name="Б"),
    )
    inn, kpp = add("ИНН", section=str(first.id)), add("КПП", section=str(first.id))
    house = order_of(client)
    assert house[0] == "s:main"
    assert house[-4:] == [f"s:{first.id}", inn.name, kpp.name, f"s:{second.id}"]
    own_first = [*house[:1], inn.name, *house[1:-4], f"s:{second.id}", kpp.name, f"s:{first.id}"]
    address = "/settings/fields/order/?kind=contact"
    assert client.post(address, {"ids": own_first}, **HTMX).status_code == 200
    assert order_of(client) == own_first
    card = text_of(client.get("/contacts/new/"))
    assert card.index("ИНН") < card.index("Город")
    client.post(f"/settings/fields/contact/{inn.name}/step/", {"by": "down"})
    assert order_of(client)[2] == inn.name
    client.post(f"/settings/sections/{first.id}/step/", {"by": "up"})
    assert order_of(client)[-3:] == [f"s:{first.id}", f"s:{second.id}", kpp.name]


@pytest.mark.req("I09", "I10")
def test_the_first_section_stays_first_and_keeps_the_fields_of_the_house(
    cast: Cast, client: ProjectClient, add: Editor
) -> None:
    section = Section.objects.create(kind="contact", name="Реквизиты")
    add("ИНН", section=str(section.id))
    before = order_of(client)
    moved = [*(name for name in before if name != "city"), "city"]
    answer = client.post("/settings/fields/order/?kind=contact", {"ids": moved}, **HTMX)
    assert "danger" in answer.headers["HX-Trigger"]
    assert (
        client.post(
            "/settings/fields/order/?kind=contact", {"ids": [f"s:{section.id}", "s:main"]}
        ).status_code
        == 409
    )
    assert order_of(client) == before


@pytest.mark.req("I10", "R5.06")
def test_a_section_limited_to_groups_exists_for_nobody_else(
    cast: Cast, client: ProjectClient, add: Editor
) -> None:
    group = Group.objects.create(name="Производство")
    GroupMember.objects.create(group=group, user=cast.colleague)
    client.sign_in(cast.director)
    sent = {"label": "Цех", "groups": [str(group.id)]}
    assert client.post("/settings/sections/new/?kind=contact", sent).status_code == 302
    section = Section.objects.get(name="Цех")
    field = add("Номер печи", section=str(section.id))
    assert (
        client.post("/settings/sections/new/?kind=contact", {"label": "х", "groups": ["7"]}).status_code
        == 422
    )
    assert "Производство" in text_of(client.get("/settings/fields/?kind=contact"))
    with_it = definitions.current()
    assert field.name in with_it.readable(access(cast.colleague), "contact")
    assert field.name not in with_it.readable(access(cast.manager), "contact")
    assert client.post(f"/settings/sections/{section.id}/", {"label": "Цех"}).status_code == 302
    assert field.name in definitions.current().readable(access(cast.manager), "contact")


@pytest.mark.req("I10")
def test_only_an_empty_section_is_removed(cast: Cast, client: ProjectClient, add: Editor) -> None:
    section = Section.objects.create(kind="contact", name="Реквизиты")
    field = add("ИНН", section=str(section.id))
    at = f"/settings/sections/{section.id}/removal/"
    assert client.post(at).status_code == 409
    client.post(f"/settings/fields/{field.id}/removal/")
    assert client.post(at).status_code == 302
    client.post(f"/settings/fields/{field.id}/comeback/")
    assert definitions.current().fields("contact")[field.name].section == "main"


@pytest.mark.req("I09")
@pytest.mark.parametrize(
    ("type_name", "typed", "shown"),
    [
        ("text", "Казань", "Казань"),
        ("number", "12,5", "12,5"),
        ("date", "31.12.2026", "31.12.2026"),
        ("checkbox", "1", "1"),
        ("selector", "Сайт", None),
    ],
)
def test_a_default_stands_in_the_form_and_in_what_comes_by_the_api(
    cast: Cast, client: ProjectClient, add: Editor, type_name: str, typed: str, shown: str | None
) -> None:
    field = add("Поле", type_name, default=typed, choices="Сайт\nВыставка")
    contact = new(cast.manager)
    value = definitions.current().fields("contact")[field.name]
    assert value.type.edited(value.get(contact), value) == (shown or field.options["choices"][0]["id"])
    assert typed in text_of(client.get(f"/settings/fields/{field.id}/", **HTMX))
    wrong = {"label": "Плохо", "type": "number", "default": "много"}
    answer = client.post("/settings/fields/new/?kind=contact", wrong, **HTMX)
    assert answer.status_code == 422
    assert 'value="много"' in text_of(answer)


@pytest.mark.req("U05", "U07")
def test_the_preview_shows_the_field_as_the_stage_will_and_counts_who_turns_red(
    cast: Cast, client: ProjectClient, stages: Stages, add: Editor
) -> None:
    inn = add("ИНН")
    new(cast.manager)
    new(cast.manager, **{inn.name: "1655000000"})
    sent = {"label": "ИНН", "type": "text", "required": "stage", "required_from": str(stages["Новый"].id)}
    at = f"/settings/fields/preview/?kind=contact&field={inn.name}"
    page = text_of(client.post(at, sent, **HTMX))
    assert "Заполните для этапа «Новый»" in page or "Новый" in page
    assert "is-missing" in page
    assert "1 карточка покраснеет" in page
    late = sent | {"required_from": str(stages["Договор"].id), "_stage": str(stages["Разговор"].id)}
    assert "is-missing" not in text_of(client.post(at, late, **HTMX))
    auto = {"label": "КП", "type": "date", "fill": "system", "auto_at": str(stages["Договор"].id)}
    assert "is-auto" in text_of(client.post("/settings/fields/preview/?kind=contact", auto, **HTMX))
    assert not OwnField.objects.exclude(pk=inn.pk).exists()
    inn.refresh_from_db()
    assert not inn.required_from_id


def test_what_the_system_fills_is_a_date_or_a_number_at_a_stage(
    cast: Cast, client: ProjectClient, stages: Stages
) -> None:
    client.sign_in(cast.director)
    new_field = "/settings/fields/new/?kind=contact"
    wrong = {"label": "х", "type": "text", "fill": "system", "auto_at": str(stages["Новый"].id)}
    assert client.post(new_field, wrong).status_code == 422
    assert client.post(new_field, {"label": "х", "type": "date", "fill": "system"}).status_code == 422
    assert client.post(new_field, {"label": "х", "type": "date", "required": "stage"}).status_code == 422
    assert not OwnField.objects.exists()
    assert not BuiltinSetting.objects.exists()
