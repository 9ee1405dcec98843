"""A lead of a site becomes a contact that somebody takes: nothing of it is lost, and nothing of it comes twice."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from opora.contacts.manifest import CONTACT
from opora.contacts.models import Contact
from opora.kit.dates import day_bounds
from opora.notes.models import Note
from opora.people.models import Token, User
from opora.people.tokens import issue
from opora.planner.models import Task
from opora.records import definitions, sight
from opora.records.actions import perform
from opora.records.models import OwnField, Section
from opora.records.operations import Act
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.leadforms.conftest import Send
from tests.people import Cast, access

pytestmark = pytest.mark.req("N15", "R9.02")
ANNA = {
    "name": "Анна Петрова",
    "phone": "8 917 000-48-21",
    "email": "anna@example.com",
    "note": "Позвоните после обеда",
}


def own_field(type_name: str = "text", label: str = "Площадь цеха", **options: Any) -> OwnField:
    section = Section.objects.create(kind="contact", name="Анкета", groups=options.pop("groups", []))
    row = OwnField.objects.create(kind="contact", section=section, type=type_name, label=label, **options)
    definitions.changed()
    return row


@pytest.mark.req("N11")
def test_a_lead_is_a_contact_nobody_holds_with_a_task_for_today_and_a_note(send: Send, cast: Cast) -> None:
    answer = send(ANNA)
    assert answer.status_code == 201
    contact = Contact.objects.get()
    assert answer.json() == {"id": str(contact.id), "status": "created"}
    assert (contact.title, contact.responsible_id, contact.source) == ("Анна Петрова", None, "Сайт")
    assert contact.phones[0]["value"] == "+79170004821"
    task = Task.objects.get()
    start, end = day_bounds(
        timezone.localdate(timezone=definitions.current().preferences.zone),
        definitions.current().preferences.zone,
    )
    assert (task.about_id, task.responsible_id, task.is_all_day) == (contact.id, None, True)
    assert start <= task.due_at < end
    assert Note.objects.get().text == ANNA["note"]
    contact.refresh_from_db()
    assert contact.next_step_at == task.due_at
    assert Event.objects.get(subject_kind="contact").name == "contact.received"


def test_who_takes_new_records_sees_the_lead_and_takes_its_task_along(send: Send, cast: Cast) -> None:
    number = int(send(ANNA).json()["id"])
    assert sight.visible_ids(access(cast.manager), CONTACT, [number]) == {number}
    perform("take", CONTACT, Act(access(cast.manager)), [number])
    assert Task.objects.get().responsible_id == cast.manager.id
    assert not sight.visible(access(cast.stranger), CONTACT).exists()


@pytest.mark.parametrize("path", ["/api/v1/leads", "/api/v1/leads/"])
@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=BoUnD"]
)
def test_an_ordinary_form_is_taken_too(send: Send, path: str, content_type: str) -> None:
    body = urlencode(ANNA)
    if "multipart" in content_type:
        parts = [
            f'--BoUnD\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in ANNA.items()
        ]
        body = "".join(parts) + "--BoUnD--\r\n"
    assert send(body, content_type=content_type, path=path).status_code == 201
    assert Contact.objects.get().title == "Анна Петрова"
    assert Note.objects.get().text == ANNA["note"]


def test_own_fields_are_filled_by_name_and_by_label_and_unknown_ones_are_dropped(
    send: Send, caplog: Any
) -> None:
    area = own_field("number")
    machine = own_field("selector", "Станок", options={"choices": [{"id": "a", "label": "Пресс"}]})
    with caplog.at_level("INFO", "opora.leads"):
        answer = send(
            {"name": "Олег", area.name: "120,5", "станок": "Пресс", "is_admin": "1", "responsible": "1"}
        )
    assert answer.status_code == 201
    contact = Contact.objects.get()
    assert contact.values == {area.name: "120.5", machine.name: "a"}
    assert contact.responsible_id is None
    assert "is_admin" in caplog.text


def test_what_a_field_can_not_take_stays_in_the_note(send: Send) -> None:
    own_field("number")
    answer = send(
        {
            "phone": ["12", "+7 843 000-27-16"],
            "email": "anna at example",
            "Площадь цеха": "большая",
            "note": "Печь",
        }
    )
    assert answer.status_code == 201
    contact = Contact.objects.get()
    assert [item["value"] for item in contact.phones] == ["+78430002716"]
    assert Note.objects.get().text.split("\n") == [
        "Печь",
        "Телефон: 12",
        "Эл. почта: anna at example",
        "Площадь цеха: большая",
    ]


def test_a_lead_that_only_holds_a_broken_phone_is_called_by_it(send: Send) -> None:
    assert send({"phone": "12-34"}).status_code == 201
    assert Contact.objects.get().title == "Телефон: 12-34"


@pytest.mark.req("R5.02")
def test_a_lead_may_lack_what_a_person_must_fill_in(send: Send) -> None:
    own_field(is_required=True)
    assert send(ANNA).status_code == 201
    assert Contact.objects.get().is_incomplete


@pytest.mark.req("R5.06")
def test_a_section_closed_to_the_owner_of_the_key_is_unknown_to_the_lead(send: Send) -> None:
    secret = own_field(label="Лимит", groups=[77])
    assert send({"name": "Олег", secret.name: "5", "Лимит": "6"}).status_code == 201
    assert Contact.objects.get().values == {}


@pytest.mark.req("R11.06")
def test_a_repeat_with_the_same_key_answers_like_the_first(send: Send) -> None:
    first = send(ANNA, Idempotency_Key="k1")
    again = send(ANNA, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json()["id"] == first.json()["id"]
    other = send({**ANNA, "name": "Пётр"}, Idempotency_Key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert (Contact.objects.count(), Task.objects.count(), Note.objects.count()) == (1, 1, 1)


def test_the_same_lead_within_ten_minutes_is_one_contact_with_a_note(send: Send) -> None:
    first, twin = send(ANNA), send({**ANNA, "note": "Жду!"}, Idempotency_Key="t")
    assert (twin.status_code, twin.json()) == (200, {"id": first.json()["id"], "status": "repeated"})
    assert send({**ANNA, "note": "Жду!"}, Idempotency_Key="t").json()["id"] == first.json()["id"]
    assert Contact.objects.count() == Task.objects.count() == 1
    notes = list(Note.objects.order_by("id").values_list("text", flat=True))
    assert len(notes) == 2
    assert notes[1].startswith("Повтор")
    assert notes[1].endswith("Жду!")
    Contact.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert send(ANNA).status_code == 201
    assert send({**ANNA, "phone": "8 917 000-48-22"}).status_code == 201


@pytest.mark.req("R6.09", "R1.01")
@pytest.mark.parametrize("header", ["Bearer opora_wrong", "Basic abc", ""])
def test_a_wrong_key_is_refused_and_writes_nothing(client: ProjectClient, key: str, header: str) -> None:
    answer = client.post(
        "/api/v1/leads",
        ANNA,
        content_type="application/json",
        headers={"Authorization": header} if header else {},
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["code"] == "not_authenticated"
    assert not Contact.objects.exists()


@pytest.mark.req("R6.09")
def test_a_key_sends_leads_only_with_its_scope_and_the_right_of_its_owner(send: Send, cast: Cast) -> None:
    reading = issue(cast.head, ["read"])[1]
    assert send(ANNA, key=reading).status_code == 403
    role = cast.head.role
    role.switches = [name for name in role.switches if name != "leads.create"]
    role.save()
    assert send(ANNA).status_code == 403
    User.objects.filter(pk=cast.head.pk).update(status="dismissed")
    assert send(ANNA).status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 422, "bad_body"),
        ("[1]", 422, "bad_body"),
        ('{"name": NaN}', 422, "bad_body"),
        ("{}", 422, "required"),
        ('{"name": " \u200b "}', 422, "required"),
        ('{"name": "' + "a" * 66_000 + '"}', 413, "too_large"),
        ("[" * 5000, 422, "bad_body"),
        (json.dumps({"name": "x", **{str(n): "" for n in range(1001)}}), 422, "bad_body"),
    ],
)
@pytest.mark.req("R9.08", "R1.01")
def test_a_body_that_is_no_lead_is_refused_by_name(send: Send, body: str, status: int, code: str) -> None:
    answer = send(body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Contact.objects.exists()


@pytest.mark.req("R6.06")
def test_twenty_leads_a_minute_and_no_more(send: Send) -> None:
    for number in range(20):
        assert send({"name": f"Клиент {number}"}).status_code == 201
    answer = send({"name": "Лишний"})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert Contact.objects.count() == 20


@pytest.mark.req("R3.01")
def test_a_key_of_one_project_sends_nothing_to_another(send: Send, other_project: Any) -> None:
    assert send(ANNA, path=f"{other_project.address}api/v1/leads").status_code == 401


def test_the_name_of_the_key_is_the_source_unless_the_lead_names_one(send: Send) -> None:
    Token.objects.update(name="Лендинг")
    send({"name": "Олег"})
    send({"name": "Пётр", "source": "Выставка"})
    assert set(Contact.objects.values_list("title", "source")) == {("Олег", "Лендинг"), ("Пётр", "Выставка")}
