"""The product runs under logins of several kinds, never under one that reads everything."""

import psycopg
import pytest
from django.db import connection

from tests.addresses import SERVER

pytestmark = pytest.mark.req("R3.02")


@pytest.fixture
def modest(machine, on_postgresql):
    """A machine whose login may make roles and owns its database, and no more."""
    machine.login = f"{machine.database}_login"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE ROLE {machine.login} LOGIN CREATEROLE")
        server.execute(f"ALTER DATABASE {machine.database} OWNER TO {machine.login}")
    return machine


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_login_without_superuser_rights_makes_keeps_and_removes_projects(modest, tmp_path):
    found = modest.inside(
        {"oak": ["INSERT INTO growing_tree (name) VALUES ('old')", "SELECT current_user, session_user"]}
    )
    role, login = found["oak"][0]
    assert role != login == modest.login
    modest.grown = "second"
    assert "migrated" in modest.opora("migrate")
    copy = modest.opora("backup", "--project", "oak").strip()
    modest.opora("restore", copy, "--project", "elm")
    assert modest.inside({"elm": ["SELECT name FROM growing_tree ORDER BY 1"]}) == {
        "elm": [["by code"], ["old"]]
    }
    assert "--replace" in modest.opora("restore", copy, fails=True)
    modest.opora("restore", copy, "--replace")
    modest.opora("project", "remove", "oak", "--yes")
    assert modest.opora("project", "list").splitlines() == ["elm\tactive\toak"]
    assert "no project" in modest.opora("backup", "--project", "oak", fails=True)


def test_a_superusers_address_leads_to_a_login_of_the_products_own(installation, project, on_postgresql):
    with psycopg.connect(SERVER, autocommit=True) as server:
        row = server.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolinherit FROM pg_roles WHERE rolname = %s",
            [session_user()],
        ).fetchone()
    assert row == (False, False, False, False)


def session_user():
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user::text")
        return cursor.fetchone()[0]
