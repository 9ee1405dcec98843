"""A person in several companies, with a role in each (O01); a hidden company never shows (R1)."""

from typing import Any

import pytest

from opora.contacts.models import Membership
from opora.duplicates.models import Merge
from opora.kit.errors import Forbidden, Invalid, NotFound
from opora.people.models import User
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.records.undo import undo
from tests.clients import ProjectClient
from tests.contacts.conftest import Make, new, text_of
from tests.people import Cast, access

pytestmark = pytest.mark.req("O01")
CONTACT = kinds["contact"]


def firm(user: User, name: str) -> Any:
    return new(user, type="company", company_name=name)


def do(user: User, verb: str, contact: Any, **sent: Any) -> Any:
    done = perform(verb, CONTACT, Act(access(user)), [contact.id], **sent)
    contact.refresh_from_db()
    return done


def places(contact: Any) -> tuple[int | None, dict[int, str]]:
    contact.refresh_from_db()
    return contact.company_id, contact.roles


def test_a_person_belongs_to_several_companies_each_with_a_role(cast: Cast, client: ProjectClient) -> None:
    bakery, cafe = firm(cast.manager, "Хлебница"), firm(cast.manager, "Кафе «Ромашка»")
    person = new(cast.manager)
    client.sign_in(cast.manager)
    at = f"/contacts/{person.id}/companies/"
    assert "Роль в компании" in text_of(client.get(at))
    client.post(at, {"company": str(bakery.id), "role": "Технолог"})
    client.post(at, {"company": str(cafe.id), "role": "Совладелец"})
    assert places(person) == (bakery.id, {bakery.id: "Технолог", cafe.id: "Совладелец"})
    card = text_of(client.get(f"/contacts/{person.id}/"))
    assert all(words in card for words in ("Хлебница", "Технолог", "Кафе «Ромашка»", "Совладелец"))
    for company, role in ((bakery, "Технолог"), (cafe, "Совладелец")):
        card = text_of(client.get(f"/contacts/{company.id}/"))
        assert "Артём Хлебников" in card
        assert role in card
    client.post(at, {"company": str(cafe.id), "role": "Директор", "main": "1"})
    assert places(person) == (cafe.id, {cafe.id: "Директор", bakery.id: "Технолог"})


def test_a_person_is_added_from_the_company_and_taken_out_of_it(cast: Cast, client: ProjectClient) -> None:
    bakery, person = firm(cast.manager, "Хлебница"), new(cast.manager)
    client.sign_in(cast.manager)
    at = f"/contacts/{bakery.id}/people/"
    assert client.get(at).status_code == 200
    client.post(at, {"company": str(person.id), "role": "Закупщик"})
    assert places(person) == (bakery.id, {bakery.id: "Закупщик"})
    client.post(f"/contacts/{person.id}/companies/out/", {"company": str(bakery.id)})
    assert places(person) == (None, {})
    assert client.post(at, {"company": "12", "role": ""}).status_code == 422
    assert client.get(f"/contacts/{person.id}/people/").status_code == 404


def test_taking_out_of_the_main_company_makes_another_the_main_one_and_is_undone(cast: Cast) -> None:
    bakery, cafe = firm(cast.manager, "Хлебница"), firm(cast.manager, "Ромашка")
    person = new(cast.manager, company=str(bakery.id))
    do(cast.manager, "join", person, company=str(cafe.id), role="Бухгалтер")
    done = do(cast.manager, "leave", person, company=str(bakery.id))
    assert places(person) == (cafe.id, {cafe.id: "Бухгалтер"})
    undo(Act(access(cast.manager)), done.undo_id)
    assert places(person) == (bakery.id, {bakery.id: "", cafe.id: "Бухгалтер"})
    assert set(Membership.objects.values_list("company_id", flat=True)) == {bakery.id, cafe.id}


def test_the_field_company_changes_the_main_one(cast: Cast) -> None:
    first, second, third = (firm(cast.manager, name) for name in ("Первая", "Вторая", "Третья"))
    person = new(cast.manager, company=str(first.id))
    do(cast.manager, "join", person, company=str(second.id), role="Юрист")
    do(cast.manager, "edit", person, values={"company": str(second.id)})
    assert places(person) == (second.id, {second.id: "Юрист", first.id: ""})
    do(cast.manager, "edit", person, values={"company": str(third.id)})
    assert places(person) == (third.id, {third.id: "", first.id: ""})
    do(cast.manager, "edit", person, values={"company": ""})
    assert places(person)[1] == {first.id: ""}


def test_the_list_shows_and_filters_companies(cast: Cast, client: ProjectClient) -> None:
    bakery, cafe = firm(cast.manager, "Хлебница"), firm(cast.manager, "Ромашка")
    person, other = new(cast.manager, company=str(bakery.id)), new(cast.manager, first_name="Одинокий")
    do(cast.manager, "join", person, company=str(cafe.id), role="Бухгалтер")
    client.sign_in(cast.manager)
    page = text_of(client.get(f"/contacts/?f=company.is:{cafe.id}&cols=companies"))
    assert f'data-row="{person.id}"' in page
    assert f'data-row="{other.id}"' not in page
    assert "Бухгалтер" in page
    assert 'chip__v quiet" href' in page
    assert "Ромашка</a>" in page  # the chip names the company
    page = text_of(client.get(f"/contacts/?f=company.not:{cafe.id}"))
    assert (f'data-row="{person.id}"' in page, f'data-row="{other.id}"' in page) == (False, True)
    found = text_of(client.get("/contacts/options/company/?_q_company=Ромаш&into=v3"))
    assert f'name="v3" value="{cafe.id}"' in found


@pytest.mark.req("R1.01")
def test_a_hidden_company_shows_nowhere(cast: Cast, client: ProjectClient, program: Make) -> None:
    secret = firm(cast.director, "Секретная")
    person = new(cast.director)
    do(cast.director, "join", person, company=str(secret.id), role="Тайный советник")
    sharing = {"everyone": "write", "shares": {}}
    do(cast.director, "share", person, **sharing)
    answer = program(cast.manager)("GET", f"contacts/{person.id}").json()
    client.sign_in(cast.manager)
    roads = (
        f"contacts/{person.id}/",
        f"contacts/?cols=companies,company&f=company.is:{secret.id}",
        "contacts/?cols=companies",
    )
    for road in roads:
        assert not {"Секретная", "Тайный"} & set(text_of(client.get(f"/{road}")).replace("<", " ").split()), (
            road
        )
    assert f'data-row="{person.id}"' not in text_of(client.get(f"/contacts/?f=company.is:{secret.id}"))
    assert f'data-row="{person.id}"' not in text_of(client.get(f"/contacts/?f=company.not:{secret.id}"))
    assert (answer["company"], answer["companies"]) == (None, [])
    with pytest.raises(Invalid):
        do(cast.manager, "join", person, company=str(secret.id))
    with pytest.raises(NotFound):
        do(cast.manager, "leave", person, company=str(secret.id))
    own = firm(cast.manager, "Своя")
    do(cast.manager, "join", person, company=str(own.id))
    assert places(person) == (secret.id, {secret.id: "Тайный советник", own.id: ""})


def test_the_program_changes_companies(cast: Cast, program: Make) -> None:
    bakery, person = firm(cast.manager, "Хлебница"), new(cast.manager)
    api = program(cast.manager)
    answer = api("POST", f"contacts/{person.id}/join", {"company": str(bakery.id), "role": "Технолог"}).json()
    assert answer["companies"] == [{"company": str(bakery.id), "role": "Технолог"}]
    assert answer["company"] == str(bakery.id)
    answer = api("POST", f"contacts/{person.id}/leave", {"company": str(bakery.id)}).json()
    assert (answer["company"], answer["companies"]) == (None, [])
    again = api("POST", f"contacts/{person.id}/leave", {"company": str(bakery.id)})
    assert again.status_code == 404


def test_merging_keeps_companies_and_taking_apart_gives_them_back(cast: Cast) -> None:
    bakery, cafe, twin = (firm(cast.director, name) for name in ("Хлебница", "Ромашка", "ООО Хлебница"))
    person, same = new(cast.director, company=str(cafe.id)), new(cast.director, first_name="Артёмка")
    do(cast.director, "join", same, company=str(twin.id), role="Технолог")
    do(cast.director, "join", same, company=str(cafe.id), role="Повар")
    do(cast.director, "merge", bakery, sources=[str(twin.id)])
    assert places(same) == (bakery.id, {bakery.id: "Технолог", cafe.id: "Повар"})
    do(cast.director, "merge", person, sources=[str(same.id)])
    assert places(person) == (cafe.id, {cafe.id: "Повар", bakery.id: "Технолог"})
    last, first = Merge.objects.order_by("-id")
    do(cast.director, "unmerge", person, merge=str(last.id))
    assert places(person) == (cafe.id, {cafe.id: ""})
    do(cast.director, "unmerge", bakery, merge=str(first.id))
    assert places(same) == (twin.id, {twin.id: "Технолог", cafe.id: "Повар"})


def test_the_trash_keeps_companies(cast: Cast, client: ProjectClient) -> None:
    bakery, person = firm(cast.director, "Хлебница"), new(cast.director)
    do(cast.director, "join", person, company=str(bakery.id), role="Технолог")
    do(cast.director, "trash", bakery)
    client.sign_in(cast.director)
    assert "Технолог" not in text_of(client.get(f"/contacts/{person.id}/"))
    do(cast.director, "restore", bakery)
    assert "Технолог" in text_of(client.get(f"/contacts/{person.id}/"))
    assert places(person) == (bakery.id, {bakery.id: "Технолог"})


def test_what_belongs_to_no_company(cast: Cast) -> None:
    bakery, person = firm(cast.manager, "Хлебница"), new(cast.manager)
    for contact, company in (
        (bakery, firm(cast.manager, "Другая")),
        (person, new(cast.manager, first_name="Пётр")),
    ):
        with pytest.raises(Invalid):
            do(cast.manager, "join", contact, company=str(company.id))
    with pytest.raises(Forbidden):
        do(cast.colleague, "join", person, company=str(bakery.id))
    do(cast.manager, "join", person, company=str(bakery.id), role="Технолог")
    with pytest.raises(Invalid):
        do(cast.manager, "edit", bakery, values={"type": "person", "first_name": "Хлеб"})
