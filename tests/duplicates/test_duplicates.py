"""Never two of the same: found while typing, on the card and on one page; merged by choice and taken apart again."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opora.duplicates import finding, keys
from opora.duplicates.models import DuplicateKey, Merge
from opora.duplicates.names import key_of
from opora.jobs import turns
from opora.kit.errors import Conflict, Forbidden, Invalid, NotFound
from opora.people.models import Role
from opora.records import definitions, loading
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import OwnField
from opora.records.operations import Act
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import Cast, access

HTMX = {"HTTP_HX_REQUEST": "true"}
LATE = {"HX-Request": "true", "HX-Target": "card-late"}
CONTACT, DEAL, TASK, NOTE = (kinds[name] for name in ("contact", "deal", "task", "note"))


def new(user: Any, kind: str = "contact", about: str | None = None, **values: Any) -> Any:
    more = {"about": about} if about else {}
    return perform("create", kinds[kind], Act(access(user)), values=values, **more).record


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def looked(client: ProjectClient) -> None:
    keys.look.enqueue()
    turns.drain(client.project.key)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Фёдор Семёнов", "Федор Семенов"),
        ("Анна Котова", "Котова Ана"),
        ("Дилшод Юсупов", "Dilshod Yusupov"),
        ("Гульнара Ахметова", "Гульнара Ахмтеова"),
        ("ООО «Пекарня Утро»", "Пекарня «Утро»"),
        ("Yo‘ldosh Qodirov", "Yo'ldosh Qodirov"),
        ("Шерзод Алимов", "Sherzod Alimov"),
    ],
)
def test_one_name_written_differently_has_one_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("Анна Котова", "Анна Котина"), ("Пекарня Утро", "Пекарня Вечер"), ("Олег", "Ольга")]
)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)
    assert key_of("ООО") == key_of("Ли") == key_of("+7 843 000-27-16") == ""


def test_a_form_warns_while_one_types_and_only_of_what_one_may_see(cast: Cast, client: ProjectClient) -> None:
    new(cast.manager, first_name="Артём", last_name="Хлебников", phones="+7 843 000-27-16")
    client.sign_in(cast.manager)
    at = "/contacts/duplicates/typed/"
    for typed in (
        {"phones": "8 (843) 000-27-16"},
        {"first_name": "Хлебников", "last_name": "Артем"},
        {"first_name": "Fhn`v", "last_name": "{kt,ybrjd"},
    ):
        assert "Хлебников" in text_of(client.post(at, typed, **HTMX)), typed
    assert text_of(client.post(at, {"phones": "+7 843 000", "first_name": "Ар"}, **HTMX)).strip() == ""
    assert "duplicates/typed" in text_of(client.get("/contacts/new/"))
    client.sign_in(cast.stranger)
    assert text_of(client.post(at, {"phones": "+7 843 000-27-16"}, **HTMX)).strip() == ""


def test_the_warning_takes_few_statements(
    cast: Cast,
) -> None:
    new(cast.manager, first_name="Артём", last_name="Хлебников", phones="+7 843 000-27-16")
    rights = access(cast.manager)
    with definitions.looked_up_once(), CaptureQueriesContext(connection) as asked:
        typed = finding.typed_keys(rights, CONTACT, {"phones": "+7 843 000-27-16", "first_name": "Артём"})
        assert len(finding.alike(rights, CONTACT, typed)) == 1
    assert len(asked) <= 3


def test_the_page_groups_what_is_probably_one_client(cast: Cast, client: ProjectClient) -> None:
    field = OwnField.objects.create(
        kind="contact", type="text", label="ИНН", options={"finds_duplicates": True}
    )
    definitions.changed()
    new(cast.manager, first_name="Анна", last_name="Котова", phones="+7 836 000-72-19")
    new(cast.manager, first_name="Ана", last_name="Котова", phones="+7 836 000-72-19")
    new(cast.manager, type="company", company_name="Ромашка", **{field.name: "1215000000"})
    new(cast.manager, type="company", company_name="Лютик", **{field.name: "1215000000"})
    new(cast.stranger, first_name="Анна", last_name="Котова", phones="+7 836 000-72-19")
    new(cast.manager, first_name="Совсем", last_name="Другой")
    looked(client)
    client.sign_in(cast.manager)
    page = text_of(client.get("/contacts/duplicates/"))
    assert page.count('class="dup__rec"') == 4
    said = re.findall(r'aria-label="(Совпали[^"]*)"', page)
    assert said == ["Совпали: ИНН", "Совпали: телефон, похожее имя"]
    found = finding.groups(access(cast.manager), CONTACT)
    assert [group.is_exact for group in found] == [True, True]
    assert [len(group.records) for group in finding.groups(access(cast.director), CONTACT)] == [3, 2]
    client.post("/contacts/duplicates/apart/", {"ids": [str(n) for n in found[0].ids]})
    assert len(finding.groups(access(cast.manager), CONTACT)) == 1
    assert "Ромашка" in text_of(client.get("/contacts/duplicates/?show=apart"))
    client.post("/contacts/duplicates/apart/", {"ids": [str(n) for n in found[0].ids], "together": "1"})
    assert len(finding.groups(access(cast.manager), CONTACT)) == 2


def test_keys_follow_the_record_on_every_road(cast: Cast, client: ProjectClient) -> None:
    contact = new(cast.manager, first_name="Анна", last_name="Котова", phones="+7 836 000-72-19")
    perform("edit", CONTACT, Act(access(cast.manager)), [contact.id], values={"phones": "+7 836 000-72-20"})
    kept = set(DuplicateKey.objects.filter(record_id=contact.id).values_list("sort", "key"))
    assert kept == {("phone", "8360007220"), ("name", key_of("Анна Котова"))}
    other = CONTACT.model(first_name="Анна", last_name="Котова")
    loading.load(CONTACT, [other])
    twins = finding.twins_of(access(cast.director), CONTACT, contact)
    assert [twin.record.id for twin in twins] == [other.id]
    client.sign_in(cast.director)
    assert "Двойники" in text_of(client.get(f"/contacts/{contact.id}/", headers=LATE))


def prepared(cast: Cast) -> tuple[Any, Any, dict[str, Any]]:
    """Two cards of one client, the second with a deal, a task, a note and a person of the firm."""
    target = new(
        cast.manager, type="company", company_name="Турист", phones="+7 836 000-72-19", city="Казань"
    )
    source = new(
        cast.manager, type="company", company_name="ИП Логинов", phones="+7 836 000-72-20", city="Йошкар-Ола"
    )
    tied = {
        "deal": new(cast.colleague, "deal", title="Печь", contact=str(source.id)),
        "task": new(cast.manager, "task", about=f"contact:{source.id}", title="Звонок", due_at="01.10.2026"),
        "note": new(cast.manager, "note", about=f"contact:{source.id}", text="Замерили печь"),
        "person": new(cast.manager, first_name="Андрей", last_name="Логинов", company=str(source.id)),
    }
    return target, source, tied


def fresh(*records: Any) -> None:
    for record in records:
        record.refresh_from_db()


@pytest.mark.req("R5.01", "R5.03")
def test_a_merge_takes_what_was_chosen_and_all_that_stands_on_it_and_comes_apart_again(
    cast: Cast, client: ProjectClient
) -> None:
    target, source, tied = prepared(cast)
    client.sign_in(cast.head)
    ids = f"{target.id},{source.id}"
    page = text_of(client.get(f"/contacts/duplicates/merge/?ids={ids}&take.city={source.id}"))
    assert "Йошкар-Ола" in page
    assert "Переедет вместе" in page
    sent = {"ids": ids, "target": str(target.id), "take.city": str(source.id)}
    assert client.post("/contacts/duplicates/merge/", sent).status_code == 302
    fresh(target, source, *tied.values())
    assert (target.company_name, target.city, source.is_trashed) == ("Турист", "Йошкар-Ола", True)
    assert [item["value"] for item in target.phones] == ["+78360007219", "+78360007220"]
    assert tied["deal"].contact_id == tied["task"].about_id == tied["note"].about_id == target.id
    assert tied["person"].company_id == target.id
    history = text_of(client.get(f"/contacts/{target.id}/"))
    assert "Замерили печь" in history
    assert "Разъединить" in text_of(client.get(f"/contacts/{target.id}/", headers=LATE))
    assert Event.objects.filter(name="contact.merged", subject_id=target.id).count() == 1
    assert "Турист" in text_of(client.get(f"/contacts/{source.id}/", headers=LATE))
    with pytest.raises(Conflict):
        perform("restore", CONTACT, Act(access(cast.head)), [source.id])
    perform("edit", CONTACT, Act(access(cast.manager)), [target.id], values={"city": "Уфа"})
    made = Merge.objects.get()
    assert client.post(f"/contacts/duplicates/merges/{made.id}/undoing/").status_code == 302
    fresh(target, source, *tied.values())
    assert (source.is_trashed, source.city, target.city) == (False, "Йошкар-Ола", "Уфа")
    assert [item["value"] for item in target.phones] == ["+78360007219"]
    assert tied["deal"].contact_id == tied["task"].about_id == tied["note"].about_id == source.id
    assert tied["person"].company_id == source.id
    assert "Замерили печь" not in text_of(client.get(f"/contacts/{target.id}/"))
    again = client.post(f"/contacts/duplicates/merges/{made.id}/undoing/")
    assert again.status_code == 409


@pytest.mark.req("R5.03", "R5.04")
def test_what_was_filled_once_stays_the_targets_own(cast: Cast) -> None:
    field = OwnField.objects.create(kind="contact", type="text", label="№", is_one_time=True)
    definitions.changed()
    first = new(cast.manager, first_name="А", **{field.name: "118"})
    second = new(cast.manager, first_name="Б", **{field.name: "119"})
    third = new(cast.manager, first_name="В")
    act = Act(access(cast.director))
    take = {field.name: str(second.id), "first_name": str(second.id)}
    perform("merge", CONTACT, act, [first.id], sources=[str(second.id)], take=take)
    fresh(first)
    assert (first.first_name, first.values[field.name]) == ("Б", "118")
    perform("merge", CONTACT, act, [third.id], sources=[str(first.id)])
    fresh(third)
    assert third.values[field.name] == "118"


@pytest.mark.req("R2.04", "R5.05")
def test_merging_asks_for_the_rights_of_a_change_and_of_a_deletion(cast: Cast) -> None:
    mine, other = (
        new(cast.manager, first_name="А", phones="+7 836 000-72-19"),
        new(cast.stranger, first_name="Б"),
    )
    act = Act(access(cast.manager))
    with pytest.raises(NotFound):
        perform("merge", CONTACT, act, [mine.id], sources=[str(other.id)])
    with pytest.raises(Invalid):
        perform("merge", CONTACT, act, [mine.id], sources=[])
    second = new(cast.manager, first_name="В", phones="+7 836 000-72-20")
    role = Role.objects.get(pk=cast.manager.role_id)
    role.switches = [name for name in role.switches if name != "phone.edit"]
    role.save()
    perform("merge", CONTACT, Act(access(cast.manager)), [mine.id], sources=[str(second.id)])
    fresh(mine)
    assert [item["value"] for item in mine.phones] == ["+78360007219"]
    role.scopes = {**role.scopes, "contact": {"see": "own", "edit": "own", "create": "own", "delete": "none"}}
    role.save()
    third = new(cast.manager, first_name="Г")
    with pytest.raises(Forbidden):
        perform("merge", CONTACT, Act(access(cast.manager)), [mine.id], sources=[str(third.id)])
