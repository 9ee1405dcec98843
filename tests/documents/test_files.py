"""Files on cards: kept whole, seen by whoever sees the card, saved and never run, thrown away and called back."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from opora.documents import limits, shelf, sweeping
from opora.documents.models import File
from opora.jobs import turns
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.tenancy import provisioning
from opora.tenancy.backup.restoring import restore
from opora.tenancy.backup.writing import write_backup
from opora.tenancy.context import ProjectRef
from opora.tenancy.context import project as entered
from tests.clients import ProjectClient
from tests.contacts.conftest import new, text_of
from tests.documents.conftest import PDF, Browser, body, on_disk, picture, sent
from tests.people import Cast, access, load


@pytest.mark.req("I15", "R3.05", "R7.07")
def test_a_file_put_on_a_card_is_saved_as_it_was_sent(browser: Browser) -> None:
    number = browser.keep("Договор № 5.pdf")
    answer = browser.client.get(f"/files/{number}/")
    assert body(answer) == PDF
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%D0%94%D0%BE")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
    file = File.objects.get(pk=number)
    assert (file.size, file.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    assert on_disk() == {file.place}
    assert "Договор" not in str(shelf.path_of(file.place))
    assert limits.used() == len(PDF)


@pytest.mark.req("I15", "N22")
def test_the_card_lists_its_files_and_its_history_tells_of_them(browser: Browser) -> None:
    browser.upload(sent("План.pdf"), sent("Фото цеха.jpg", picture()))
    at = f"/contacts/{browser.contact.pk}/"
    late = text_of(browser.client.get(at, headers={"HX-Request": "true", "HX-Target": "card-late"}))
    assert late.index("Фото цеха.jpg") < late.index("План.pdf")
    picture_id = File.objects.get(title="Фото цеха.jpg").pk
    assert f"/files/{picture_id}/preview/" in late
    page = text_of(browser.client.get(at))
    assert page.count("План.pdf") >= 1
    assert f"/files/{picture_id}/" in page
    only = text_of(browser.client.get(f"{at}feed/?of=file", headers={"HX-Request": "true"}))
    assert "Фото цеха.jpg" in only


@pytest.mark.req("R2.01", "R1.02", "R3.05")
def test_whoever_does_not_see_the_card_finds_no_file(browser: Browser, cast: Cast) -> None:
    number = browser.keep("Скан.jpg", picture())
    addresses = [f"/files/{number}/", f"/files/{number}/preview/", f"/api/v1/files/{number}/content"]
    assert {browser.client.get(at).status_code for at in addresses} == {200}
    stranger = browser.client.sign_in(cast.stranger)
    absent = [at.replace(number, "7" * len(number)) for at in addresses]
    for at, never in zip(addresses, absent, strict=True):
        hidden, missing = stranger.get(at), stranger.get(never)
        assert hidden.status_code == missing.status_code == 404
    assert (
        stranger.post("/api/v1/files", {"file": sent(), "about": f"contact:{browser.contact.pk}"}).status_code
        == 404
    )
    assert stranger.post(f"/files/{number}/trash/").status_code == 404
    assert File.objects.count() == 1
    assert len(on_disk()) == 2


@pytest.mark.req("R3.01", "R3.05")
def test_a_file_of_another_project_stands_nowhere(browser: Browser, other_project: ProjectRef) -> None:
    number = browser.keep()
    there = ProjectClient(other_project)
    there.cookies = browser.client.cookies
    assert there.get(f"/files/{number}/").status_code == 302
    at = shelf.path_of(File.objects.get().place)
    assert other_project.key not in str(at)


@pytest.mark.req("R2.08")
def test_a_right_taken_away_takes_the_files_along(browser: Browser, cast: Cast) -> None:
    number = browser.keep()
    act = Act(access(cast.director))
    perform("hand_over", kinds["contact"], act, [browser.contact.pk], to=cast.stranger.pk)
    assert browser.client.get(f"/files/{number}/").status_code == 404


@pytest.mark.req("R7.07", "R11.03")
def test_a_removed_file_is_called_back_by_undo(browser: Browser) -> None:
    number = browser.keep()
    answer = browser.client.post(f"/files/{number}/trash/", headers={"HX-Request": "true"})
    undo = answer["HX-Trigger"].partition('"undo": "')[2].partition('"')[0]
    assert text_of(browser.client.get(f"/contacts/{browser.contact.pk}/files/")).count("Смета.pdf") == 0
    assert browser.client.post(undo.removeprefix("/projects/t1")).status_code in (200, 204, 302)
    assert "Смета.pdf" in text_of(browser.client.get(f"/contacts/{browser.contact.pk}/files/"))
    assert body(browser.client.get(f"/files/{number}/")) == PDF


@pytest.mark.req("R2.02")
def test_who_did_not_put_it_there_removes_it_only_as_the_director(browser: Browser, cast: Cast) -> None:
    number = browser.keep()
    assert browser.client.sign_in(cast.head).post(f"/files/{number}/trash/").status_code == 403
    assert browser.client.sign_in(cast.director).post(f"/files/{number}/trash/").status_code == 302


@pytest.mark.req("R4.09")
def test_files_go_to_the_trash_and_back_with_their_card(browser: Browser, cast: Cast) -> None:
    number, act = browser.keep(), Act(access(cast.manager))
    perform("trash", kinds["contact"], act, [browser.contact.pk])
    assert browser.client.get(f"/files/{number}/").status_code == 200
    assert browser.upload(sent()).status_code == 404
    perform("restore", kinds["contact"], act, [browser.contact.pk])
    assert "Смета.pdf" in text_of(browser.client.get(f"/contacts/{browser.contact.pk}/files/"))


@pytest.mark.req("I15")
@pytest.mark.parametrize("kind", ["deal", "task"])
def test_deals_and_tasks_have_files_too(browser: Browser, cast: Cast, kind: str) -> None:
    record = new(cast.manager, kind, title="Печь")
    browser.keep("Чертёж.pdf", about=f"{kind}:{record.pk}")
    assert "Чертёж.pdf" in text_of(browser.client.get(f"/{kind}s/{record.pk}/files/"))


@pytest.mark.req("R1.04", "I15")
def test_without_a_script_several_files_go_in_one_form(browser: Browser) -> None:
    at = f"/contacts/{browser.contact.pk}/files/"
    assert browser.client.post(at, {"file": [sent("А.pdf"), sent("Б.pdf")]}).status_code == 302
    answer = browser.client.post(at, {"file": [sent("В.pdf"), sent("вирус.exe", b"MZ")]})
    assert answer.status_code == 422
    assert "вирус.exe: Файлы .exe не принимаются" in text_of(answer)
    assert set(File.objects.values_list("title", flat=True)) == {"А.pdf", "Б.pdf", "В.pdf"}


@pytest.mark.req("R11.06")
def test_the_same_upload_sent_twice_is_one_file(browser: Browser) -> None:
    headers = {"Idempotency-Key": "once"}
    form = {"about": f"contact:{browser.contact.pk}"}
    first = browser.client.post("/api/v1/files", {"file": sent(), **form}, headers=headers)
    again = browser.client.post("/api/v1/files", {"file": sent(), **form}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert len(on_disk()) == 1
    assert limits.used() == len(PDF)


@pytest.mark.req("R7.07")
@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, PDF[:4]),
        ("bytes=-5", 206, PDF[-5:]),
        ("bytes=5-", 206, PDF[5:]),
        ("bytes=0-999999", 206, PDF),
        ("bytes=999999-", 416, b""),
        ("bytes=2-1", 200, PDF),
        ("bytes=0-1,3-4", 200, PDF),
        ("lines=1-2", 200, PDF),
    ],
)
def test_a_part_of_a_file_is_given(browser: Browser, asked: str, status: int, part: bytes) -> None:
    number = browser.keep()
    answer = browser.client.get(f"/files/{number}/", headers={"Range": asked})
    assert (answer.status_code, body(answer)) == (status, part)


@pytest.mark.req("R13.04")
def test_bytes_that_nobody_names_and_files_long_in_the_trash_are_swept(browser: Browser, cast: Cast) -> None:
    number = browser.keep("Старый.jpg", picture())
    kept = browser.keep("Новый.pdf")
    File.objects.filter(pk=number).update(trashed_at=timezone.now() - timedelta(days=31))
    stray = shelf.path_of("0" * 32)
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"lost")
    fresh = shelf.path_of("1" * 32)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    fresh.write_bytes(b"just arriving")
    long_ago = timezone.now().timestamp() - 2 * shelf.DRAFT_LIFE

    os.utime(stray, (long_ago, long_ago))
    sweeping.sweep.enqueue()
    turns.drain(browser.client.project.key)
    assert on_disk() == {File.objects.get(pk=kept).place, "1" * 32}
    assert limits.used() == len(PDF)
    assert browser.client.get(f"/files/{number}/").status_code == 404


@pytest.mark.req("R6.09", "R15.02")
def test_a_program_reads_and_writes_as_its_key_allows(client: Any, browser: Browser, program: Any) -> None:
    number = browser.keep()
    client.cookies.clear()
    form = {"file": sent("б.pdf"), "about": f"contact:{browser.contact.pk}"}
    assert client.post("/api/v1/files", form, headers=program("read")).status_code == 403
    made = client.post("/api/v1/files", {**form, "file": sent("б.pdf")}, headers=program("write"))
    assert made.status_code == 201
    listed = client.get("/api/v1/files?sort=-stamp", headers=program("read")).json()["items"]
    assert [item["title"] for item in listed] == ["б.pdf", "Смета.pdf"]
    assert body(client.get(f"/api/v1/files/{number}/content", headers=program("read"))) == PDF
    assert client.delete(f"/api/v1/files/{number}", headers=program("read")).status_code == 403
    assert client.delete(f"/api/v1/files/{number}", headers=program("write")).status_code == 200


@pytest.mark.req("R13.05", "R13.06", "I15")
def test_a_backup_brings_the_files_back(browser: Browser, tmp_path: Path) -> None:
    number = browser.keep("Договор.pdf")
    copy = write_backup(browser.client.project, tmp_path)
    report = restore(copy, "with-files")
    try:
        with entered(report.project):
            there = ProjectClient(report.project).sign_in(load().manager)
        assert body(there.get(f"/files/{number}/")) == PDF
    finally:
        connections.close_all()
        provisioning.remove_project("with-files")
        provisioning.Project.objects.filter(slug="with-files").delete()
