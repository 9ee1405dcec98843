"""The log of every employee's every action, as whoever may read it reads it (T16, R7.10, R16.01)."""

import csv
import io
import os
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from opora.jobs import turns
from opora.jobs.models import Job
from opora.kit.dates import now
from opora.people.models import Role, Status, User
from opora.records import definitions
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import OwnField, Section
from opora.records.operations import Act
from opora.shell.clock import here
from opora.structure import log, log_export
from opora.structure.sheet import cell
from opora.structure.views import log as views
from opora.tenancy.context import project as entered
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import PASSWORD, Cast, access

pytestmark = pytest.mark.req("T16", "R16.01")
LOG = "/settings/log/"


@pytest.fixture
def director(client: ProjectClient, cast: Cast) -> ProjectClient:
    made(cast.manager, "Пекарня «Утро»")
    made(cast.stranger, "Отель «Регистан»")
    return client.sign_in(cast.director)


def made(user: User, name: str) -> Any:
    act = Act(access(user), address="178.205.14.9" if user.login == "manager" else "45.12.8.90")
    return perform("create", kinds["contact"], act, values={"first_name": name}).record


def read(client: ProjectClient, **asked: Any) -> str:
    answer = client.get(LOG, asked)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize(
    "asked",
    [
        {"person": "manager"},
        {"address": "178.205.14.9"},
        {"person": "manager", "kind": "contact", "verb": "created", "since": "2020-01-01"},
    ],
)
def test_the_log_is_filtered(director: ProjectClient, cast: Cast, asked: dict[str, str]) -> None:
    whole = read(director)
    assert "Пекарня" in whole
    assert "Отель" in whole
    if "person" in asked:
        asked = asked | {"person": str(cast.manager.pk)}
    page = read(director, **asked)
    assert "Пекарня" in page
    assert "Отель" not in page
    for nothing in ({"kind": "deal"}, {"until": "2020-01-01"}, {"verb": "trashed"}):
        assert "Пекарня" not in read(director, **(asked | nothing))
    assert director.get(LOG, {"since": "tomorrow"}).status_code == 422
    typed = {"since": "01.01.2020", "until": "31.12.2199"}
    assert "Пекарня" in read(director, **asked, **{n: d for n, d in typed.items() if n not in asked})


def test_changes_of_rights_stand_in_the_log(director: ProjectClient, cast: Cast) -> None:
    role = Role.objects.get(key="manager")
    sent = {"_matrix": "1", "name": str(role), "switch": role.switches, "scope:contact:see": "all"}
    assert director.post(f"/settings/roles/{role.pk}/", sent).status_code == 302
    assert "Менеджер" in read(director, kind="role")
    event = Event.objects.filter(name="role.changed").latest("id")
    assert "Контакты: видеть" in director.get(f"{LOG}{event.id}/").content.decode()


@pytest.mark.req("R5.06", "N08")
def test_what_the_reader_may_not_see_is_absent(director: ProjectClient, cast: Cast) -> None:
    reader = auditor(director, cast)
    page = read(reader)
    assert "Своя столовая" in page
    assert "Пекарня" not in page
    assert "Пекарня" not in exported(reader, cast.assistant)
    hidden = Event.objects.get(subject_kind="contact", actor_id=cast.manager.pk)
    assert reader.get(f"{LOG}{hidden.id}/").status_code == 404
    other = ProjectClient(director.project).sign_in(cast.head)
    assert other.get(LOG).status_code == 403
    assert other.get(f"{LOG}{hidden.id}/").status_code == 403
    assert other.post(f"{LOG}export/").status_code == 403


def auditor(director: ProjectClient, cast: Cast) -> ProjectClient:
    """The assistant, who reads the log and of the records only the own ones."""
    role = Role.objects.create(
        name="Ревизор", scopes={"*": {"see": "own", "create": "own"}}, switches=["log.read"]
    )
    User.objects.filter(pk=cast.assistant.pk).update(role=role)
    made(cast.assistant, "Своя столовая")
    return ProjectClient(director.project).sign_in(cast.assistant)


def asked_for(client: ProjectClient, user: User, **asked: str) -> str:
    """Ask for an export and let the job run; the address of its page."""
    answer = client.post(f"{LOG}export/", {**asked, "_key": "once"})
    assert answer.status_code == 302
    turns.drain(client.project.key)
    return str(answer.url)


def exported(client: ProjectClient, user: User, **asked: str) -> str:
    """The file of an export."""
    return taken(client, asked_for(client, user, **asked))


def taken(client: ProjectClient, where: str) -> str:
    """The file behind the page of an export."""
    answer = client.get(where + "file/")
    assert answer.status_code == 200
    with closing(answer):
        return b"".join(answer.streaming_content).decode("utf-8-sig")


@pytest.mark.req("R7.10")
def test_the_export_is_told_and_holds_no_formula(director: ProjectClient, cast: Cast) -> None:
    made(cast.manager, "=cmd|' /C calc'!A0")
    rows = list(csv.reader(io.StringIO(exported(director, cast.director, person=str(cast.manager.pk)))))
    assert len(rows) == 3
    assert any(row[3].startswith("'=cmd") for row in rows)
    assert abs(
        datetime.fromisoformat(rows[1][0]) - now().astimezone(here()).replace(tzinfo=None)
    ) < timedelta(minutes=5)
    with entered(director.project):
        told = Event.objects.get(name="log.exported")
        assert told.changes["rows"] == [None, 2]
        assert str(cast.manager.pk) in told.changes["filter"][1]
    again = asked_for(director, cast.director, person=str(cast.manager.pk))
    assert "2 строки записаны" in director.get(again).content.decode()
    assert Event.objects.filter(name="log.exported").count() == 1


@pytest.mark.req("R2.07")
def test_an_export_is_its_askers_alone_and_checked_again_when_it_is_read(
    director: ProjectClient, cast: Cast
) -> None:
    reader = auditor(director, cast)
    where = asked_for(reader, cast.assistant)
    assert "Своя столовая" in taken(reader, where)
    assert director.get(where).status_code == 404
    assert director.get(where + "file/").status_code == 404
    contact = kinds["contact"].model._default_manager.get(first_name="Своя столовая")
    perform("hand_over", kinds["contact"], Act(access(cast.director)), [contact.id], to=str(cast.stranger.pk))
    assert "Своя столовая" not in taken(reader, where)
    Role.objects.filter(name="Ревизор").update(switches=["log.read", "triage"])
    assert reader.get(where + "file/").status_code == 409
    Role.objects.filter(name="Ревизор").update(switches=[])
    assert reader.get(where + "file/").status_code == 403


@pytest.mark.req("R7.10")
def test_the_file_of_an_export_is_kept_for_a_day(director: ProjectClient, cast: Cast) -> None:
    where = asked_for(director, cast.director)
    folder = director.project.data_dir / "exports"
    log_export.sweep.call()
    assert taken(director, where)
    for kept in folder.glob("*.csv"):
        old = kept.stat().st_mtime - 25 * 3600
        os.utime(kept, (old, old))
    log_export.sweep.call()
    assert list(folder.glob("*.csv")) == []
    assert director.get(where + "file/").status_code == 404


@pytest.mark.req("R12.06")
def test_an_export_that_broke_off_goes_on_without_a_line_twice(
    director: ProjectClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        made(cast.manager, f"Контакт {number}")
    monkeypatch.setattr(log_export, "CHUNK", 3)
    write, calls = log_export._written, []

    def failing(*given: Any) -> int:
        calls.append(given)
        size = write(*given)
        if len(calls) == 2:
            raise OSError("the disk went away")
        return size

    monkeypatch.setattr(log_export, "_written", failing)
    where = asked_for(director, cast.director, person=str(cast.manager.pk))
    Job.objects.update(run_at=now())
    turns.drain(director.project.key)
    rows = list(csv.reader(taken(director, where).splitlines()))
    titles = [row[3] for row in rows[1:]]
    assert len(titles) == len(set(titles)) == 8


def test_an_entry_tells_before_and_after_and_from_where(director: ProjectClient, cast: Cast) -> None:
    contact = made(cast.manager, "Кофейня")
    client = ProjectClient(director.project, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/128.0")
    client.sign_in(cast.manager)
    assert client.post(f"/contacts/{contact.id}/fields/city/", {"city": "Казань"}).status_code == 302
    assert client.post(f"/contacts/{contact.id}/fields/city/", {"city": "Уфа"}).status_code == 302
    event = Event.objects.filter(name="contact.changed").latest("id")
    page = director.get(f"{LOG}{event.id}/").content.decode()
    for words in ("Казань", "Уфа", "127.0.0.1", "Firefox, Windows", event.request, "Кофейня", "Жанна Щукина"):
        assert words in page
    peek = director.get(f"{LOG}{event.id}/", headers={"HX-Request": "true"}).content.decode()
    assert "Казань" in peek
    assert "<html" not in peek
    assert director.get(f"{LOG}1/").status_code == 404


def test_a_moment_is_told_as_text(director: ProjectClient, cast: Cast) -> None:
    made = perform(
        "create",
        kinds["task"],
        Act(access(cast.manager)),
        values={"title": "Звонок", "due_at": "01.10.2026 10:00"},
    ).record
    event = Event.objects.get(subject_kind="task", subject_id=made.id)
    for path in (LOG, f"{LOG}{event.id}/"):
        page = director.get(path).content.decode()
        assert "Звонок" in page
        assert "&lt;time" not in page
    assert "Срок" in page


@pytest.mark.req("R5.06", "R15.07")
def test_an_entry_never_shows_a_field_its_reader_may_not_read(director: ProjectClient, cast: Cast) -> None:
    reader = auditor(director, cast)
    section = Section.objects.create(kind="contact", name="Закрытый")
    field = OwnField.objects.create(kind="contact", section=section, type="text", label="Тайна")
    definitions.changed()
    contact = kinds["contact"].model._default_manager.get(first_name="Своя столовая")
    act = Act(access(cast.director))
    perform("edit", kinds["contact"], act, [contact.id], values={field.name: "Шумерля"})
    event = Event.objects.filter(name="contact.changed").latest("id")
    assert "Шумерля" in reader.get(f"{LOG}{event.id}/").content.decode()
    Section.objects.filter(pk=section.pk).update(groups=[77])
    definitions.changed()
    for path in (LOG, f"{LOG}{event.id}/"):
        page = reader.get(path).content.decode()
        assert "Шумерля" not in page
        assert "Тайна" not in page
    assert "Шумерля" in director.get(f"{LOG}{event.id}/").content.decode()


@pytest.mark.req("R16.01")
def test_sign_ins_and_refusals_stand_with_their_address(
    director: ProjectClient, cast: Cast, no_counts: None
) -> None:
    door = ProjectClient(director.project, REMOTE_ADDR="45.12.8.90")
    assert door.post("/sign-in/", {"login": "head", "password": "не тот"}).status_code == 422
    assert door.post("/sign-in/", {"login": "head", "password": PASSWORD}).status_code == 302
    door.sign_in(cast.head)
    User.objects.filter(pk=cast.head.pk).update(status=Status.BY_ADDRESS)
    for _n in range(3):
        assert door.get("/contacts/").status_code == 403
    page = read(director, person=str(cast.head.pk), address="45.12.8.90", kind="user")
    for words in ("неудачный вход", "не впущен"):
        assert words in page
    assert page.count("не впущен") == 2  # once in the list of the filter, once in the log
    assert "ожидается" not in page


def test_the_log_of_a_million_is_walked_by_an_index(director: ProjectClient, cast: Cast) -> None:
    asked: list[dict[str, str]] = [
        {}, {"person": str(cast.manager.pk)}, {"verb": "user.signed_in"}, {"verb": "created"},
        {"kind": "contact"}, {"address": "178.205.14.9"}, {"since": "2026-01-01", "until": "2026-01-02"},
    ]  # fmt: skip
    for one in asked:
        with entered(director.project), CaptureQueriesContext(connection) as caught:
            log.lines(access(cast.director), views._wanted(QueryDict(urlencode(one))))
        walked = [q["sql"] for q in caught if "timeline_event" in q["sql"]]
        assert walked
        for sql in walked:
            assert "SCAN timeline_event" not in plan(sql).replace("SCAN timeline_event USING INDEX", ""), sql


def plan(sql: str) -> str:
    """How SQLite would walk; empty elsewhere, where a planner of few rows prefers to read them all."""
    if connection.vendor != "sqlite":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql)
        return "\n".join(str(row[3]) for row in cursor.fetchall())


@pytest.mark.req("R11.01")
def test_a_page_of_the_log_takes_at_most_twelve_statements(director: ProjectClient, cast: Cast) -> None:
    for kind, values in (("deal", {"title": "Печь"}), ("task", {"title": "Звонок", "due_at": "01.10.2026"})):
        perform("create", kinds[kind], Act(access(cast.manager)), values=values)
    for asked in ({}, {"verb": "created"}, {"person": str(cast.manager.pk)}, {"kind": "role"}):
        read(director, **asked)
        with CaptureQueriesContext(connection) as caught:
            read(director, **asked)
        assert len(caught) <= 12, [q["sql"][:90] for q in caught]


@pytest.mark.req("R7.10")
@pytest.mark.parametrize(
    "text", ["=1", " =1", "\u200b=1", "＝1", "+1", "-1", "@a", "|a", "%a", "\ta", "\ra", "\x01=1"]
)
def test_a_cell_never_starts_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "Пекарня", "7 917"])
def test_a_plain_cell_stays(text: str) -> None:
    assert cell(text) == text


def test_the_log_goes_on_page_by_page(director: ProjectClient, cast: Cast) -> None:
    with entered(director.project):
        Event.objects.bulk_create(
            Event(
                name="user.signed_in", at="2026-01-01T00:00Z", via="page", subject_kind="user", subject_id=1
            )
            for _n in range(120)
        )
    seen, address = 0, LOG
    while address:
        page = director.get(address).content.decode()
        seen += page.count('role="row"') - 1
        address = page.split('href="')[-1].split('"')[0] if "before=" in page else ""
        if "before=" in page:
            start = page.index("before=")
            address = f"{LOG}?{page[start : start + 40].split(chr(34))[0]}"
    with entered(director.project):
        assert seen == Event.objects.count()
