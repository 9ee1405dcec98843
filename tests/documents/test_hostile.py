"""Files that are not what they say, names that want to be paths, bodies cut off, and more than there is room for."""

import io
import struct
import threading
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from PIL import Image

from opora.documents import arrived, limits, naming, shelf
from opora.documents.models import File, Shelf
from opora.documents.receiving import Received
from opora.kit.errors import Invalid
from opora.records import general
from opora.records.operations import Act
from opora.tenancy.context import project as entered
from tests.documents.conftest import PDF, Browser, body, on_disk, picture, sent
from tests.people import Cast, access

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(document.cookie)</script>"


@pytest.mark.req("R7.07")
@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("счёт.pdf", b"MZ\x90\x00" + b"\x00" * 50, "not_its_type"),
        ("фото.jpg", HTML, "not_its_type"),
        ("фото.png", picture(), "not_its_type"),
        ("текст.txt", b"MZ\x00\x01", "not_its_type"),
        ("программа.exe", b"MZ", "unsupported_type"),
        ("скрипт.js", b"alert(1)", "unsupported_type"),
        ("договор.pdf.exe", PDF, "unsupported_type"),
        ("договор.ｅｘｅ", PDF, "unsupported_type"),
        ("без расширения", PDF, "unsupported_type"),
        ("пустой.pdf", b"", "empty_file"),
        ("я" * 300 + ".pdf", PDF, "name_too_long"),
    ],
)
def test_a_file_that_is_not_taken_leaves_nothing_behind(
    browser: Browser, name: str, content: bytes, code: str
) -> None:
    answer = browser.upload(sent(name, content))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["fields"]["file"][0]
    assert (File.objects.count(), on_disk(), limits.used()) == (0, set(), 0)


@pytest.mark.req("R3.05", "R7.07", "R7.12")
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\boot.txt", "boot.txt"),
        ("a\x00b.txt", "ab.txt"),
        ("отчёт\u202etxt.exe.txt", "отчётtxt.exe.txt"),
        ("не\u200bвидно.TXT .. ", "невидно.TXT"),
        ("перенос\r\nX-Evil: 1.txt", "перенос X-Evil: 1.txt"),
        ("я" * 196 + ".txt", "я" * 196 + ".txt"),
    ],
)
def test_a_name_is_words_and_never_a_path(given: str, kept: str) -> None:
    if "\r" in given:
        kept = kept.replace("перенос X", "переносX")
    assert naming.cleaned(given) == kept
    assert naming.extension(naming.cleaned(given)) == "txt"


@pytest.mark.req("R7.12")
@pytest.mark.parametrize("nothing", ["", "..", "///", "\u200b\u202e", "\x00"])
def test_a_name_of_nothing_is_refused(nothing: str) -> None:
    with pytest.raises(Invalid):
        naming.cleaned(nothing)


@pytest.mark.req("R7.07", "R7.02")
@pytest.mark.parametrize(
    ("name", "content"),
    [("знак.svg", SVG), ("страница.html", HTML), ("в тексте.txt", HTML), ("двойной.gif", b"GIF89a/*" + HTML)],
)
def test_what_a_browser_could_run_is_only_saved(browser: Browser, name: str, content: bytes) -> None:
    number = browser.keep(name, content)
    answer = browser.client.get(f"/files/{number}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] in ("application/octet-stream", "text/plain", "image/gif")
    assert "html" not in answer["Content-Type"]
    assert "svg" not in answer["Content-Type"]
    assert "default-src 'none'; sandbox" in answer["Content-Security-Policy"]
    assert browser.client.get(f"/files/{number}/preview/").status_code == 404


@pytest.mark.req("R7.08")
def test_a_picture_is_shown_as_pixels_drawn_anew(browser: Browser) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "secret place"
    number = browser.keep("дом.jpg", picture(900, 300, exif=exif) + HTML)
    answer = browser.client.get(f"/files/{number}/preview/")
    small = Image.open(io.BytesIO(body(answer)))
    assert (small.format, small.size) == ("JPEG", (213, 640))
    assert dict(small.getexif()) == {}
    assert b"script" not in body(answer)
    assert b"secret place" not in body(answer)
    assert answer["Content-Type"] == "image/jpeg"


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that would be as large in memory as its header says."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 4_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.req("R7.08")
@pytest.mark.parametrize("content", [bomb(30_000, 30_000), picture(kind="PNG")[:40] + b"\x00" * 20])
def test_a_picture_that_hurts_is_kept_but_never_drawn(browser: Browser, content: bytes) -> None:
    number = browser.keep("бомба.png", content)
    assert browser.client.get(f"/files/{number}/preview/").status_code == 404
    assert body(browser.client.get(f"/files/{number}/")) == content
    assert on_disk() == {File.objects.get().place}


@pytest.mark.req("R7.07", "R17.01", "R1.01")
def test_a_file_over_the_limit_is_answered_413_and_not_kept(
    browser: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    general.prefer(access(cast.director), "file_mb", "1")
    answer = browser.upload(sent("большой.txt", b"x" * (limits.MB + 1)))
    assert answer.status_code == 413
    assert answer.json()["limit"] == limits.MB
    assert "больше 1" in answer.json()["title"]
    assert (File.objects.count(), on_disk()) == (0, set())
    assert browser.upload(sent("впору.txt", b"x" * limits.MB)).status_code == 201


@pytest.mark.req("R7.07")
def test_a_group_that_is_switched_off_is_not_taken(browser: Browser, cast: Cast) -> None:
    boss = browser.client.sign_in(cast.director)
    boss.post("/settings/files/pages/", {"on": ""})
    assert browser.upload(sent("знак.svg", SVG)).json()["code"] == "unsupported_type"
    assert browser.upload(sent()).status_code == 201


CUT = (
    b'--edge\r\nContent-Disposition: form-data; name="about"\r\n\r\n%b\r\n'
    b'--edge\r\nContent-Disposition: form-data; name="file"; filename="cut.pdf"\r\n\r\n' + PDF
)


@pytest.mark.req("R7.07", "R1.03")
@pytest.mark.parametrize("ending", [b"", b"\r\n--ed", b"\r\n--edge"])
def test_a_body_cut_off_in_the_middle_is_refused(browser: Browser, ending: bytes) -> None:
    content = CUT.replace(b"%b", f"contact:{browser.contact.pk}".encode()) + ending
    answer = browser.client.generic(
        "POST", "/api/v1/files", content, content_type="multipart/form-data; boundary=edge"
    )
    assert answer.status_code == 422
    assert answer.json()["code"] in ("cut_off", "required")
    assert (File.objects.count(), on_disk(), limits.used()) == (0, set(), 0)


@pytest.mark.req("R7.07")
def test_when_there_is_no_room_the_words_say_how_much_there_was(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "of_project", lambda: 500)
    first = browser.upload(sent("а.txt", b"x" * 450))
    assert "450" in first.json()["warning"]
    answer = browser.upload(sent("б.txt", b"x" * 51))
    assert (answer.status_code, answer.json()["code"]) == (422, "quota_full")
    assert "450" in answer.json()["fields"]["file"][0]
    assert (limits.used(), len(on_disk())) == (450, 1)
    assert browser.upload(sent("в.txt", b"x" * 50)).status_code == 201


@pytest.mark.req("R7.07", "R12.05")
def test_uploads_at_once_never_pass_the_room_together(
    browser: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "of_project", lambda: 1000)
    here, me, about = browser.client.project, access(cast.manager), f"contact:{browser.contact.pk}"
    start, refused = threading.Barrier(4), []

    def upload(number: int) -> None:
        with entered(here):
            draft = shelf.Draft()
            draft.write(bytes([65 + number]) * 400)
            draft.end()
            start.wait()
            try:
                arrived.attach(Act(me), Received(draft, f"{number}.txt", 1000), about=about)
            except Invalid as refusal:
                refused.append(refusal.code)
        connections.close_all()

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["quota_full", "quota_full"]
    assert Shelf.objects.get().used == 800
    assert sum(path.stat().st_size for path in Path(shelf.folder()).glob("??/*")) == 800


@pytest.mark.req("R13.04")
def test_a_row_that_cannot_be_made_leaves_no_bytes(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any) -> None:
        raise RuntimeError("power")

    monkeypatch.setattr("opora.records.work.events.record", broken)
    browser.client.raise_request_exception = False
    form = {"file": SimpleUploadedFile("а.pdf", PDF), "about": f"contact:{browser.contact.pk}"}
    assert browser.client.post("/api/v1/files", form).status_code == 500
    assert (File.objects.count(), on_disk(), limits.used()) == (0, set(), 0)
