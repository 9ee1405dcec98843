"""Files that fields hold: a questionnaire's own, the attachments of a note, the photo of a contact."""

import io
import json
from typing import Any

import pytest
from django.db.models import F
from PIL import Image

from opora.documents import sweeping
from opora.documents.models import File
from opora.duplicates.models import Merge
from opora.jobs import turns
from opora.people.models import Group, GroupMember
from opora.records import definitions
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import OwnField, Section
from opora.records.operations import Act
from opora.timeline.models import Operation
from tests.contacts.conftest import new, text_of
from tests.documents.conftest import Browser, body, picture, sent
from tests.people import Cast, access


def own(**more: Any) -> str:
    """The name of a new field of contacts that holds files."""
    made = OwnField.objects.create(kind="contact", type="file", label="Договоры", **more)
    definitions.changed()
    return made.name


def edit(browser: Browser, **values: Any) -> Any:
    """Change the contact the way a program does."""
    at = f"/api/v1/contacts/{browser.contact.pk}"
    return browser.client.generic("PATCH", at, json.dumps(values), content_type="application/json")


@pytest.mark.req("I09", "I15", "N21")
def test_a_field_holds_files_and_shows_them_on_the_card(browser: Browser) -> None:
    name = own()
    numbers = [browser.keep(f"{word}.pdf", field=name) for word in ("Первый", "Второй")]
    assert {browser.client.get(f"/files/{number}/").status_code for number in numbers} == {404}
    answer = browser.client.post(
        f"/contacts/{browser.contact.pk}/fields/{name}/", {name: numbers, "_shown": name}
    )
    assert answer.status_code == 302
    card = text_of(browser.client.get(f"/contacts/{browser.contact.pk}/"))
    assert all(f"/files/{number}/" in card for number in numbers)
    assert {browser.client.get(f"/files/{number}/").status_code for number in numbers} == {200}
    held = browser.client.get(f"/api/v1/contacts/{browser.contact.pk}").json()[name]
    assert [each["name"] for each in held] == ["Первый.pdf", "Второй.pdf"]


@pytest.mark.req("R2.04", "R1.02")
def test_a_field_takes_nobody_elses_file(browser: Browser, cast: Cast) -> None:
    name = own()
    theirs = Browser(browser.client, cast.stranger, new(cast.stranger)).keep(field=name)
    browser.client.sign_in(cast.manager)
    loose, absent = edit(browser, **{name: [theirs]}), edit(browser, **{name: ["7" * 18]})
    assert loose.status_code == absent.status_code == 422
    assert loose.json()["fields"] == absent.json()["fields"]


@pytest.mark.req("U05", "U06", "R5.02")
def test_it_may_be_required_and_filled_once(browser: Browser) -> None:
    name = own(is_required=True, is_one_time=True)
    assert edit(browser, city="Уфа").json()["fields"].keys() == {name}
    number = browser.keep(field=name)
    assert edit(browser, **{name: [number]}).status_code == 200
    assert edit(browser, **{name: []}).json()["code"] == "field_is_final"


@pytest.mark.req("N22")
def test_a_list_is_filtered_by_having_files(browser: Browser, cast: Cast) -> None:
    name, other = own(is_filterable=True), new(cast.manager, first_name="Без", last_name="Файлов")
    edit(browser, **{name: [browser.keep(field=name)]})
    for condition, found in (("filled", browser.contact.pk), ("empty", other.pk)):
        items = browser.client.get(f"/api/v1/contacts?f={name}.{condition}:").json()["items"]
        assert [item["id"] for item in items] == [str(found)]


@pytest.mark.req("R2.02", "R5.06")
def test_a_file_of_a_closed_section_is_found_by_nobody_else(browser: Browser, cast: Cast) -> None:
    group = Group.objects.create(name="Юристы")
    section = Section.objects.create(kind="contact", name="Тайное", position=5, groups=[group.pk])
    name = own(section=section)
    GroupMember.objects.create(group=group, user=cast.manager)
    number = browser.keep(field=name)
    assert edit(browser, **{name: [number]}).status_code == 200
    assert browser.client.get(f"/files/{number}/").status_code == 200
    head = browser.client.sign_in(cast.head)
    assert head.get(f"/contacts/{browser.contact.pk}/").status_code == 200
    assert head.get(f"/files/{number}/").status_code == 404
    assert head.get(f"/api/v1/files/{number}").status_code == 404


@pytest.mark.req("R11.03")
def test_a_file_taken_out_is_gone_and_comes_back_by_undo(browser: Browser) -> None:
    name = own()
    number = browser.keep(field=name)
    edit(browser, **{name: [number]})
    at = f"/contacts/{browser.contact.pk}/fields/{name}/"
    browser.client.post(at, {"_shown": name, "_key": "out"})
    assert browser.client.get(f"/files/{number}/").status_code == 404
    operation = Operation.objects.latest("at")
    assert browser.client.post(f"/undo/{operation.pk}/").status_code == 302
    assert browser.client.get(f"/files/{number}/").status_code == 200


@pytest.mark.req("R13.04", "R5.09")
def test_what_no_field_names_any_more_is_swept(browser: Browser) -> None:
    name = own()
    waiting, out, held = (browser.keep(f"{n}.pdf", field=name) for n in range(3))
    edit(browser, **{name: [out, held]})
    edit(browser, **{name: [held]})
    long = {
        "created_at": F("created_at") - sweeping.DETACHED * 2,
        "detached_at": F("detached_at") - sweeping.DETACHED * 2,
    }
    File.objects.update(**long)
    sweeping.sweep.enqueue()
    turns.drain(browser.client.project.key)
    left = set(File.objects.exclude(place="").values_list("pk", flat=True))
    assert left == {int(held)}
    assert waiting


@pytest.mark.req("N20", "O08")
def test_files_go_over_with_a_merge_and_back_with_taking_it_apart(browser: Browser, cast: Cast) -> None:
    name, twin = own(), new(cast.manager)
    loose = browser.keep("На карточке.pdf", about=f"contact:{twin.pk}")
    number = browser.keep("В поле.pdf", field=name)
    me = Act(access(cast.manager))
    perform("edit", kinds["contact"], me, [twin.pk], values={name: [number]})
    perform(
        "merge", kinds["contact"], Act(access(cast.director)), [browser.contact.pk], sources=[str(twin.pk)]
    )
    assert "На карточке.pdf" in text_of(browser.client.get(f"/contacts/{browser.contact.pk}/files/"))
    assert File.objects.get(pk=loose).about_id == browser.contact.pk
    merge = Merge.objects.get()
    perform(
        "unmerge", kinds["contact"], Act(access(cast.director)), [browser.contact.pk], merge=str(merge.pk)
    )
    assert File.objects.get(pk=loose).about_id == twin.pk
    assert browser.client.get(f"/files/{number}/").status_code == 200
    assert File.objects.get(pk=number).about_id == twin.pk


@pytest.mark.req("O32", "I15")
def test_a_note_carries_files(browser: Browser, cast: Cast) -> None:
    number = browser.keep("Скан.pdf", field="files")
    form = {"text": "Прислал скан", "files": number, "files_name": "Скан.pdf"}
    assert browser.client.post(f"/contacts/{browser.contact.pk}/notes/", form).status_code == 302
    feed = text_of(
        browser.client.get(f"/contacts/{browser.contact.pk}/feed/", headers={"HX-Request": "true"})
    )
    assert "Прислал скан" in feed
    assert feed.count(f'href="/projects/t1/files/{number}/"') == 1
    assert browser.client.get(f"/files/{number}/").status_code == 200
    assert browser.client.sign_in(cast.stranger).get(f"/files/{number}/").status_code == 404


@pytest.mark.req("O32", "R1.04")
def test_a_refused_note_keeps_its_files(browser: Browser) -> None:
    number = browser.keep("Скан.pdf", field="files")
    answer = browser.client.post(
        f"/contacts/{browser.contact.pk}/notes/", {"text": "", "files": number, "files_name": "Скан.pdf"}
    )
    assert answer.status_code == 422
    assert f'value="{number}"' in text_of(answer)


@pytest.mark.req("O05", "R7.07", "R7.08")
def test_a_photo_is_drawn_anew_and_stands_on_card_and_list(browser: Browser) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "home address"
    at = f"/contacts/{browser.contact.pk}/"
    initials = "АХ"
    assert initials in text_of(browser.client.get(at))
    answer = browser.client.post(f"{at}photo/", {"file": sent("Я.png.jpg", picture(900, 700, exif=exif))})
    assert answer.status_code == 302
    file = File.objects.get()
    kept = body(browser.client.get(f"/files/{file.pk}/"))
    photo = Image.open(io.BytesIO(kept))
    assert (photo.format, photo.size, dict(photo.getexif())) == ("JPEG", (200, 300), {})
    assert b"home address" not in kept
    source = f'src="/projects/t1/files/{file.pk}/preview/"'
    for page in (at, "/contacts/", f"{at}peek/"):
        assert source in text_of(
            browser.client.get(page, headers={"HX-Request": "true"} if "peek" in page else {})
        ), page
    browser.client.post(f"{at}photo/", {"gone": "1"})
    card = text_of(browser.client.get(at))
    assert source not in card
    assert initials in card
    assert browser.client.get(f"/files/{file.pk}/preview/").status_code == 404


@pytest.mark.req("O05", "R7.08", "R1.01")
@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("я.jpg", picture() + b"\x00" * (1 << 20), 413),
        ("я.pdf", b"%PDF-1.4", 422),
        ("я.jpg", picture()[:300], 422),
        (
            "я.gif",
            picture(kind="GIF", save_all=True, append_images=[Image.new("RGB", (40, 30), "blue")]),
            422,
        ),
    ],
)
def test_what_is_no_photo_is_refused_in_words(
    browser: Browser, name: str, content: bytes, status: int
) -> None:
    answer = browser.client.post(
        f"/contacts/{browser.contact.pk}/photo/",
        {"file": sent(name, content)},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == status
    assert File.objects.count() == 0
