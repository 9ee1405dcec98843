"""The ways to reach a contact: several of each, checked by country, changed with a right, hidden without another."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils.translation import override

from opora.contacts.models import Contact
from opora.kit.errors import Forbidden, Invalid
from opora.people.tokens import issue
from opora.records import definitions
from opora.records.actions import perform
from opora.records.fields import types
from opora.records.kinds import kinds
from opora.records.models import OwnField, SearchRow, Section
from opora.records.operations import Act
from opora.records.search import search
from opora.timeline.models import Event
from tests.api.conftest import Program
from tests.clients import ProjectClient
from tests.contacts.conftest import new, text_of, without
from tests.people import Cast, access

NUMBER, DIGITS, SHOWN = "+78430002716", "8430002716", "+7 843 000-27-16"
OTHER = "8430009999"
HIDDEN = "+7 843 •••-••-16"
ROWS = {
    "first_name": "Артём",
    "type": "person",
    "phones": ["843 000-27-16", "90 123 45 67", ""],
    "phones_country": ["RU", "UZ", "RU"],
    "phones_label": ["work", "mobile", "work"],
    "emails": ["zakaz@hlebnica.example", "Artem@Hlebnica.example"],
    "emails_label": ["work", "home"],
    "sites": ["hlebnica.example", "@hlebnica"],
    "sites_label": ["site", "telegram"],
    "addresses": ["Казань, ул. Баумана, 27", "420000, а/я 5"],
    "addresses_label": ["actual", "postal"],
}


@pytest.mark.req("O01")
def test_a_form_takes_several_of_each_with_what_they_are(cast: Cast, client: ProjectClient) -> None:
    assert client.sign_in(cast.manager).post("/contacts/new/", ROWS).status_code == 302
    made = Contact.objects.get()
    assert made.phones == [
        {"value": NUMBER, "label": "work"},
        {"value": "+998901234567", "label": "mobile"},
    ]
    assert [item["label"] for item in made.emails] == ["work", "home"]
    assert made.sites == [
        {"value": "https://hlebnica.example", "label": "site"},
        {"value": "https://t.me/hlebnica", "label": "telegram"},
    ]
    assert [item["label"] for item in made.addresses] == ["actual", "postal"]
    page = text_of(client.get(f"/contacts/{made.id}/"))
    for words in (SHOWN, "+998 90 123 45 67", "мобильный", "t.me/hlebnica", "420000, а/я 5", "почтовый"):
        assert words in page


@pytest.mark.req("O01")
@pytest.mark.parametrize("words", ["а/я 5", "t.me/hlebnica", "artem@hlebnica", "0123", "998901234567"])
def test_each_of_them_finds_the_contact(cast: Cast, client: ProjectClient, words: str) -> None:
    client.sign_in(cast.manager).post("/contacts/new/", ROWS)
    assert [hit.record.first_name for hit in search(access(cast.manager), words)] == ["Артём"]
    assert "Артём" in text_of(client.get("/contacts/", {"q": words}))


@pytest.mark.req("U11")
@pytest.mark.parametrize(
    ("number", "country", "words"),
    [
        ("90 123 45 6", "UZ", "Нужно 9 цифр после +998, сейчас 8."),
        ("843 000-27", "RU", "Нужно 10 цифр после +7, сейчас 8."),
        ("12", "DE", "Нужно от 4 до 15 цифр после +49, сейчас 2."),
        ("+998 90 1", "RU", "Нужно 9 цифр после +998, сейчас 3."),
    ],
)
def test_a_short_number_is_told_how_many_digits_it_needs(
    cast: Cast, client: ProjectClient, number: str, country: str, words: str
) -> None:
    typed = {**ROWS, "phones": [number], "phones_country": [country], "phones_label": ["home"]}
    answer = client.sign_in(cast.manager).post("/contacts/new/", typed)
    page = text_of(answer)
    assert answer.status_code == 422
    assert words in page
    assert f'value="{number}"' in page
    assert f'<option value="{country}" selected>' in page
    assert '<option value="home" selected>' in page
    assert not Contact.objects.exists()


@pytest.mark.req("U11")
def test_a_number_without_a_code_is_of_the_projects_country(cast: Cast, client: ProjectClient) -> None:
    client.sign_in(cast.director).post("/settings/", {"country": "UZ", "name": "Проект t1"})
    assert new(cast.manager, phones="90 123 45 67").phones[0]["value"] == "+998901234567"


@pytest.mark.req("O01")
def test_a_changed_row_keeps_the_labels_of_the_others(cast: Cast, client: ProjectClient) -> None:
    contact = new(cast.manager, emails=[{"value": "a@hlebnica.example", "label": "home"}])
    client.sign_in(cast.manager)
    at = f"/contacts/{contact.id}/fields/emails/"
    assert text_of(client.get(at)).count("data-several-row") == 3  # the stored one, a blank one, the template
    sent = {"emails": ["a@hlebnica.example", "b@hlebnica.example"], "emails_label": ["home", "other"]}
    assert client.post(at, sent).status_code == 302
    contact.refresh_from_db()
    assert [item["label"] for item in contact.emails] == ["home", "other"]


@pytest.mark.req("R5.01")
@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("phones", [{"value": NUMBER, "label": "yacht"}]),
        ("sites", "javascript:alert(1)"),
        ("sites", [{"value": "two words", "label": "vk"}]),
        ("addresses", [{"value": "а" * 256}]),
        ("emails", [f"a{n}@hlebnica.example" for n in range(21)]),
    ],
)
def test_what_is_no_way_to_reach_anybody_is_refused(cast: Cast, name: str, raw: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        new(cast.manager, **{name: raw})
    assert list(refusal.value.fields) == [name]


def _by_page(client: ProjectClient, cast: Cast, contact: Contact, sent: str) -> Any:
    return client.sign_in(cast.manager).post(f"/contacts/{contact.id}/fields/phones/", {"phones": sent})


def _by_api(client: ProjectClient, cast: Cast, contact: Contact, sent: str) -> Any:
    program = Program(client, issue(cast.manager, ["write"])[1])
    return program("PATCH", f"contacts/{contact.id}", {"phones": sent})


@pytest.mark.req("U10", "R5.05")
@pytest.mark.parametrize("road", [_by_page, _by_api])
@pytest.mark.parametrize("sent", ["+7 843 000-00-01", ""])
@pytest.mark.parametrize("lost", ["phone.edit", "phone.see"])
def test_without_the_right_a_number_is_neither_changed_nor_cleared(
    cast: Cast, client: ProjectClient, no_counts: None, road: Callable[..., Any], sent: str, lost: str
) -> None:
    contact = new(cast.manager, phones=NUMBER)
    without(cast.manager, lost)
    assert road(client, cast, contact, sent).status_code == 403
    contact.refresh_from_db()
    assert contact.phones[0]["value"] == NUMBER


@pytest.mark.req("U10", "R5.05")
def test_without_the_right_no_action_changes_a_number(cast: Cast) -> None:
    contact = new(cast.manager, phones=NUMBER)
    act = Act(access(without(cast.manager, "phone.edit")))
    with pytest.raises(Forbidden):
        perform("edit", kinds["contact"], act, [contact.id], values={"phones": "+7 843 000-00-01"})
    perform("edit", kinds["contact"], act, [contact.id], values={"phones": SHOWN, "city": "Казань"})
    assert new(cast.manager, first_name="Новый", phones="+7 843 000-00-02").phones


@pytest.fixture
def own_phone(cast: Cast) -> OwnField:
    section = Section.objects.create(kind="contact", name="Связь")
    field = OwnField.objects.create(kind="contact", section=section, type="phone", label="Запасной")
    definitions.changed()
    return field


def _places(contact: Contact, deal: Any, company: Any) -> list[str]:
    return [
        "/",
        "/contacts/",
        f"/contacts/?q={OTHER}",
        f"/contacts/{contact.id}/",
        f"/contacts/{contact.id}/peek/",
        f"/contacts/{contact.id}/feed/",
        f"/contacts/{contact.id}/fields/phones/?value=1",
        f"/contacts/{company.id}/",
        f"/deals/{deal.id}/",
        "/deals/",
        f"/search/?q={OTHER}",
        f"/deals/options/contact/?_q_contact={OTHER}",
    ]


@pytest.mark.req("R5.05", "R15.07")
def test_a_hidden_number_is_in_no_answer(
    cast: Cast, client: ProjectClient, program: Callable[..., Program], own_phone: OwnField
) -> None:
    company = new(cast.manager, type="company", company_name="Хлебница", phones=NUMBER)
    phones = {"phones": f"{NUMBER}, +7{OTHER}", own_phone.name: NUMBER}
    contact = new(cast.manager, type="person", first_name="", company=str(company.id), **phones)
    deal = new(cast.manager, "deal", title="Печь", contact=str(contact.id))
    act = Act(access(cast.manager))
    perform("edit", kinds["contact"], act, [contact.id], values={"phones": NUMBER})
    perform("edit", kinds["contact"], act, [contact.id], values=phones)
    without(cast.manager, "phone.see")
    client.sign_in(cast.manager)
    found = {place: client.get(place) for place in _places(contact, deal, company)}
    client.cookies.clear()
    api = program(cast.manager)
    calls = ["contacts", f"contacts/{contact.id}", f"contacts/{contact.id}/feed", f"contacts?q={OTHER}"]
    found |= {call: api("GET", call) for call in calls}
    found["stale"] = api("PATCH", f"contacts/{contact.id}", {"phones": SHOWN}, If_Match='"1"')
    for place, answer in found.items():
        words = "".join(sign for sign in text_of(answer) if sign not in " -()\xa0")
        assert answer.status_code in (200, 302, 409), place
        assert "0002716" not in words, place
    assert HIDDEN in text_of(found["/contacts/"])
    assert "tel:" not in text_of(found[f"/contacts/{contact.id}/"])
    assert found[f"contacts/{contact.id}"].json()["phones"][0]["value"] == HIDDEN


@pytest.mark.req("R5.05")
@pytest.mark.parametrize(
    ("words", "is_found"),
    [(DIGITS, True), (SHOWN, True), ("8" + DIGITS, True), ("0002716", False), ("2716", False)],
)
def test_a_hidden_number_is_found_by_the_whole_of_it(cast: Cast, words: str, is_found: bool) -> None:
    new(cast.manager, type="company", company_name="Хлебница", phones=f"{NUMBER}, +78430009999")
    assert search(access(cast.manager), words)
    assert bool(search(access(without(cast.manager, "phone.see")), words)) == is_found


@pytest.mark.req("R5.05")
def test_the_words_of_the_search_and_titles_hold_no_number(cast: Cast) -> None:
    contact = new(cast.manager, type="person", first_name="", phones=NUMBER)
    assert contact.title == HIDDEN
    row = SearchRow.objects.get(record_id=contact.id)
    assert not {DIGITS[-7:], "00-27"} & {row.text, row.start}
    assert Event.objects.filter(subject_id=contact.id).exists()


@pytest.mark.req("O01")
@pytest.mark.parametrize("name", ["phone", "email", "sites", "address"])
def test_every_label_has_words_in_three_languages(name: str) -> None:
    for language in ("ru", "en", "uz"):
        with override(language):
            assert all(str(words) for words in types[name].labels.values())  # type: ignore[attr-defined]
