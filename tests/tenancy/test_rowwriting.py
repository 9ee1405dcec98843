"""Rows written past the ORM are guarded like any other, and hold what they were given (R3.02)."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

from opora.records.models import SearchRow
from opora.tenancy import rowwriting
from opora.tenancy.context import OutsideProject, project
from opora.tenancy.router import CrossProject
from opora.timeline.models import Notice, Operation
from tests.tenancy.shelves import Book

NOON = datetime(2026, 3, 1, 9, tzinfo=UTC)


def row(record_id: int, text: str) -> SearchRow:
    return SearchRow(record_id=record_id, kind="contact", text=text, start=text, stamp=1)


def notice(name: str) -> Notice:
    return Notice(user_id=1, name=name, subject_kind="contact", subject_id=5, at=NOON)


@pytest.mark.req("R3.02")
def test_a_row_of_another_project_is_neither_added_nor_changed(one, two):
    book = Book.objects.first()
    with project("t2"):
        with pytest.raises(CrossProject):
            rowwriting.insert([book])
        with pytest.raises(CrossProject):
            rowwriting.update([book], ["title"])
        assert Book.objects.count() == 30


@pytest.mark.req("R3.02")
def test_nothing_is_written_outside_a_project():
    with pytest.raises(OutsideProject):
        rowwriting.insert([row(1, "а")])


def test_many_rows_are_changed_each_in_its_own_way(project):
    notices = [notice(f"n{n}") for n in range(3)]
    rowwriting.insert(notices)
    for place, each in enumerate(notices):
        each.name, each.read_at, each.actor_id = f"changed {place}", NOON if place else None, place or None
    rowwriting.update(notices, ["name", "read_at", "actor_id"])

    stored = Notice.objects.order_by("name").values_list("name", "read_at", "actor_id", "at")
    assert list(stored) == [
        ("changed 0", None, None, NOON),
        ("changed 1", NOON, 1, NOON),
        ("changed 2", NOON, 2, NOON),
    ]
    assert all(not each._state.adding for each in notices)


def test_documents_and_flags_keep_their_types(project):
    operations = [Operation(key=f"k{n}", action="a", via="page", at=NOON) for n in range(2)]
    rowwriting.insert(operations)
    for each in operations:
        each.result, each.can_undo = {"ids": ["1"], "ё": None}, True
    rowwriting.update(operations, ["result", "can_undo"])

    assert set(Operation.objects.values_list("can_undo", flat=True)) == {True}
    assert [each.result for each in Operation.objects.all()] == [{"ids": ["1"], "ё": None}] * 2


def test_a_key_that_stands_is_not_added_again(project):
    first, second = (Operation(key="same", action=name, via="page", at=NOON) for name in ("a", "b"))

    assert rowwriting.insert_new(first, key="key")
    assert not rowwriting.insert_new(second, key="key")
    assert Operation.objects.get().action == "a"


def test_what_stands_is_renewed_in_the_named_columns_alone(project):
    rowwriting.insert([row(1, "пекарня")])
    other = row(1, "кондитерская")
    other.stamp = 7
    rowwriting.put([other, row(2, "кафе")], key="record_id", columns=["stamp"])

    found = SearchRow.objects.order_by("record_id").values_list("text", "stamp")
    assert list(found) == [("пекарня", 7), ("кафе", 1)]


def test_a_text_that_is_too_long_is_refused_and_not_cut(project):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite knows no length of a text")
    notices = [notice("n0"), notice("n1")]
    rowwriting.insert(notices)
    notices[0].name = "n" * 61
    with pytest.raises(DataError):
        rowwriting.update(notices, ["name"])
