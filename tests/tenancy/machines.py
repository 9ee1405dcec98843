"""An installation of its own, driven by the console command in other processes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.addresses import SERVER

COMMAND = "import config.cli; config.cli.main()"
PREPARE = """
import config, json, sys, django; django.setup()
from django.db import connection
from opora.tenancy.context import find_project, project
from opora.tenancy.provisioning import create_project, prepare
prepare()
for slug, statements in json.loads(sys.argv[1]).items():
    ref = find_project(slug=slug) or create_project(slug, slug)
    rows = None
    with project(ref), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        rows = cursor.fetchall() if statements and cursor.description else None
    print(json.dumps([slug, rows], default=str))
"""
"""Makes projects that are missing and runs statements in them: one process for many."""


class Machine:
    """A data folder and a database of its own. `grown` is how far the app `growing` has grown there."""

    def __init__(self, data: Path, grown: str = "first") -> None:
        self.data = data
        self.grown = grown
        self.database = ""
        self.login = ""
        if os.environ.get("OPORA_TEST_DATABASE", "sqlite") != "sqlite":
            self.database = f"opora_test_{os.getpid()}_{data.name.lower()[-12:].replace('-', '_')}"
            with psycopg.connect(SERVER, autocommit=True) as server:
                server.execute(f"CREATE DATABASE {self.database}")

    @property
    def environment(self) -> dict[str, str]:
        """What its processes see."""
        server = SERVER.rpartition("/")[0]
        if self.login:
            server = f"postgresql://{self.login}@{urlsplit(server).netloc.rpartition('@')[2]}"
        address = f"{server}/{self.database}" if self.database else "sqlite"
        return {
            **os.environ,
            "DATA": str(self.data),
            "OPORA_DATABASE": address,
            "DJANGO_SETTINGS_MODULE": "tests.tenancy.grown_settings",
            "OPORA_TEST_GROWN": self.grown,
        }

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start `opora …` without waiting."""
        return subprocess.Popen(
            [sys.executable, "-c", COMMAND, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def opora(self, *arguments: str, fails: bool = False) -> str:
        """Run `opora …`; what it printed. It must end as expected."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=300)
        assert (process.returncode != 0) == fails, f"{arguments}: {out}\n{err}"
        return out + err

    def inside(self, statements: dict[str, list[str]]) -> dict[str, list[list[object]]]:
        """Run statements inside projects, made when missing; the last one's rows by project."""
        process = subprocess.run(
            [sys.executable, "-c", PREPARE, json.dumps(statements)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert process.returncode == 0, process.stderr
        return dict(json.loads(line) for line in process.stdout.splitlines())

    def destroy(self) -> None:
        """Drop its database and roles."""
        if not self.database:
            return
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
            pattern = self.database.replace("_", r"\_") + r"\_%"
            roles = server.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", [pattern]).fetchall()
            for (role,) in roles:
                server.execute(f"DROP ROLE {role}")
