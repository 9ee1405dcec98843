"""Transactions mean the current project, whatever fails on the way."""

import contextlib

import pytest
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction

from opora.tenancy.context import project
from tests.tenancy.shelves import Book

pytestmark = pytest.mark.req("R3.02")


def raw(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else None


def test_a_bare_atomic_block_is_the_projects_own(one, two):
    with contextlib.suppress(KeyError), transaction.atomic():
        Book.objects.update(copies=77)
        raise KeyError
    assert not Book.objects.filter(copies=77).exists()
    with project("t2"), transaction.atomic():
        Book.objects.update(copies=5)
    with project("t2"):
        assert Book.objects.filter(copies=5).count() == 30
    assert not Book.objects.filter(copies=5).exists()


def test_hooks_on_commit_run_in_their_project(one, two):
    seen = []
    with transaction.atomic():
        transaction.on_commit(lambda: seen.append(Book.objects.earliest("id").title))
        with project("t2"), transaction.atomic():
            transaction.on_commit(lambda: seen.append(Book.objects.earliest("id").title))
    assert seen == ["0-t2", "0-t1"]


def test_after_an_error_the_project_is_the_same(one, two):
    with pytest.raises(DatabaseError), transaction.atomic():
        raw("SELECT * FROM no_such_table")
    assert Book.objects.earliest("id").title == "0-t1"
    with transaction.atomic():
        Book.objects.filter(title="0-t1").update(copies=5)
        with pytest.raises(DatabaseError), transaction.atomic():
            raw("SELECT * FROM no_such_table")
        assert Book.objects.get(title="0-t1").copies == 5
    with project("t2"):
        assert Book.objects.earliest("id").title == "0-t2"


def test_a_failing_first_statement_leaves_nothing_behind(one):
    with pytest.raises(DatabaseError):
        raw("SELECT * FROM no_such_table")
    assert Book.objects.count() == 30


def test_two_projects_nest_in_one_thread(one, two):
    with transaction.atomic():
        first = Book.objects.earliest("id").title
        with project("t2"), transaction.atomic():
            second = Book.objects.earliest("id").title
        third = Book.objects.order_by("id")[1].title
    assert (first, second, third) == ("0-t1", "0-t2", "1-t1")


def test_rows_can_be_walked_in_and_outside_transactions(one):
    with transaction.atomic():
        assert sum(1 for _book in Book.objects.iterator(chunk_size=10)) == 30
    assert sum(1 for _book in Book.objects.iterator(chunk_size=10)) == 30


def test_rows_are_locked_and_made_in_bulk(one):
    with transaction.atomic():
        Book.objects.bulk_create([Book(title="z") for _n in range(5)])
        assert len(Book.objects.select_for_update().filter(title="z")) == 5
    assert Book.objects.filter(title="z").delete()[0] == 5


def test_what_cannot_carry_the_project_is_refused(one, on_postgresql):
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.executemany("UPDATE tenancy_tests_book SET copies = %s", [[1], [2]])
    with connection.cursor() as cursor, pytest.raises(ProgrammingError):
        cursor.copy("COPY tenancy_tests_book TO STDOUT")
    with pytest.raises(ProgrammingError):
        connection.create_cursor(name="walk")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany("UPDATE tenancy_tests_book SET copies = %s", [[1], [2]])
        with cursor.copy("COPY tenancy_tests_book TO STDOUT") as copy:
            assert len([*copy]) == 30


def test_a_direct_connection_does_what_a_transaction_cannot(one):
    with project("t1", direct=True):
        assert connection.alias == "direct:t1"
        if connection.vendor == "postgresql":
            raw("CREATE INDEX CONCURRENTLY copies_now ON tenancy_tests_book (copies)")
        raw("VACUUM")
        assert Book.objects.count() == 30
    assert connections["direct:t1"].connection is None
