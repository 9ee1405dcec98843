"""What a PostgreSQL server needs before it can hold projects, and what each project needs in it."""

from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg import sql

from opora.tenancy.postgres import CONTROL, EXTENSIONS, Server, schema_of

INHERIT_PER_GRANT = 160000
"""From PostgreSQL 16 inheritance is a property of each grant, before it was one of the role."""


def prepare_server(server: Server) -> None:
    """Make the login the product runs under, the schemas `control` and `extensions`, and pg_trgm.

    Repeating it is harmless. The address may be a superuser's (a login without rights is made beside it) or that
    of a login with CREATEROLE and CREATE on the database, which then is used for running too.
    """
    with server.admin() as connection:
        runner = _runner(server, connection)
        for schema in (CONTROL, EXTENSIONS):
            _run(connection, "CREATE SCHEMA IF NOT EXISTS {}", schema)
        _run(connection, "CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA {}", EXTENSIONS)
        _run(connection, "GRANT USAGE ON SCHEMA {} TO PUBLIC", EXTENSIONS)
        _run(connection, "GRANT ALL ON SCHEMA {} TO {}", CONTROL, runner)
        _run(connection, "REVOKE ALL ON SCHEMA public FROM PUBLIC")


def _runner(server: Server, connection: "psycopg.Connection[Any]") -> str:
    runner = runner_of(server)
    password = server.running_params().get("password")
    if server.login_is_superuser():
        _create_role(connection, runner, "LOGIN NOINHERIT")
        if password:
            set_password = sql.SQL("ALTER ROLE {} PASSWORD {}")
            connection.execute(set_password.format(sql.Identifier(runner), sql.Literal(password)))
    if _is_superuser(connection, runner):
        raise ImproperlyConfigured(
            "OPORA_DATABASE names a superuser beside OPORA_DATABASE_DIRECT: name the login that the product runs "
            "under, which may be new."
        )
    if connection.info.server_version < INHERIT_PER_GRANT:
        _run(connection, "ALTER ROLE {} NOINHERIT", runner)
    return runner


def _is_superuser(connection: "psycopg.Connection[Any]", role: str) -> bool:
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    return bool(row and row[0])


def runner_of(server: Server) -> str:
    """The login that the product runs under."""
    user = server.running_params().get("user")
    if user:
        return str(user)
    with server.admin() as connection:
        return connection.info.user


def create_schema(server: Server, key: str) -> None:
    """An empty schema of a project, owned by a role of its own that can't log in."""
    role, schema = server.role_of(key), schema_of(key)
    with server.admin() as connection:
        _create_role(connection, role, "NOLOGIN")
        for member in {runner_of(server), connection.info.user}:
            _grant(connection, role, member)
        _run(connection, "CREATE SCHEMA {} AUTHORIZATION {}", schema, role)


def schema_exists(server: Server, key: str) -> bool:
    """Whether a project's schema is there."""
    with server.admin() as connection:
        row = connection.execute("SELECT to_regnamespace(%s) IS NOT NULL", [schema_of(key)]).fetchone()
    return bool(row and row[0])


def drop_schema(server: Server, key: str) -> None:
    """Remove a project's schema with all in it, and its role; harmless when they are not there."""
    role = server.role_of(key)
    with server.admin() as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            return
        # As the owner: the login does not inherit the rights of the roles it belongs to.
        _run(connection, "SET ROLE {}", role)
        _run(connection, "DROP SCHEMA IF EXISTS {} CASCADE", schema_of(key))
        connection.execute("RESET ROLE")
        _run(connection, "DROP ROLE {}", role)


def _create_role(connection: "psycopg.Connection[Any]", role: str, options: str) -> None:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        return
    connection.execute(sql.SQL("CREATE ROLE {} " + options).format(sql.Identifier(role)))


def _grant(connection: "psycopg.Connection[Any]", role: str, member: str) -> None:
    if _is_superuser(connection, member):
        return
    per_grant = connection.info.server_version >= INHERIT_PER_GRANT
    _run(connection, "GRANT {} TO {}" + (" WITH INHERIT FALSE, SET TRUE" if per_grant else ""), role, member)


def _run(connection: "psycopg.Connection[Any]", statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
