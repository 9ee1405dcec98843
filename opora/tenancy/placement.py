"""Where databases are: Django's settings for the directory and, made at run time, for each project."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings

from opora.tenancy import postgres
from opora.tenancy.aliases import DIRECT_ALIAS
from opora.tenancy.directory import project_row

SQLITE = "opora.tenancy.backends.sqlite"
POSTGRESQL = "opora.tenancy.backends.postgresql"
EMPTY: dict[str, Any] = {
    "ATOMIC_REQUESTS": False,
    "AUTOCOMMIT": True,
    "CONN_MAX_AGE": 0,
    "CONN_HEALTH_CHECKS": False,
    "TIME_ZONE": None,
    "USER": "",
    "PASSWORD": "",
    "HOST": "",
    "PORT": "",
    "TEST": {"CHARSET": None, "COLLATION": None, "MIGRATE": True, "MIRROR": None, "NAME": None},
}


def is_sqlite(address: str) -> bool:
    """Whether `OPORA_DATABASE` (or a node's address) means SQLite files."""
    return address in ("", "sqlite")


def static_databases(data: Path, address: str, synchronous: str) -> dict[str, dict[str, Any]]:
    """The entries of `DATABASES`: the directory, and `default`, which refuses to connect by itself."""
    if is_sqlite(address):
        return {
            "default": sqlite_database(None, synchronous),
            "directory": sqlite_database(data / "directory.sqlite", synchronous, may_create=True),
        }
    server = postgres.Server.parse(address)
    return {
        "default": postgres_database(server, None),
        "directory": postgres_database(server, postgres.Scope(postgres.CONTROL)),
    }


def database_of(alias: str) -> dict[str, Any]:
    """Django's settings of a project's database, by alias `p:<key>` or `direct:<key>`."""
    prefix, _, key = alias.partition(":")
    direct = prefix + ":" == DIRECT_ALIAS
    row = project_row(key=key)
    address = (row.node_address if row else "") or settings.DATABASE_ADDRESS
    if is_sqlite(address):
        path = project_folder(key) / "project.sqlite"
        return sqlite_database(path, settings.SQLITE_SYNCHRONOUS, may_attach=direct)
    server = postgres.Server.parse(address)
    return postgres_database(server, server.scope_of(key), direct=direct)


def project_folder(key: str) -> Path:
    """The folder of a project's files, and of its database when that is SQLite."""
    return Path(settings.DATA) / "projects" / key


def sqlite_database(
    path: Path | None, synchronous: str, *, may_create: bool = False, may_attach: bool = False
) -> dict[str, Any]:
    """Settings of one SQLite file. Without a path: the entry that refuses to connect.

    A missing project file is an error, not an empty project, unless `may_create`.
    """
    mode = "rwc" if may_create else "rw"
    pragmas = ["journal_mode=WAL", f"synchronous={synchronous}", "cache_size=-2000", "mmap_size=0"]
    return {
        **EMPTY,
        "ENGINE": SQLITE,
        "NAME": f"file:{quote(str(path))}?mode={mode}" if path else "",
        "CONN_MAX_AGE": None,
        "OUTSIDE": path is None,
        "MAY_ATTACH": may_attach,
        "OPTIONS": {
            "timeout": 10,
            "transaction_mode": "IMMEDIATE",
            "init_command": ";".join(f"PRAGMA {pragma}" for pragma in pragmas),
        },
    }


def postgres_database(
    server: postgres.Server, scope: postgres.Scope | None, *, direct: bool = False
) -> dict[str, Any]:
    """Settings of one schema of a PostgreSQL server. Without a scope: the entry that refuses to connect."""
    return {
        **EMPTY,
        "ENGINE": POSTGRESQL,
        "NAME": server.database,
        "OUTSIDE": scope is None,
        "SERVER": server,
        "SCOPE": scope,
        "DIRECT": direct,
        "OPTIONS": {},
    }
