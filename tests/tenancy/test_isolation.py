"""Raw SQL stays inside the project too (storage.md 1.4)."""

import pytest
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction

from opora.tenancy.placement import project_folder

pytestmark = pytest.mark.req("R3.02")


def raw(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else None


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM p_t2.tenancy_tests_book",
        "INSERT INTO p_t2.tenancy_tests_book (title, copies) VALUES ('x', 1)",
        "CREATE TABLE p_t2.x (a int)",
        "CREATE TABLE public.x (a int)",
        "SELECT * FROM control.tenancy_project",
        "SET search_path = p_t2; SELECT * FROM tenancy_tests_book",
        "RESET ROLE; SELECT count(*) FROM p_t2.tenancy_tests_book",
        "SELECT pg_read_file('/etc/hostname')",
    ],
)
def test_sql_cannot_leave_its_schema(one, two, on_postgresql, sql):
    with pytest.raises(ProgrammingError):
        raw(sql)
    assert raw("SELECT count(*) FROM tenancy_tests_book") == [(30,)]


def test_each_transaction_has_the_role_and_path_of_its_project(one, on_postgresql):
    ask = "SELECT current_user::text, current_schema()::text"
    role = f"{connection.settings_dict['SERVER'].role_prefix}_t1"
    assert raw(ask) == [(role, "p_t1")]
    with transaction.atomic():
        assert raw(ask) == [(role, "p_t1")]
    with connections["directory"].cursor() as cursor:
        cursor.execute(ask)
        assert cursor.fetchone()[1] == "control"


def test_the_directorys_login_reads_no_project(one, on_postgresql):
    with connections["directory"].cursor() as cursor, pytest.raises(ProgrammingError):
        cursor.execute("SELECT * FROM p_t1.tenancy_tests_book")


def test_trigrams_are_found_in_every_project(one, on_postgresql):
    assert raw("SELECT similarity('опора', 'опоры') > 0.3") == [(True,)]


def test_no_other_file_can_be_attached(one, two, on_sqlite):
    other = project_folder("t2") / "project.sqlite"
    with pytest.raises(DatabaseError):
        raw(f"ATTACH DATABASE '{other}' AS other")
    with pytest.raises(DatabaseError):
        raw("VACUUM INTO '/tmp/never.sqlite'")


def test_a_file_is_set_up_as_decided(one, on_sqlite):
    pragmas = {name: raw(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "foreign_keys", "busy_timeout")}
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10000}
    assert raw("PRAGMA cache_size") == [(-2000,)]


def test_a_missing_file_is_an_error_and_not_an_empty_project(on_sqlite):
    with pytest.raises(DatabaseError):
        connections["p:gone"].cursor()
    assert not project_folder("gone").exists()
