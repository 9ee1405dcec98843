"""Test databases: made once per process, brought back to the seeded state before each test."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
from django.apps import apps
from django.conf import settings

from opora.tenancy import postgres
from opora.tenancy.backends.postgresql.pools import close_pools
from opora.tenancy.context import ProjectRef
from opora.tenancy.placement import is_sqlite, project_folder
from opora.tenancy.router import in_directory
from tests.addresses import SERVER, database_name

RESET = """
CREATE OR REPLACE FUNCTION control.reset_for_test(live text, seed text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE made record; tab text; filled boolean;
BEGIN
  FOR made IN
    SELECT c.relname, c.relkind FROM pg_class c
    WHERE c.relnamespace = to_regnamespace(live) AND c.relkind IN ('i', 'r')
      AND NOT EXISTS (SELECT 1 FROM control.seeded s WHERE s.schema = live AND s.name = c.relname)
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)
    ORDER BY c.relkind
  LOOP
    EXECUTE format('DROP %s IF EXISTS %I.%I CASCADE',
                   CASE made.relkind WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END, live, made.relname);
  END LOOP;
  SET LOCAL session_replication_role = replica;
  FOR tab IN SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(live) AND relkind = 'r' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.%I)', live, tab) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I.%I', live, tab); END IF;
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.%I)', seed, tab) INTO filled;
    IF filled THEN EXECUTE format('INSERT INTO %I.%I SELECT * FROM %I.%I', live, tab, seed, tab); END IF;
  END LOOP;
END $$
"""
KEEP = """
CREATE TABLE IF NOT EXISTS control.seeded (schema text, name text);
DELETE FROM control.seeded WHERE schema = '{live}';
INSERT INTO control.seeded SELECT '{live}', relname FROM pg_class
  WHERE relnamespace = to_regnamespace('{live}') AND relkind IN ('i', 'r');
DROP SCHEMA IF EXISTS {seed} CASCADE;
CREATE SCHEMA {seed};
DO $$ DECLARE tab text; BEGIN
  FOR tab IN SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('{live}') AND relkind = 'r' LOOP
    EXECUTE format('CREATE TABLE {seed}.%I AS TABLE {live}.%I', tab, tab);
  END LOOP;
END $$
"""


def create_database() -> None:
    """An empty database on the test server; nothing for SQLite."""
    if not is_sqlite(settings.DATABASE_ADDRESS):
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {database_name()}")


def drop_database() -> None:
    """Remove what `create_database` made, and the roles of its projects."""
    if is_sqlite(settings.DATABASE_ADDRESS):
        return
    close_pools()
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {database_name()} WITH (FORCE)")
        pattern = database_name().replace("_", r"\_") + r"\_%"
        for (role,) in server.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE %s", [pattern]
        ).fetchall():
            server.execute(f"DROP ROLE {role}")


def keep_seed(ref: ProjectRef) -> None:
    """Remember the state of a project as the one every test starts from."""
    if is_sqlite(settings.DATABASE_ADDRESS):
        seeded = _seeded_file(ref)
        seeded.parent.mkdir(exist_ok=True)
        seeded.unlink(missing_ok=True)
        with closing(sqlite3.connect(project_folder(ref.key) / "project.sqlite")) as live:
            live.execute("VACUUM INTO ?", [str(seeded)])
        return
    live_schema = postgres.schema_of(ref.key)
    with postgres.Server.parse(settings.DATABASE_ADDRESS).admin() as server:
        server.execute(KEEP.format(live=live_schema, seed=f"seed_{ref.key}"))
        server.execute(RESET)


def reset(ref: ProjectRef) -> None:
    """Bring a project back to its seeded state, whoever has it open."""
    clear_directory()
    shutil.rmtree(project_folder(ref.key) / "files", ignore_errors=True)
    (project_folder(ref.key) / "files").mkdir(mode=0o700, parents=True)
    if is_sqlite(settings.DATABASE_ADDRESS):
        _reset_file(ref)
        return
    with postgres.Server.parse(settings.DATABASE_ADDRESS).admin() as server:
        server.execute(
            "SELECT control.reset_for_test(%s, %s)", [postgres.schema_of(ref.key), f"seed_{ref.key}"]
        )


def _reset_file(ref: ProjectRef) -> None:
    # Written through SQLite, not over it: threads of a test server that hold the file open see the new state.
    path = project_folder(ref.key) / "project.sqlite"
    with (
        closing(sqlite3.connect(_seeded_file(ref))) as seeded,
        closing(sqlite3.connect(path, timeout=10)) as live,
    ):
        live.execute("PRAGMA synchronous=OFF")
        seeded.backup(live)


def _seeded_file(ref: ProjectRef) -> Path:
    return Path(settings.DATA) / "seeded" / f"{ref.key}.sqlite"


def clear_directory() -> None:
    """Empty the directory's tables apart from the projects themselves: bells and rings of earlier tests."""
    for model in apps.get_models():
        if in_directory(model) and model._meta.app_label != "tenancy":
            model._default_manager.all().delete()
