"""A throw-away installation to measure in: a folder, and on PostgreSQL a database of its own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import psycopg

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Machine:
    """Where a measured server keeps its data, as its environment says it."""

    database: str
    data: Path
    address: str

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every process that belongs to the measurement."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OPORA_")}
        return {
            **kept,
            "DATA": str(self.data),
            "OPORA_DATABASE": self.address,
            "OPORA_BENCH": "1",
            "PYTHONPATH": str(ROOT),
        }


KEPT = "opora_bench_kept"


@contextmanager
def machine(database: str, keep: Path | None = None) -> Iterator[Machine]:
    """An installation on `sqlite` or `postgresql`, gone afterwards, unless a folder is named to `keep` it in.

    What is kept on PostgreSQL stands in the database `opora_bench_kept` of the server.
    Raises `ClickException` when no PostgreSQL answers that lets databases be made.
    """
    if keep is not None:
        folder = keep.resolve() / database
        folder.mkdir(parents=True, exist_ok=True)
        yield Machine(database, folder, "sqlite" if database == "sqlite" else _kept_database())
        return
    folder = Path(tempfile.mkdtemp(prefix="opora-bench-"))
    try:
        if database == "sqlite":
            yield Machine(database, folder, "sqlite")
        else:
            with _own_database() as address:
                yield Machine(database, folder, address)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def postgres_server() -> str:
    """The address of a server where a database may be made; empty when there is none (bin/postgres looks)."""
    found = subprocess.run([ROOT / "bin/postgres"], capture_output=True, text=True, check=False)
    return found.stdout.strip()


def _kept_database() -> str:
    server = _server()
    with psycopg.connect(server, autocommit=True) as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [KEPT]).fetchone():
            admin.execute(f'CREATE DATABASE "{KEPT}"'.encode())
    return f"{server.rpartition('/')[0]}/{KEPT}"


def _server() -> str:
    server = postgres_server()
    if not server:
        raise click.ClickException("No PostgreSQL answers; name one in OPORA_TEST_POSTGRES.")
    return server


@contextmanager
def _own_database() -> Iterator[str]:
    server = _server()
    name = f"opora_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"'.encode())
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
            pattern = name.replace("_", r"\_") + r"\_%"
            roles = admin.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", [pattern]).fetchall()
            for (role,) in roles:
                admin.execute(f'DROP ROLE "{role}"'.encode())
