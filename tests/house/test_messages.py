"""The catalogue keeps words, forms and placeholders, and is written the same way every time."""

import pytest

from tools.catalogue import Catalogue, Words, faults_of, parse_key

pytestmark = pytest.mark.req("N03")
FOUND = {("", "Save"): "", ("", "%(n)d deal"): "%(n)d deals", ("month", "May"): ""}


def _filled(tmp_path) -> Catalogue:
    book = Catalogue.read(tmp_path / "ru" / "django.po", "ru")
    book.merge(FOUND)
    book.put(("", "Save"), Words(forms=["Сохранить"]))
    book.put(("", "%(n)d deal"), Words("%(n)d deals", ["%(n)d сделка", "%(n)d сделки", "%(n)d сделок"]))
    book.put(("month", "May"), Words(forms=["май"]))
    book.write()
    return book


def test_what_was_written_is_read_back(tmp_path):
    book = _filled(tmp_path)
    again = Catalogue.read(book.path, "ru")
    assert again.live == book.live
    assert again.missing() == []


def test_writing_twice_changes_nothing(tmp_path):
    book = _filled(tmp_path)
    before = book.path.read_bytes()
    Catalogue.read(book.path, "ru").write()
    assert book.path.read_bytes() == before


def test_a_word_that_comes_back_has_its_translation(tmp_path):
    book = _filled(tmp_path)
    book.merge({("month", "May"): ""})
    book.write()
    again = Catalogue.read(book.path, "ru")
    assert again.unused({("month", "May"): ""}) == [("", "%(n)d deal"), ("", "Save")]
    again.merge(FOUND)
    assert again.get(("", "Save")).forms == ["Сохранить"]


@pytest.mark.parametrize(
    ("language", "msgid", "words"),
    [
        ("ru", "Hello, %(name)s", Words(forms=["Привет"])),
        ("ru", "Hello, {name}", Words(forms=["Привет, {nane}"])),
        ("ru", "%(n)d deal", Words("%(n)d deals", ["%(n)d сделка", "%(n)d сделки"])),
        ("ru", "from ", Words(forms=["от"])),
        ("uz", "Son", Words(forms=["o'g'il"])),
    ],
)
def test_a_wrong_translation_is_refused(language, msgid, words):
    assert faults_of(language, ("", msgid), words)


def test_a_plural_form_may_leave_the_number_out():
    words = Words("%(n)d deals", ["одна сделка", "%(n)d сделки", "%(n)d сделок"])
    assert faults_of("ru", ("", "%(n)d deal"), words) == []


def test_a_context_stands_before_its_word():
    assert parse_key("month\x04May") == ("month", "May")
    assert parse_key("May") == ("", "May")
