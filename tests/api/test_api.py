"""What a person does on pages a program does by the API: the same records, rights and refusals."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from opora.contacts.models import Contact
from opora.deals.models import Deal
from opora.jobs import turns
from opora.people.counters import counters
from opora.people.limits import API_REQUESTS, spend
from opora.people.models import Token, User
from opora.records import definitions, operations
from opora.records.kinds import Kind, kinds
from opora.records.models import OwnField, Process, Section, Stage
from opora.tenancy.context import ProjectRef
from opora.timeline.models import Event
from tests.api.conftest import Program
from tests.clients import ProjectClient
from tests.people import Cast

pytestmark = pytest.mark.req("R5.08", "R1.01")
Make = Callable[..., Program]
ARTEM = {"first_name": "Артём", "last_name": "Хлебников", "phones": "8 843 000-27-16", "city": "Казань"}


@pytest.fixture
def api(program: Make, cast: Cast) -> Program:
    return program(cast.manager)


@pytest.fixture
def stages(project: object) -> dict[str, Stage]:
    process = Process.objects.create(kind="deal", name="Продажи")
    groups = {"Новая": "new", "Договор": "work", "Оплачено": "won", "Отказ": "lost"}
    definitions.changed()
    return {
        name: Stage.objects.create(process=process, name=name, group=group, position=i)
        for i, (name, group) in enumerate(groups.items())
    }


def test_a_record_is_made_read_changed_thrown_away_and_brought_back(api: Program, cast: Cast) -> None:
    made = api("POST", "contacts", ARTEM)
    assert made.status_code == 201
    record = made.json()
    assert (record["title"], record["responsible"]) == ("Артём Хлебников", str(cast.manager.id))
    assert record["phones"] == [{"value": "+78430002716", "label": "work"}]
    at = f"contacts/{record['id']}"
    read = api("GET", at)
    assert (read.json(), read.headers["ETag"]) == (record, '"1"')
    changed = api("PATCH", at, {"city": "Уфа"}, If_Match='"1"')
    assert (changed.status_code, changed.json()["city"], changed.headers["ETag"]) == (200, "Уфа", '"2"')
    assert api("DELETE", at).json()["trashed_at"]
    assert api("GET", "contacts").json()["items"] == []
    assert len(api("GET", "contacts?trashed=true").json()["items"]) == 1
    assert api("PATCH", at, {"city": "Омск"}).status_code == 403
    assert api("POST", f"{at}/restore").json()["trashed_at"] is None
    events = [row["event"] for row in api("GET", f"{at}/feed").json()["items"]]
    assert events == ["contact.restored", "contact.trashed", "contact.changed", "contact.created"]
    assert Event.objects.filter(via="api").count() == 4


@pytest.mark.req("R12.01")
def test_a_stale_version_is_told_what_is_stored(api: Program) -> None:
    at = f"contacts/{api('POST', 'contacts', ARTEM).json()['id']}"
    api("PATCH", at, {"city": "Уфа"})
    for stale in (
        api("PATCH", at, {"city": "Омск", "version": 1}),
        api("PATCH", at, {"city": "Омск"}, If_Match='"1"'),
    ):
        assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
        assert stale.json()["current"] == {"version": 2, "city": "Уфа"}
    assert api("PATCH", at, {"source": "Сайт", "version": 1}).status_code == 200
    assert api("PATCH", at, {"city": "Омск", "version": "x"}).status_code == 422


@pytest.mark.req("R11.06", "R12.03")
def test_the_same_key_writes_once(api: Program) -> None:
    first = api("POST", "contacts", ARTEM, Idempotency_Key="k1")
    again = api("POST", "contacts", ARTEM, Idempotency_Key="k1")
    assert (first.status_code, again.status_code, again.headers["Idempotent-Replay"]) == (201, 200, "true")
    assert again.json() == first.json()
    other = api("POST", "contacts", {"first_name": "Пётр"}, Idempotency_Key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert Contact.objects.count() == 1


@pytest.mark.req("R11.06")
def test_a_key_is_forgotten_after_two_days_and_its_operation_stays(
    api: Program, project: ProjectRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    api("POST", "contacts", ARTEM, Idempotency_Key="k1")
    tomorrow, later = (timezone.now() + timedelta(hours=hours) for hours in (47, 49))
    for moment, answer, count in ((tomorrow, 200, 1), (later, 201, 2)):
        monkeypatch.setattr(operations, "now", lambda moment=moment: moment)
        operations.forget_keys.enqueue()
        turns.drain(project.key)
        assert api("POST", "contacts", ARTEM, Idempotency_Key="k1").status_code == answer
        assert Contact.objects.count() == count
    assert Event.objects.filter(name="contact.created", operation__isnull=False).count() == 2


@pytest.mark.req("R1.01")
def test_a_method_the_address_does_not_know_is_refused_in_the_form_of_every_refusal(
    api: Program, client: ProjectClient, cast: Cast
) -> None:
    answer = api("DELETE", "contacts")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}
    page = client.sign_in(cast.director).get("/sign-out/")
    assert (page.status_code, page.headers["Allow"]) == (405, "POST")
    assert "<h1" in page.content.decode()


def test_a_deal_moves_and_is_handed_over(api: Program, cast: Cast, stages: dict[str, Stage]) -> None:
    client = api("POST", "contacts", ARTEM).json()["id"]
    deal = api(
        "POST",
        "deals",
        {"title": "Печь", "contact": client, "amount": {"amount": "1284000.50", "currency": "RUB"}},
    ).json()
    assert (deal["contact"], deal["stage"]) == (client, str(stages["Новая"].id))
    assert deal["amount"]["currency"] == "RUB"
    assert deal["amount"]["amount"].startswith("1284000.5")
    at = f"deals/{deal['id']}"
    moved = api("POST", f"{at}/move", {"stage": str(stages["Договор"].id)})
    assert moved.json()["stage"] == str(stages["Договор"].id)
    lost = api("POST", f"{at}/move", {"stage": str(stages["Отказ"].id)})
    assert (lost.status_code, lost.json()["fields"].keys()) == (422, {"lost_reason"})
    assert api("PATCH", at, {"stage": str(stages["Оплачено"].id)}).json()["code"] == "read_only_field"
    given = api("POST", f"{at}/hand_over", {"to": str(cast.colleague.id)})
    assert given.json()["responsible"] == str(cast.colleague.id)
    assert Deal.objects.get().responsible_id == cast.colleague.id


def test_tasks_and_notes_stand_on_cards(api: Program) -> None:
    client = api("POST", "contacts", ARTEM).json()["id"]
    task = api(
        "POST",
        "tasks",
        {"title": "Позвонить", "due_at": "2026-11-23T09:00:00+03:00", "about": f"contact:{client}"},
    )
    assert (task.status_code, task.json()["about"]) == (201, f"contact:{client}")
    assert task.json()["due_at"] == "2026-11-23T06:00:00+00:00"
    closed = api("POST", f"tasks/{task.json()['id']}/close")
    assert closed.json()["done_at"]
    note = api("POST", "notes", {"text": "Просил скидку", "about": f"contact:{client}"})
    assert note.status_code == 201
    assert api("POST", "notes", {"text": "Мимо"}).json()["code"] == "required"
    assert api("POST", "notes", {"text": "Мимо", "about": "contact:1"}).status_code == 404
    assert api("POST", "notes", {"text": "Мимо", "about": 5}).status_code == 422


@pytest.mark.req("R2.05", "R17.02")
def test_lists_filter_sort_choose_fields_and_go_on(api: Program, cast: Cast) -> None:
    for number in range(5):
        api("POST", "contacts", {"first_name": f"Клиент {number}", "city": "Уфа" if number % 2 else "Омск"})
    page = api("GET", "contacts?f=city.is:уфа&fields=title,city").json()
    assert [item["title"] for item in page["items"]] == ["Клиент 3", "Клиент 1"]
    always = {"id", "version", "is_incomplete", "trashed_at", "aside_at"}
    assert set(page["items"][0]) == {*always, "title", "city"}
    seen, after = [], ""
    while True:
        page = api("GET", f"contacts?sort=title&limit=2&after={after}").json()
        seen += [item["title"] for item in page["items"]]
        if (after := page["next"]) is None:
            break
    assert seen == [f"Клиент {number}" for number in range(5)]
    assert api("GET", "contacts?q=клиент 4").json()["items"][0]["title"] == "Клиент 4"
    for wrong in ("f=nothing.is:1", "f=city", "fields=secret", "sort=secret", "after=xx", "limit=many"):
        assert api("GET", f"contacts?{wrong}").status_code == 422, wrong


def test_search_me_and_definitions(api: Program, cast: Cast, stages: dict[str, Stage]) -> None:
    number = api("POST", "contacts", ARTEM).json()["id"]
    assert api("GET", "search?q=хлебн").json()["items"] == [
        {"kind": "contact", "id": number, "title": "Артём Хлебников"}
    ]
    me = api("GET", "me").json()
    assert (me["login"], me["scopes"], "create" in me["rights"]["deal"]) == ("manager", ["write"], True)
    defined = {kind["name"]: kind for kind in api("GET", "definitions").json()["kinds"]}
    assert [stage["name"] for stage in defined["deal"]["processes"][0]["stages"]] == list(stages)
    city = next(field for field in defined["contact"]["fields"] if field["name"] == "city")
    assert (city["type"], city["is_own"], "contains" in city["operators"]) == ("text", False, True)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"is_admin": True}, "unknown_field"),
        ({"id": "5"}, "unknown_field"),
        ({"created_at": "01.01.2026"}, "read_only_field"),
        ({"version": 7}, "unknown_field"),
        ({"phones": "12"}, "validation_error"),
        ("{", "bad_body"),
        ("[]", "bad_body"),
        ('{"first_name": NaN}', "bad_body"),
    ],
)
def test_what_may_not_be_written_is_refused_by_name(api: Program, body: Any, code: str) -> None:
    answer = api("POST", "contacts", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Contact.objects.exists()


@pytest.mark.req("R9.08")
def test_bodies_have_a_limit(api: Program) -> None:
    assert api("POST", "contacts", {"description": "а" * 200_000}).status_code == 413
    assert api("POST", "contacts", {f"f{n}": "" for n in range(1001)}).json()["code"] == "bad_body"


@pytest.mark.req("R4.01", "R1.02")
def test_unseen_answers_like_absent_and_seen_but_closed_is_forbidden(program: Make, cast: Cast) -> None:
    manager, stranger = program(cast.manager), program(cast.stranger)
    number = manager("POST", "contacts", ARTEM).json()["id"]
    for method, path, body in (
        ("GET", "", None), ("PATCH", "", {"city": "Уфа"}), ("DELETE", "", None), ("GET", "/feed", None),
        ("POST", "/hand_over", {"to": str(cast.stranger.id)}), ("POST", "/take", None), ("POST", "/restore", None),
    ):  # fmt: skip
        unseen, absent = (stranger(method, f"contacts/{n}{path}", body) for n in (number, "123"))
        assert unseen.status_code == absent.status_code == 404, path
        assert {**unseen.json(), "request_id": ""} == {**absent.json(), "request_id": ""}
    assert (
        stranger("GET", "contacts").json()["items"] == stranger("GET", "search?q=хлебн").json()["items"] == []
    )
    Contact.objects.update(access="read")
    assert stranger("GET", f"contacts/{number}").status_code == 200
    assert stranger("PATCH", f"contacts/{number}", {"city": "Уфа"}).status_code == 403


@pytest.mark.req("R2.05")
@pytest.mark.parametrize("kind", kinds, ids=str)
def test_every_field_of_every_kind_filters_and_sorts_without_a_fault(
    api: Program, stages: dict[str, Stage], kind: Kind
) -> None:
    assert api("GET", kind.url).status_code == 200
    for name, field in definitions.current().fields(kind.name).items():
        counters().forget_all()
        wanted = (200,) if field.is_sortable and not field.type.is_multiple else (422,)
        assert api("GET", f"{kind.url}?sort=-{name}").status_code in wanted, name
        for operator in field.type.operators:
            for value in ("", "1,me", "2026-11-23", "x" * 300):
                answer = api("GET", f"{kind.url}?f={name}.{operator}:{value}")
                assert answer.status_code in (200, 422), (name, operator, value)


@pytest.mark.req("R6.09")
@pytest.mark.parametrize(
    ("scope", "reads", "writes"),
    [("read", 200, 403), ("write", 200, 201), ("leads", 403, 403), ("export", 200, 403), ("admin", 200, 201)],
)
def test_a_key_does_no_more_than_its_scopes(
    program: Make, cast: Cast, scope: str, reads: int, writes: int
) -> None:
    call = program(cast.manager, scope)
    assert call("GET", "contacts").status_code == reads
    assert call("POST", "contacts", ARTEM).status_code == writes


@pytest.mark.req("R6.09", "R6.08")
def test_a_key_is_only_believed_in_the_header_and_alone(
    api: Program, client: ProjectClient, cast: Cast
) -> None:
    assert client.get("/api/v1/contacts").status_code == 401
    assert client.get(f"/api/v1/contacts?access_token={api.key}").status_code == 401
    Token.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert api("GET", "contacts").status_code == 401
    Token.objects.update(expires_at=None)
    User.objects.filter(pk=cast.manager.pk).update(status="dismissed")
    assert api("GET", "contacts").status_code == 401
    User.objects.filter(pk=cast.manager.pk).update(status="active")
    client.sign_in(cast.manager)
    assert api("GET", "contacts").status_code == 401
    strict = ProjectClient(client.project, enforce_csrf_checks=True).sign_in(cast.manager)
    assert strict.get("/api/v1/contacts").status_code == 200
    assert strict.post("/api/v1/contacts", ARTEM, content_type="application/json").status_code == 403


@pytest.mark.req("R6.06")
def test_six_hundred_calls_a_minute_and_no_more(api: Program) -> None:
    token = Token.objects.get()
    spend(API_REQUESTS, token.id, 599)
    assert api("GET", "me").status_code == 200
    late = api("GET", "me")
    assert (late.status_code, late.json()["code"]) == (429, "rate_limited")
    assert int(late.headers["Retry-After"]) > 0


@pytest.mark.req("R5.06", "N21")
def test_the_description_holds_own_fields_and_hides_closed_ones(
    client: ProjectClient, cast: Cast, api: Program
) -> None:
    section = Section.objects.create(kind="contact", name="Анкета")
    closed = Section.objects.create(kind="contact", name="Закрытое", groups=[77])
    area = OwnField.objects.create(kind="contact", section=section, type="number", label="Площадь цеха")
    limit = OwnField.objects.create(kind="contact", section=closed, type="text", label="Лимит")
    definitions.changed()
    client.cookies.clear()
    found = client.sign_in(cast.manager).get("/api/v1/openapi.json").json()
    fields = found["components"]["schemas"]["Contact"]["properties"]
    assert fields[area.name] == {"title": "Площадь цеха", "type": ["string", "null"], "format": "decimal"}
    assert limit.name not in fields
    assert "/contacts/{record_id}" in found["paths"]
    assert set(
        found["paths"]["/deals/{record_id}/move"]["post"]["requestBody"]["content"]["application/json"][
            "schema"
        ]["properties"]
    ) == {"stage", "values", "open_tasks"}
    assert (
        limit.name
        in client.sign_in(cast.director)
        .get("/api/v1/openapi.json")
        .json()["components"]["schemas"]["Contact"]["properties"]
    )
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "Площадь цеха" in page.content.decode()


@pytest.mark.req("R9.01")
def test_the_description_needs_a_person(client: ProjectClient, api: Program) -> None:
    assert client.get("/api/v1/openapi.json").status_code == 401
    assert api("GET", "openapi.json").status_code == 401


@pytest.mark.req("R3.01")
def test_a_key_of_one_project_reads_nothing_of_another(api: Program, other_project: Any) -> None:
    headers = {"Authorization": f"Bearer {api.key}"}
    assert api.client.get(f"{other_project.address}api/v1/contacts", headers=headers).status_code == 401
