"""One process at a time: for migrations, provisioning and restores (R13.07)."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from opora.tenancy import postgres
from opora.tenancy.placement import is_sqlite


class Locked(RuntimeError):
    """Another process holds the lock and the caller did not want to wait."""


@contextmanager
def one_process(name: str, *, wait: bool = True) -> Iterator[None]:
    """Hold a named lock of the installation; killed processes let go of it by themselves.

    Raises `Locked` when `wait` is false and someone else holds it. SQLite: a locked file in DATA (one machine);
    PostgreSQL: an advisory lock of a session of its own (all machines).
    """
    if is_sqlite(settings.DATABASE_ADDRESS):
        with _file_lock(name, wait):
            yield
    else:
        with _server_lock(name, wait):
            yield


@contextmanager
def _file_lock(name: str, wait: bool) -> Iterator[None]:
    folder = Path(settings.DATA) / "locks"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / name).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise Locked(name) from error
        yield


@contextmanager
def _server_lock(name: str, wait: bool) -> Iterator[None]:
    number = int.from_bytes(hashlib.sha256(f"opora {name}".encode()).digest()[:8], signed=True)
    server = postgres.Server.parse(settings.DATABASE_ADDRESS)
    with server.admin() as connection:
        if wait:
            connection.execute("SELECT pg_advisory_lock(%s)", [number])
        else:
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", [number]).fetchone()
            if not row or not row[0]:
                raise Locked(name)
        yield
