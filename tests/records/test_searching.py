"""What search finds when much holds the words, and what it costs the databases."""

from typing import Any

import pytest
from django.db import connection

from opora.records import fulltext
from opora.records import search as searching
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.records.search import found_ids, search
from tests.people import Cast, access

pytestmark = pytest.mark.req("R17.02", "N20")


def made(user: Any, name: str, **values: str) -> Any:
    sent = {"type": "company", "company_name": name, **values}
    return perform("create", kinds["contact"], Act(access(user)), values=sent).record


def test_of_what_many_hold_the_newest_made_are_found(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fulltext, "HITS", 2)
    numbers = [made(cast.manager, f"Пекарня {n}").id for n in range(4)]

    assert found_ids(access(cast.manager), kinds["contact"], "пекарня") == [numbers[3], numbers[2]]
    assert found_ids(access(cast.manager), kinds["contact"], "пекарня 0") == [numbers[0]]


def test_who_sees_only_old_ones_finds_them_behind_the_newest(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "AT_ONCE", 2)
    own = made(cast.stranger, "Пекарня своя")
    for n in range(3):
        made(cast.manager, f"Пекарня {n}")

    assert [hit.record.id for hit in search(access(cast.stranger), "пекарня")] == [own.id]


def test_what_lies_in_the_trash_is_not_found(cast: Cast) -> None:
    contact = made(cast.manager, "Пекарня")
    perform("trash", kinds["contact"], Act(access(cast.manager)), [contact.id])

    assert search(access(cast.manager), "пекарня") == []


def test_words_may_stand_in_any_order_and_hold_signs_of_patterns(cast: Cast) -> None:
    contact = made(cast.manager, "Скидка 100%_\\ на печи", city="Казань")
    made(cast.manager, "Скидка 1000 на печи")

    assert [hit.record.id for hit in search(access(cast.manager), "печи 100%_\\")] == [contact.id]
    assert [hit.record.id for hit in search(access(cast.manager), "казань скидка")] == [contact.id]


def test_words_are_found_by_trigrams_in_the_order_of_ids(project: object) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL chooses by the size of the table")
    sql, params = fulltext.statement({"text": ["пекарня", "казань"]}, ["contact", "deal"])
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql, params)
        steps = "\n".join(str(row[-1]) for row in cursor.fetchall())

    assert "SCAN records_search_fts VIRTUAL TABLE INDEX" in steps
    assert "SEARCH s USING INDEX" in steps
    assert "TEMP B-TREE" not in steps  # walked in order, so that it can end early


def test_the_indexes_of_search_are_such_that_postgresql_takes_the_trigrams(project: object) -> None:
    """An index by kind had it read all rows, a long list of what waits for the trigrams made each search slow."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite is told which index to take")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, pg_get_indexdef(c.oid), c.reloptions FROM pg_class c "
            "JOIN pg_index i ON i.indexrelid = c.oid WHERE i.indrelid = 'records_searchrow'::regclass"
        )
        found = cursor.fetchall()

    assert not [name for name, made, _options in found if "kind" in made or "stamp" in made]
    short = {name for name, _made, options in found if options and "gin_pending_list_limit=256" in options}
    assert short == {"search_phones_trgm", "search_text_trgm"}


def test_a_change_of_something_else_leaves_the_trigrams_alone(cast: Cast) -> None:
    contact = made(cast.manager, "Пекарня", phones="+78430002716")
    written: list[str] = []

    def note(execute: Any, sql: str, *given: Any) -> Any:
        if "records_searchrow" in sql:
            written.append(sql.partition("DO UPDATE SET")[2])
        return execute(sql, *given)

    act = Act(access(cast.manager))
    with connection.execute_wrapper(note):
        perform("edit", kinds["contact"], act, [contact.id], values={"description": "Ждёт весны"})
    assert written
    assert all(columns.strip() == '"stamp" = excluded."stamp"' for columns in written)

    perform("edit", kinds["contact"], act, [contact.id], values={"company_name": "Кондитерская"})
    assert search(access(cast.manager), "пекарня") == []
    assert search(access(cast.manager), "кондитер")
    assert search(access(cast.manager), "2716")
