"""The card of a record as a person uses it: seen, changed where it stands, written on, moved, taken, thrown away."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opora.notes.models import Note
from opora.people.models import Share
from opora.planner.models import Task
from opora.records import definitions
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import OwnField, Process, Section, Stage
from opora.records.operations import Act
from tests.clients import ProjectClient
from tests.people import Cast, access


@pytest.fixture
def stages(project: object) -> dict[str, Stage]:
    made: dict[str, Stage] = {}
    for kind in ("deal", "contact"):
        process = Process.objects.create(kind=kind, name="Продажи")
        groups = {"Новая": "new", "Договор": "work", "Оплачено": "won", "Отказ": "lost"}
        for i, (name, group) in enumerate(groups.items()):
            made[f"{kind}.{name}"] = Stage.objects.create(
                process=process, name=name, group=group, position=i, probability=25 * i
            )
    definitions.changed()
    return made


def new(user: Any, kind: str = "contact", **values: Any) -> Any:
    if kind == "contact":
        values = {"first_name": "Артём", "last_name": "Хлебников"} | values
    return perform("create", kinds[kind], Act(access(user)), values=values).record


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_card_shows_who_it_is_what_is_next_and_what_happened(
    cast: Cast, client: ProjectClient, stages: dict[str, Stage]
) -> None:
    contact = new(cast.manager, phones="+7 843 000-27-16", city="Казань")
    page = client.sign_in(cast.manager).get(f"/contacts/{contact.id}/")
    words = text_of(page)
    assert page.status_code == 200
    assert "Артём Хлебников" in words
    assert "+7 843 000-27-16" in words
    assert "Жанна Щукина" in words
    assert "Казань" in words


def queries_of(client: ProjectClient, path: str, **headers: str) -> tuple[Any, int]:
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(path, **headers)
    return answer, len(
        [
            q
            for q in seen.captured_queries
            if not q["sql"].startswith(("BEGIN", "COMMIT", "SET", "SAVEPOINT", "RELEASE"))
        ]
    )


def fill_history(cast: Cast, contact: Any, times: int) -> None:
    mine = access(cast.manager)
    for i in range(times):
        act = Act(mine)
        about = f"contact:{contact.id}"
        perform("create", kinds["note"], act, values={"text": f"Заметка {i}"}, about=about)
        task = {"title": f"Задача {i}", "due_at": "01.12.2026"}
        done = perform("create", kinds["task"], act, values=task, about=about).record
        perform("close", kinds["task"], Act(mine), [done.id])
        deal = perform(
            "create", kinds["deal"], act, values={"title": f"Печь {i}", "contact": contact.id}
        ).record
        perform("create", kinds["note"], act, values={"text": f"О сделке {i}"}, about=f"deal:{deal.id}")


@pytest.mark.req("R17.02")
def test_a_card_takes_at_most_twelve_queries_however_long_its_history(
    cast: Cast, client: ProjectClient, stages: dict[str, Stage]
) -> None:
    contact = new(cast.manager, type="company", company_name="Хлебница", first_name="", last_name="")
    new(cast.manager, company=contact.id)
    fill_history(cast, contact, 2)
    client.sign_in(cast.manager).get("/contacts/")
    _, few = queries_of(client, f"/contacts/{contact.id}/")
    fill_history(cast, contact, 12)
    page, many = queries_of(client, f"/contacts/{contact.id}/")
    assert page.status_code == 200
    assert "О сделке 11" in text_of(page)
    assert "задача закрыта" in text_of(page)
    assert (many <= few, many <= 12) == (True, True), (few, many)
    person = new(cast.manager, company=contact.id)
    fill_history(cast, person, 3)
    assert queries_of(client, f"/contacts/{person.id}/")[1] <= 12
    deal = kinds["deal"].model._default_manager.filter(contact_id=person.id).first()
    assert queries_of(client, f"/deals/{deal.id}/")[1] <= 12


@pytest.mark.req("R1.02")
def test_an_unseen_card_is_as_absent_as_one_that_never_was(cast: Cast, client: ProjectClient) -> None:
    contact = new(cast.manager)
    client.sign_in(cast.stranger)
    for below in ("", "feed/", "fields/city/", "stage/", "responsible/", "access/"):
        unseen = client.get(f"/contacts/{contact.id}/{below}")
        absent = client.get(f"/contacts/{contact.id + 1}/{below}")
        assert unseen.status_code == absent.status_code == 404
        assert plain(unseen, contact.id) == plain(absent, contact.id + 1)
    for below in ("notes/", "tasks/", "stage/", "trash/", "taking/", "restoration/"):
        assert client.post(f"/contacts/{contact.id}/{below}", {"text": "х", "title": "х"}).status_code == 404
    assert not Note.objects.exists()


def plain(answer: Any, number: int) -> str:
    """The page without what differs between any two requests."""
    words = re.sub(
        r'(nonce|value|content)="[^"]*"|X-CSRFToken": "[^"]*"|[0-9A-F]{4}-[0-9A-F]{4}', "", text_of(answer)
    )
    return words.replace(str(number), "")


def test_who_may_only_read_sees_no_button_and_is_refused(cast: Cast, client: ProjectClient) -> None:
    contact = new(cast.manager, city="Казань")
    kinds["contact"].model._default_manager.filter(pk=contact.id).update(access="none")
    Share.objects.create(kind="contact", record_id=contact.id, principal=cast.stranger.id, level="read")
    words = text_of(client.sign_in(cast.stranger).get(f"/contacts/{contact.id}/"))
    assert "data-edit" not in words
    assert "/trash/" not in words
    assert client.get(f"/contacts/{contact.id}/fields/city/").status_code == 403
    for below in ("fields/city/", "responsible/", "trash/"):
        assert (
            client.post(
                f"/contacts/{contact.id}/{below}", {"city": "Уфа", "to": cast.stranger.id}
            ).status_code
            == 403
        )
    contact.refresh_from_db()
    assert (contact.city, contact.responsible_id) == ("Казань", cast.manager.id)


HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.mark.req("R12.01")
def test_a_field_is_changed_in_its_place_and_a_stale_version_shows_both_values(
    cast: Cast, client: ProjectClient
) -> None:
    contact = new(cast.manager, city="Казань")
    at = f"/contacts/{contact.id}/fields/city/"
    client.sign_in(cast.manager)
    assert 'value="Казань"' in text_of(client.get(at, **HTMX))
    saved = client.post(at, {"city": "Уфа", "_version": "1"}, **HTMX)
    assert (saved.status_code, "Уфа" in text_of(saved)) == (200, True)
    assert "records:changed" in saved.headers["HX-Trigger"]
    stale = client.post(at, {"city": "Самара", "_version": "1"}, **HTMX)
    assert stale.status_code == 409
    assert 'value="Самара"' in text_of(stale)
    assert "Уфа" in text_of(stale)
    assert 'name="_version" value="2"' in text_of(stale)
    long = client.post(at, {"city": "х" * 101, "_version": "2"}, **HTMX)
    assert long.status_code == 422
    assert "х" * 101 in text_of(long)
    contact.refresh_from_db()
    assert contact.city == "Уфа"


@pytest.mark.req("U06", "R5.03")
def test_a_one_time_field_is_asked_once_and_then_locked(cast: Cast, client: ProjectClient) -> None:
    section = Section.objects.create(kind="contact", name="Реквизиты")
    field = OwnField.objects.create(
        kind="contact", section=section, type="text", label="№ договора", is_one_time=True
    )
    definitions.changed()
    contact = new(cast.manager)
    at = f"/contacts/{contact.id}/fields/{field.name}/"
    client.sign_in(cast.manager)
    assert "Сохранить навсегда" in text_of(client.get(at, **HTMX))
    assert client.post(at, {field.name: "118", "_version": "1"}, **HTMX).status_code == 200
    assert client.get(at, **HTMX).status_code == 403
    assert client.post(at, {field.name: "119", "_version": "2"}, **HTMX).status_code == 422
    assert "Разовое поле" in text_of(client.get(f"/contacts/{contact.id}/"))


@pytest.mark.req("R5.06")
def test_a_field_of_a_closed_section_exists_nowhere(cast: Cast, client: ProjectClient) -> None:
    section = Section.objects.create(kind="contact", name="Тайное", groups=[1])
    field = OwnField.objects.create(kind="contact", section=section, type="text", label="Тайна")
    definitions.changed()
    contact = new(cast.manager)
    client.sign_in(cast.manager)
    assert "Тайн" not in text_of(client.get(f"/contacts/{contact.id}/"))
    assert "Тайн" not in text_of(client.get("/contacts/new/"))
    assert client.get(f"/contacts/{contact.id}/fields/{field.name}/").status_code == 404


@pytest.mark.req("U05", "R5.02")
def test_a_stage_asks_only_for_what_it_lacks_and_undo_brings_the_record_back(
    cast: Cast, client: ProjectClient, stages: dict[str, Stage]
) -> None:
    section = Section.objects.create(kind="deal", name="Поставка")
    field = OwnField.objects.create(
        kind="deal", section=section, type="number", label="Срок", required_from=stages["deal.Договор"]
    )
    definitions.changed()
    deal = new(cast.manager, "deal", title="Печь")
    at, stage = f"/deals/{deal.id}/stage/", str(stages["deal.Договор"].id)
    client.sign_in(cast.manager)
    asked = client.post(at, {"stage": stage, "_version": "1"}, **HTMX)
    assert (asked.status_code, asked.headers["HX-Retarget"]) == (422, "#dialogs")
    assert f'name="{field.name}"' in text_of(asked)
    assert 'name="amount"' not in text_of(asked)
    moved = client.post(at, {"stage": stage, "_version": "1", field.name: "15", "_asked": "1"}, **HTMX)
    assert moved.status_code == 204
    deal.refresh_from_db()
    assert (deal.stage_id, deal.probability) == (stages["deal.Договор"].id, 25)
    undo = re.search(r"undo/\d+/", moved.headers["HX-Trigger"])
    assert undo
    assert client.post(f"/{undo[0]}", **HTMX).status_code == 204
    deal.refresh_from_db()
    assert deal.stage_id == stages["deal.Новая"].id


@pytest.mark.req("O14")
def test_a_lost_deal_says_why_and_a_won_one_knows_when(
    cast: Cast, client: ProjectClient, stages: dict[str, Stage]
) -> None:
    deal = new(cast.manager, "deal", title="Печь")
    at = f"/deals/{deal.id}/stage/"
    client.sign_in(cast.manager)
    assert client.post(at, {"stage": stages["deal.Отказ"].id}, **HTMX).status_code == 422
    assert (
        client.post(at, {"stage": stages["deal.Отказ"].id, "lost_reason": "Дорого"}, **HTMX).status_code
        == 204
    )
    deal.refresh_from_db()
    assert (deal.lost_reason, deal.closed_at is not None) == ("Дорого", True)
    assert client.post(at, {"stage": stages["deal.Оплачено"].id}, **HTMX).status_code == 204
    deal.refresh_from_db()
    assert (deal.lost_reason, deal.probability, deal.closed_at is not None) == ("", 50, True)
    assert client.post(at, {"stage": stages["contact.Договор"].id}, **HTMX).status_code == 404


def test_the_first_takes_and_the_second_is_told_who(cast: Cast, client: ProjectClient) -> None:
    contact = perform(
        "create",
        kinds["contact"],
        Act(access(cast.director), is_trusted=True),
        values={"first_name": "Заявка"},
    ).record
    client.sign_in(cast.manager)
    assert "Взять" in text_of(client.get(f"/contacts/{contact.id}/"))
    assert client.post(f"/contacts/{contact.id}/taking/", **HTMX).status_code == 204
    client.sign_in(cast.colleague)
    second = client.post(f"/contacts/{contact.id}/taking/", **HTMX)
    assert second.status_code == 409
    assert "Жанна Щукина" in text_of(second)
    contact.refresh_from_db()
    assert contact.responsible_id == cast.manager.id


@pytest.mark.req("R12.03", "O08")
def test_a_form_sent_twice_makes_one_record_and_a_refused_one_keeps_what_was_typed(
    cast: Cast, client: ProjectClient, stages: dict[str, Stage]
) -> None:
    contact = new(cast.manager)
    client.sign_in(cast.manager)
    sent = {
        "_key": "k1",
        "title": "Печь",
        "contact": str(contact.id),
        "amount": "1 284 000",
        "amount_currency": "UZS",
        "rate": "0,0065",
    }
    first = client.post("/deals/new/", sent)
    again = client.post("/deals/new/", sent)
    assert first.status_code == again.status_code == 302
    assert first.headers["Location"] == again.headers["Location"]
    deal = kinds["deal"].model._default_manager.get()
    assert (deal.contact_id, deal.amount, deal.currency) == (contact.id, 1284000, "UZS")
    refused = client.post("/deals/new/", {"_key": "k2", "title": "", "amount": "сто", "description": "Важно"})
    assert refused.status_code == 422
    assert "Важно" in text_of(refused)
    assert "сто" in text_of(refused)
    assert text_of(refused).count("error-summary") == 1
    more = client.post("/deals/new/", sent | {"_key": "k3", "_next": "new"})
    assert f"contact={contact.id}" in more.headers["Location"]


def test_a_deal_is_not_tied_to_a_client_one_does_not_see(cast: Cast, client: ProjectClient) -> None:
    contact = new(cast.manager)
    answer = client.sign_in(cast.stranger).post("/deals/new/", {"title": "Печь", "contact": str(contact.id)})
    assert answer.status_code == 422
    assert not kinds["deal"].model._default_manager.exists()


@pytest.mark.req("N22", "O32")
def test_a_note_and_a_task_are_written_on_the_card_and_the_nearest_task_is_the_next_step(
    cast: Cast, client: ProjectClient, stages: dict[str, Stage]
) -> None:
    contact = new(cast.manager)
    deal = new(cast.manager, "deal", title="Печь", contact=contact.id)
    client.sign_in(cast.manager)
    assert client.post(f"/deals/{deal.id}/notes/", {"text": "Ввод 25 кВт"}, **HTMX).status_code == 200
    assert client.post(f"/deals/{deal.id}/notes/", {"text": " "}, **HTMX).status_code == 422
    task = {"title": "Позвонить", "due_at": "24.11.2027 11:00", "_key": "t1"}
    assert client.post(f"/deals/{deal.id}/tasks/", task, **HTMX).status_code == 200
    assert client.post(f"/deals/{deal.id}/tasks/", task, **HTMX).status_code == 200
    made = Task.objects.get()
    assert (made.root_kind, made.root_id, made.is_all_day) == ("contact", contact.id, False)
    contact.refresh_from_db()
    deal.refresh_from_db()
    assert contact.next_step_at == deal.next_step_at == made.due_at
    words = text_of(client.get(f"/contacts/{contact.id}/"))
    assert "Ввод 25 кВт" in words
    assert "Позвонить" in words
    closed = client.post(f"/tasks/{made.id}/closing/", **HTMX)
    assert closed.status_code == 204
    contact.refresh_from_db()
    assert contact.next_step_at is None
    undo = re.search(r"undo/\d+/", closed.headers["HX-Trigger"])
    assert undo
    client.post(f"/{undo[0]}", **HTMX)
    contact.refresh_from_db()
    assert contact.next_step_at == made.due_at


@pytest.mark.req("U12", "R4.07")
def test_a_client_is_handed_over_with_the_open_tasks(cast: Cast, client: ProjectClient) -> None:
    contact = new(cast.manager)
    client.sign_in(cast.head)
    client.post(f"/contacts/{contact.id}/tasks/", {"title": "Позвонить", "soon": "1"})
    asked = text_of(client.get(f"/contacts/{contact.id}/responsible/", **HTMX))
    assert "1 открытая задача" in asked
    assert client.post(f"/contacts/{contact.id}/responsible/", {"to": "9"}, **HTMX).status_code == 422
    to = {"to": str(cast.colleague.id)}
    assert client.post(f"/contacts/{contact.id}/responsible/", to, **HTMX).status_code == 204
    assert Task.objects.get().responsible_id == cast.colleague.id
    contact.refresh_from_db()
    assert contact.responsible_id == cast.colleague.id


@pytest.mark.req("R4.09", "O11")
def test_a_client_with_a_deal_stays_out_of_the_trash_and_a_trashed_card_opens_by_its_link(
    cast: Cast, client: ProjectClient, stages: dict[str, Stage]
) -> None:
    contact = new(cast.manager)
    deal = new(cast.manager, "deal", title="Печь", contact=contact.id)
    client.sign_in(cast.manager)
    refused = client.post(f"/contacts/{contact.id}/trash/", **HTMX)
    assert refused.status_code == 409
    assert "Печь" in text_of(refused)
    assert client.post(f"/deals/{deal.id}/trash/", **HTMX).status_code == 204
    assert client.post(f"/contacts/{contact.id}/trash/", **HTMX).status_code == 204
    words = text_of(client.get(f"/contacts/{contact.id}/"))
    assert "В корзине" in words
    assert "/restoration/" in words
    assert client.post(f"/contacts/{contact.id}/fields/city/", {"city": "Уфа"}).status_code == 403
    assert client.post(f"/contacts/{contact.id}/restoration/", **HTMX).status_code == 204
    contact.refresh_from_db()
    assert not contact.is_trashed


def test_the_card_speaks_each_language(cast: Cast, client: ProjectClient) -> None:
    contact = new(cast.manager)
    client.sign_in(cast.manager)
    for language, word in (("ru", "Заметка"), ("uz", "Qayd"), ("en", "Note")):
        type(cast.manager).objects.filter(pk=cast.manager.id).update(language=language)
        assert word in text_of(client.get(f"/contacts/{contact.id}/"))


def test_every_value_is_escaped(cast: Cast, client: ProjectClient) -> None:
    contact = new(
        cast.manager, first_name="<script>1</script>", description="<img src=x>", sites='example.com/"><b>'
    )
    client.sign_in(cast.manager).post(f"/contacts/{contact.id}/notes/", {"text": "<b>жирно</b>"})
    words = text_of(client.get(f"/contacts/{contact.id}/"))
    for raw in ("<script>1", "<img src=x", "<b>жирно", 'com/"><b>'):
        assert raw not in words


def test_a_cell_of_a_list_is_changed_in_its_place(cast: Cast, client: ProjectClient) -> None:
    contact = new(cast.manager, city="Казань")
    at = f"/contacts/{contact.id}/fields/city/"
    client.sign_in(cast.manager)
    asked = text_of(client.get(at + "?as=cell", **HTMX)).strip()
    assert asked.startswith("<td")
    saved = text_of(client.post(at, {"city": "Уфа", "_version": "1", "_as": "cell"}, **HTMX)).strip()
    assert (saved[:3], saved[-5:], "Уфа" in saved, "data-edit" in saved) == ("<td", "</td>", True, True)


def test_without_script_every_step_is_a_page(
    cast: Cast, client: ProjectClient, stages: dict[str, Stage]
) -> None:
    contact = new(cast.manager)
    client.sign_in(cast.manager)
    for below in ("fields/city/", "stage/", "responsible/", "access/", "feed/?of=note"):
        page = client.get(f"/contacts/{contact.id}/{below}")
        assert (page.status_code, "<!doctype html>" in text_of(page)) == (200, True), below
    back = client.post(f"/contacts/{contact.id}/fields/city/", {"city": "Уфа", "_version": "1"})
    assert back.status_code == 302
    asked = client.post(f"/contacts/{contact.id}/notes/", {"text": ""})
    assert (asked.status_code, "<!doctype html>" in text_of(asked)) == (422, True)
    found = client.post(
        "/deals/new/", {"_key": "k", "_q_contact": "Хлебник", "_find": "contact", "title": "Печь"}
    )
    assert "Артём Хлебников" in text_of(found)
    assert 'value="Печь"' in text_of(found)
