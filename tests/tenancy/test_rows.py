"""A row of one project never gets into another (R3.02)."""

import pytest
from django.db import transaction

from opora.tenancy.context import project
from opora.tenancy.router import CrossProject
from tests.tenancy.shelves import Book, Shelf

pytestmark = pytest.mark.req("R3.02")


def test_rows_of_each_project_are_its_own(one, two):
    with project("t2"):
        assert Book.objects.earliest("id").title == "0-t2"
    assert Book.objects.earliest("id").title == "0-t1"


def test_a_row_of_another_project_is_not_saved(one, two):
    book = Book.objects.first()
    with project("t2"):
        book.title = "stolen"
        with pytest.raises(CrossProject):
            book.save()
        with pytest.raises(CrossProject):
            book.delete()
        with pytest.raises(CrossProject):
            book.refresh_from_db()
        assert not Book.objects.filter(title="stolen").exists()
    assert Book.objects.filter(pk=book.pk, title="0-t1").exists()


def test_a_row_of_another_project_is_not_saved_in_bulk(one, two):
    books = list(Book.objects.all()[:3])
    for book in books:
        book.pk = None
    with project("t2"):
        with pytest.raises(CrossProject):
            Book.objects.bulk_create(books)
        assert Book.objects.count() == 30


def test_a_row_of_another_project_is_not_pointed_at(one, two):
    shelf = Shelf.objects.get()
    with project("t2"):
        with pytest.raises(CrossProject):
            Book(title="new", shelf=shelf)
        with pytest.raises((CrossProject, ValueError)):
            Book.objects.first().shelf = shelf
        with pytest.raises(CrossProject):
            Book.objects.update(shelf=shelf)
        with pytest.raises(CrossProject):
            shelf.book_set.first()
    assert Book.objects.filter(shelf=shelf).count() == 30


def test_a_row_is_not_saved_through_another_projects_alias(one, two):
    book = Book.objects.first()
    with pytest.raises(CrossProject):
        book.save(using="p:t2", force_insert=True)


def test_a_new_row_goes_where_it_is_saved(one, two):
    book = Book(title="fresh")
    with project("t2"), transaction.atomic():
        book.save()
        assert Book.objects.filter(title="fresh").exists()
    assert not Book.objects.filter(title="fresh").exists()
