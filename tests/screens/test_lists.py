"""The list: its page, filters, orders, next rows, views and counts, as a person uses them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opora.people.models import Share
from opora.records import definitions, ways
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import OwnField, Process, SavedView, Section, Stage
from opora.records.operations import Act
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("R2.05", "R17.02")
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "list"}


@pytest.fixture
def stages(project: object) -> dict[str, Stage]:
    process = Process.objects.create(kind="contact", name="Продажи")
    groups = {"Новая": "new", "Разговор": "work", "Оплата": "won"}
    made = {
        name: Stage.objects.create(process=process, name=name, group=group, position=i, color="blue")
        for i, (name, group) in enumerate(groups.items())
    }
    definitions.changed()
    return made


def contact(user: Any, **values: str) -> Any:
    return perform("create", kinds["contact"], Act(access(user)), values=values).record


def many(user: Any, number: int) -> list[Any]:
    return [contact(user, first_name=f"Клиент {n:03}", city="Казань") for n in range(number)]


def html(response: Any) -> str:
    return response.content.decode()


def test_a_manager_sees_the_own_contacts_with_their_company_and_nobody_elses(
    cast: Cast, client: ProjectClient, stages: dict[str, Stage]
) -> None:
    bakery = contact(cast.manager, type="company", company_name="Пекарня «Хлебница»")
    contact(cast.manager, first_name="Артём", last_name="Хлебников", company=str(bakery.id))
    contact(cast.stranger, first_name="Чужой")
    page = html(client.sign_in(cast.manager).get("/contacts/"))
    assert "Артём Хлебников" in page
    assert '<span class="table__sub">Пекарня «Хлебница»</span>' in page
    assert "Чужой" not in page


def test_filters_are_read_from_the_address_and_shown_as_chips(
    cast: Cast, client: ProjectClient, stages: dict[str, Stage]
) -> None:
    contact(cast.manager, first_name="Артём", city="Казань")
    contact(cast.manager, first_name="Гульнара", city="Челны")
    page = html(client.sign_in(cast.manager).get("/contacts/?f=city.is:казань"))
    assert "Артём" in page
    assert "Гульнара" not in page
    assert "Город" in page


@pytest.mark.parametrize(
    "query", ["f=secret.is:1", "sort=secret", "cols=secret", "f=password.is:1", "f=broken"]
)
def test_an_unknown_field_is_refused_wherever_it_stands(
    cast: Cast, client: ProjectClient, query: str
) -> None:
    assert client.sign_in(cast.manager).get(f"/contacts/?{query}").status_code == 422


def test_a_field_of_a_closed_section_is_refused_like_one_that_is_not_there(
    cast: Cast, client: ProjectClient
) -> None:
    section = Section.objects.create(kind="contact", name="Закрытая", groups=[1])
    field = OwnField.objects.create(kind="contact", section=section, type="text", label="Тайна")
    definitions.changed()
    client.sign_in(cast.manager)
    closed = client.get(f"/contacts/?f={field.name}.is:1")
    assert closed.status_code == 422
    assert "Тайна" not in html(client.get("/contacts/"))


def test_the_panel_turns_its_rows_into_an_address(cast: Cast, client: ProjectClient) -> None:
    client.sign_in(cast.manager)
    sent = "panel=1&c0=city&o0=is&v0=Казань&c1=responsible&o1=any&v1=me"
    plain = client.get(f"/contacts/?{sent}")
    assert plain.status_code == 302
    assert plain["Location"].endswith(
        "?f=city.is%3A%D0%9A%D0%B0%D0%B7%D0%B0%D0%BD%D1%8C&f=responsible.any%3Ame"
    )
    assert client.get(f"/contacts/?{sent}", **HTMX)["HX-Push-Url"] == plain["Location"]


def test_a_row_that_says_nothing_keeps_the_panel_open_with_words(cast: Cast, client: ProjectClient) -> None:
    page = html(client.sign_in(cast.manager).get("/contacts/?panel=1&c0=created_at&o0=lt&v0=вчера"))
    assert 'id="c0-e"' in page
    assert 'value="вчера"' in page


def test_the_next_rows_come_by_a_cursor_and_none_is_shown_twice(cast: Cast, client: ProjectClient) -> None:
    many(cast.manager, 60)
    client.sign_in(cast.manager)
    for order in ("-stamp", "title", "-created_at"):
        page = html(client.get(f"/contacts/?sort={order}"))
        first = page.count("data-row=")
        following = page.split('id="more"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
        rest = html(client.get(following, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="more"))
        assert (first, rest.count("data-row=")) == (50, 10)
        assert "<table" not in rest
        both = page + rest
        assert len({both.split(f">Клиент {n:03}<")[0] for n in range(60)}) == 60


@pytest.mark.req("R17.02")
def test_the_page_costs_the_same_few_queries_whatever_the_number_of_rows(
    cast: Cast, client: ProjectClient, stages: dict[str, Stage]
) -> None:
    bakery = contact(cast.manager, type="company", company_name="Хлебница")
    contact(cast.manager, first_name="Артём", company=str(bakery.id), phones="+7 843 000-27-16")
    client.sign_in(cast.manager)
    client.get("/contacts/")
    ways._estimates.clear()  # asked anew every half a minute: the same in both pages
    with CaptureQueriesContext(connection) as few:
        client.get("/contacts/")
    for n in range(48):
        contact(
            cast.manager, first_name=f"Клиент {n}", company=str(bakery.id), phones=f"+7 843 000-27-{n:02}"
        )
    ways._estimates.clear()
    with CaptureQueriesContext(connection) as lots:
        client.get("/contacts/")
    assert len(lots) == len(few)
    assert len(lots) <= 12, [query["sql"][:120] for query in lots.captured_queries]


def test_counts_of_all_tabs_come_in_six_queries_at_most(
    cast: Cast, client: ProjectClient, stages: dict[str, Stage]
) -> None:
    contact(cast.manager, first_name="Артём")
    for n in range(5):
        SavedView.objects.create(kind="contact", name=f"Вид {n}", query={"f": ["city.is:Казань"]})
    client.sign_in(cast.manager)
    client.get("/contacts/counts/")
    with CaptureQueriesContext(connection) as captured:
        page = html(client.get("/contacts/counts/"))
    asked = [query["sql"] for query in captured.captured_queries]
    assert sum("COUNT(*)" in sql for sql in asked) == 2  # one for all tabs, one for the list itself
    assert len(asked) <= 8, asked  # with the session, the rights and the definitions
    assert 'id="tab-all" hx-swap-oob="true">1<' in page
    assert 'id="tab-work" hx-swap-oob="true">1<' in page


def test_a_view_is_saved_renamed_pinned_and_deleted_by_its_owner_alone(
    cast: Cast, client: ProjectClient
) -> None:
    client.sign_in(cast.manager)
    made = client.post("/views/new/", {"kind": "contact", "name": "Казань", "query": "?f=city.is:Казань"})
    assert made.status_code == 302
    row = SavedView.objects.get()
    assert (row.owner_id, row.query["f"]) == (cast.manager.id, ["city.is:Казань"])
    assert "Казань" in html(client.get(f"/contacts/?view={row.id}"))
    client.post(f"/views/{row.id}/", {"name": "Наша Казань"})
    client.post(f"/views/{row.id}/pin/")
    row.refresh_from_db()
    assert (row.name, row.is_pinned) == ("Наша Казань", True)
    client.sign_in(cast.colleague)
    assert client.get(f"/contacts/?view={row.id}").status_code == 404
    assert client.post(f"/views/{row.id}/removal/").status_code == 404
    client.sign_in(cast.manager)
    client.post(f"/views/{row.id}/removal/")
    assert not SavedView.objects.exists()


def test_only_who_sets_up_the_project_saves_for_everybody(cast: Cast, client: ProjectClient) -> None:
    form = {"kind": "contact", "name": "Общий", "query": "", "shared": "1"}
    client.sign_in(cast.manager).post("/views/new/", form)
    assert SavedView.objects.get().owner_id == cast.manager.id
    client.sign_in(cast.director).post("/views/new/", form)
    assert SavedView.objects.filter(owner=None).count() == 1


def test_a_list_is_searched_by_words_within_its_filters(cast: Cast, client: ProjectClient) -> None:
    contact(cast.manager, first_name="Артём", last_name="Хлебников", city="Казань")
    contact(cast.manager, first_name="Пётр", last_name="Хлебников", city="Уфа")
    page = html(client.sign_in(cast.manager).get("/contacts/?q=хлебн&f=city.is:Казань"))
    assert "Артём" in page
    assert "Пётр" not in page


def test_columns_are_chosen_by_the_address(cast: Cast, client: ProjectClient) -> None:
    contact(cast.manager, first_name="Артём", city="Казань", source="Сайт")
    page = html(client.sign_in(cast.manager).get("/contacts/?cols=source,city&right=source"))
    assert page.index('data-phone="3"') > 0
    assert page.index("sort=city") < page.index('scope="col">Источник')


def test_an_empty_list_says_what_to_drop(cast: Cast, client: ProjectClient) -> None:
    client.sign_in(cast.manager)
    assert "Ничего не найдено" in html(client.get("/contacts/?f=city.is:Казань"))
    assert "/contacts/new/" in html(client.get("/contacts/"))


def test_changed_rows_are_drawn_anew_only_for_who_sees_them(cast: Cast, client: ProjectClient) -> None:
    mine, other = contact(cast.manager, first_name="Мой"), contact(cast.stranger, first_name="Чужой")
    answer = html(client.sign_in(cast.manager).get(f"/contacts/rows/?ids={mine.id},{other.id}"))
    assert f'data-row="{mine.id}"' in answer
    assert "Чужой" not in answer


def test_the_trash_tab_is_there_for_who_may_delete(cast: Cast, client: ProjectClient) -> None:
    made = contact(cast.director, first_name="Артём")
    perform("trash", kinds["contact"], Act(access(cast.director)), [made.id])
    client.sign_in(cast.director)
    assert "Артём" not in html(client.get("/contacts/"))
    assert "Артём" in html(client.get("/contacts/?view=trash"))


def test_a_look_opens_the_record_beside_the_list_and_hides_what_is_unseen(
    cast: Cast, client: ProjectClient
) -> None:
    mine, other = contact(cast.manager, first_name="Мой"), contact(cast.stranger, first_name="Чужой")
    client.sign_in(cast.manager)
    seen = client.get(f"/contacts/{mine.id}/peek/", HTTP_HX_REQUEST="true")
    assert "Мой" in html(seen)
    assert client.get(f"/contacts/{other.id}/peek/", HTTP_HX_REQUEST="true").status_code == 404


def test_tasks_open_with_my_open_ones(cast: Cast, client: ProjectClient) -> None:
    perform("create", kinds["task"], Act(access(cast.manager)), values={"title": "Перезвонить"})
    perform("create", kinds["task"], Act(access(cast.colleague)), values={"title": "Чужая"})
    page = html(client.sign_in(cast.manager).get("/tasks/"))
    assert "Перезвонить" in page
    assert "Чужая" not in page


@pytest.mark.req("R17.02")
@pytest.mark.parametrize("kind", ["deal", "task"])
def test_lists_of_other_kinds_cost_no_more(cast: Cast, client: ProjectClient, kind: str) -> None:
    bakery = contact(cast.manager, first_name="Артём")
    act = Act(access(cast.manager))
    deal = perform("create", kinds["deal"], act, values={"title": "Печь", "contact": str(bakery.id)}).record
    for n, about in enumerate([bakery, deal] * 3):
        task = perform(
            "create", kinds["task"], Act(access(cast.manager)), values={"title": f"Дело {n}"}
        ).record
        named = "contact" if about is bakery else "deal"
        kinds["task"].model.objects.filter(pk=task.pk).update(about_kind=named, about_id=about.id)
    client.sign_in(cast.manager)
    path = "/deals/list/" if kind == "deal" else "/tasks/"
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        page = html(client.get(path))
    assert "Артём" in page
    assert len(captured) <= 12, [query["sql"][:120] for query in captured.captured_queries]


def test_a_cell_is_edited_in_place_only_where_one_may_edit(cast: Cast, client: ProjectClient) -> None:
    mine, shared = contact(cast.manager, first_name="Мой"), contact(cast.stranger, first_name="Чужой")
    Share.objects.create(kind="contact", record_id=shared.id, principal=cast.manager.id, level="read")
    page = html(client.sign_in(cast.manager).get("/contacts/"))
    assert f"/contacts/{mine.id}/fields/city/?as=cell" in page
    assert f"/contacts/{shared.id}/fields/city/" not in page
