"""A PostgreSQL server of the installation: its address, logins, and the names of schemas and roles in it."""

import hashlib
import hmac
import os
import re
import threading
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

CONTROL = "control"
EXTENSIONS = "extensions"
"""Holds pg_trgm: one copy for all projects, at the end of every search path."""

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}")
_lock = threading.Lock()


# How long a page waits for a row that another transaction holds; SQLite's busy_timeout is the same (R12.05, R12.06).
LOCK_WAIT = "10s"


def identifier(name: str) -> str:
    """The name itself when it may stand in SQL without quotes. Raises `ValueError` otherwise."""
    if not IDENTIFIER.fullmatch(name):
        raise ValueError(f"{name!r} can't be the name of a schema or a role.")
    return name


@dataclass(frozen=True)
class Scope:
    """What a transaction may see: a schema, and the role that owns it (none for the directory)."""

    schema: str
    role: str | None = None

    def statement(self, *, local: bool) -> str:
        """The SQL that enters the scope: for one transaction when `local`, else for the session."""
        span = "true" if local else "false"
        path = ", ".join(dict.fromkeys([identifier(self.schema), EXTENSIONS]))
        role = f", set_config('role', '{identifier(self.role)}', {span})" if self.role else ""
        wait = f", set_config('lock_timeout', '{LOCK_WAIT}', true)" if local else ""
        return f"SELECT set_config('search_path', '{path}', {span}){role}{wait}"


@dataclass(frozen=True)
class Server:
    """A server by its address `postgresql://user:password@host:port/database?option=value`.

    The option `role_prefix` (default: the database's name) begins the names of roles, which are shared by all
    databases of a cluster. Other options are libpq's.
    """

    address: str
    database: str
    role_prefix: str
    login: dict[str, str] = field(hash=False, compare=False)
    options: dict[str, str] = field(hash=False, compare=False)

    @classmethod
    @cache
    def parse(cls, address: str) -> "Server":
        """The server of an address. Raises `ImproperlyConfigured` when it can't be read."""
        parts = urlsplit(address)
        database = unquote(parts.path.lstrip("/"))
        if parts.scheme not in ("postgresql", "postgres") or not database:
            raise ImproperlyConfigured(
                "OPORA_DATABASE must be 'sqlite' or 'postgresql://user:password@host:port/database'."
            )
        options = dict(parse_qsl(parts.query))
        prefix = options.pop("role_prefix", "") or re.sub(r"[^a-z0-9]", "_", database.lower())[:30]
        login = {
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "host": parts.hostname or "",
            "port": str(parts.port or ""),
        }
        return cls(address, database, identifier(prefix), {k: v for k, v in login.items() if v}, options)

    @property
    def app_role(self) -> str:
        """The login the product runs under when the configured one is a superuser."""
        return f"{self.role_prefix}_app"

    def role_of(self, key: str) -> str:
        """The role that owns a project's schema."""
        return identifier(f"{self.role_prefix}_{key}")

    def scope_of(self, key: str) -> Scope:
        """The scope of a project."""
        return Scope(schema_of(key), self.role_of(key))

    def admin_params(self) -> dict[str, Any]:
        """How to connect for provisioning and migrations: past a pooler when a direct address is set."""
        direct = settings.DATABASE_DIRECT_ADDRESS
        server = Server.parse(direct) if direct and self.address == settings.DATABASE_ADDRESS else self
        return {"dbname": server.database, **server.login, **server.options}

    def admin(self) -> "psycopg.Connection[Any]":
        """A connection in autocommit for provisioning."""
        return psycopg.connect(**self.admin_params(), autocommit=True)

    def running_params(self) -> dict[str, Any]:
        """How the product connects while it works."""
        params = {"dbname": self.database, **self.login, **self.options}
        if settings.DATABASE_DIRECT_ADDRESS or not self.login_is_superuser():
            return params
        return {**params, "user": self.app_role, "password": app_password(self.app_role)}

    def login_is_superuser(self) -> bool:
        """Whether the configured login could read every project; asked once per process."""
        with _lock:
            if self.address not in _superusers:
                with self.admin() as connection:
                    row = connection.execute(
                        "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
                    ).fetchone()
                _superusers[self.address] = bool(row and row[0])
            return _superusers[self.address]


_superusers: dict[str, bool] = {}


def schema_of(key: str) -> str:
    """The schema of a project: its opaque key, since other roles can read the names of schemas."""
    return identifier(f"p_{key}")


def app_password(role: str) -> str:
    """The password of the login made for running: from the installation's secret, so all machines agree."""
    return hmac.new(
        settings.SECRET_KEY.encode(), f"postgresql role {role}".encode(), hashlib.sha256
    ).hexdigest()


def pool_size() -> int:
    """Connections of this process to one server (`OPORA_POOL`).

    By default two for each page thread, which holds one for its project and in rare moments one for the
    directory, so that threads never wait for each other's second one, and a few for workers.
    """
    return max(2, int(os.environ.get("OPORA_POOL") or 2 * settings.PAGE_THREADS + 4))
