"""A whole run on one database: fill, start, measure, stop."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from config.bench.client import Client
from config.bench.machines import ROOT, Machine, machine
from config.bench.measuring import Length, WrongAnswer, measure
from config.bench.pages import Measured, Plan
from config.bench.serving import served

FILL = (
    "import sys, django; django.setup(); from config.bench.filling import main; main(*map(int, sys.argv[1:]))"
)
CROWD = "import sys, django; django.setup(); from config.bench.crowd import main; main(int(sys.argv[1]))"
RIGHTS = "import sys, django; django.setup(); from config.bench.rights import main; main(*sys.argv[1:])"
MIGRATE = "import config.cli; config.cli.main(['migrate'], standalone_mode=False); print('null')"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How large the project is, and which pages are measured (none named: all)."""

    contacts: int
    deals: int
    only: Sequence[str] = ()


def run(database: str, size: Size, length: Length, tell: Tell) -> dict[str, Any]:
    """Measure one database; gives its part of bench.json. Raises `WrongAnswer` for a page that does not work."""
    with machine(database) as where:
        started = time.monotonic()
        filled = _fill(where, size)
        tell(f"{database}: filled in {time.monotonic() - started:.0f} s")
        with served(where):
            pass  # the first start collects static files; what is measured is every later one
        started = time.monotonic()
        with served(where) as server:
            pages = Plan(filled, size.only).all()
            _first_page(pages[0], filled, server.port)
            cold = time.monotonic() - started
            idle = server.memory()
            results = []
            for page in pages:
                results.append(asdict(measure(page, filled, database, server.port, length)))
                tell(f"{database}: {page.name}")
            return {
                "pages": results,
                "memory": {"database": database, "idle": idle, "loaded": server.memory()},
                "cold_start": {"database": database, "seconds": round(cold, 2)},
            }


def run_rights(
    database: str, contacts: int, keep: Path | None, orders: Sequence[str], tell: Tell
) -> list[dict[str, Any]]:
    """Measure what rights cost on one database; its rows of bench.json.

    Raises `ClickException` when the kept installation holds another number of contacts.
    """
    with machine(database, keep) as where:
        mark = where.data / "contacts"
        if not mark.exists():
            started = time.monotonic()
            _python(where, CROWD, str(contacts))
            mark.write_text(str(contacts), "utf-8")
            tell(f"{database}: {contacts} contacts made in {time.monotonic() - started:.0f} s")
        elif mark.read_text("utf-8") != str(contacts):
            raise click.ClickException(
                f"{where.data} holds {mark.read_text('utf-8')} contacts, not {contacts}."
            )
        else:
            _python(where, MIGRATE)
        rows: list[dict[str, Any]] = _python(where, RIGHTS, *(f"order={order}" for order in orders))
        return [{"database": database, **row} for row in rows]


def _first_page(page: Measured, filled: dict[str, Any], port: int) -> None:
    client = Client(port)
    try:
        answer = client.send(next(page.as_people(filled)))
        if answer.status != page.answers:
            raise WrongAnswer(page, answer)
    finally:
        client.close()


def _fill(where: Machine, size: Size) -> dict[str, Any]:
    found: dict[str, Any] = _python(where, FILL, str(size.contacts), str(size.deals))
    return found


def _python(where: Machine, code: str, *words: str) -> Any:
    """Run code in a process with the settings of a machine; what its last line says as JSON."""
    made = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        env={
            **where.environment,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "OPORA_SQLITE_SYNCHRONOUS": "OFF",
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads((made.stdout.splitlines() or ["null"])[-1])
