"""A lead that the database can't take is written down before 202, and is a contact exactly once later."""

import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from opora.contacts.models import Contact
from opora.leadforms import importing, receiving, spool, views
from opora.leadforms.importing import import_all
from opora.notes.models import Note
from opora.people.models import Token
from opora.planner.models import Task
from opora.tenancy.context import ProjectRef
from tests.clients import ProjectClient
from tests.jobs.servers import ROOT
from tests.leadforms.conftest import Send
from tests.leadforms.test_leads import ANNA

pytestmark = pytest.mark.req("N15", "R9.02", "R13.08")


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch, installation: Path) -> Iterator[None]:
    """The thread that imports stays asleep: the tests say when."""
    monkeypatch.setattr(importing.importer, "wake", lambda: None)
    yield
    for path in installation.glob("projects/*/leads/*"):
        path.unlink()


@pytest.fixture
def folder(project: ProjectRef) -> Path:
    return project.data_dir / spool.FOLDER


def breaking(error: Exception) -> Callable[..., Any]:
    def fail(*given: Any, **named: Any) -> Any:
        raise error

    return fail


@contextmanager
def locked(project: ProjectRef) -> Iterator[None]:
    """Somebody else writes in the project's database and does not come to an end."""
    code = (
        "import config, django, sys; django.setup()\n"
        "from django.db import connection, transaction\n"
        "from opora.tenancy.context import project\n"
        "from opora.contacts.models import Contact\n"
        "with project(sys.argv[1]), transaction.atomic():\n"
        "    Contact.objects.update(city='Казань')\n"
        "    if connection.vendor == 'postgresql':\n"
        "        connection.cursor().execute('LOCK TABLE contacts_contact IN EXCLUSIVE MODE')\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, project.key],
        cwd=ROOT,
        env=dict(os.environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        yield
    finally:
        holder.communicate()


def stored() -> tuple[int, int, int]:
    return Contact.objects.count(), Task.objects.count(), Note.objects.count()


def test_a_locked_database_keeps_the_lead_waiting_and_then_takes_it_once(
    send: Send, project: ProjectRef, folder: Path
) -> None:
    with locked(project):
        began = time.monotonic()
        answer = send(ANNA)
        assert time.monotonic() - began < 8
        assert (answer.status_code, answer.json()) == (202, {"id": None, "status": "accepted"})
        with pytest.raises(OperationalError):
            import_all()
    assert stored() == (0, 0, 0)
    assert import_all() == 1
    assert import_all() == 0
    assert stored() == (1, 1, 1)
    assert Contact.objects.get().title == "Анна Петрова"
    assert spool.waiting() == []


def test_a_client_that_repeats_while_the_lead_waits_makes_one_contact(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as busy:
        busy.setattr(receiving, "perform", breaking(OperationalError("database is locked")))
        assert send(ANNA, Idempotency_Key="k").status_code == 202
        assert send(ANNA, Idempotency_Key="k").status_code == 202
    assert send(ANNA, Idempotency_Key="k").status_code == 201
    import_all()
    assert stored() == (1, 1, 1)


def test_an_importer_that_is_killed_leaves_each_lead_exactly_once(
    send: Send, project: ProjectRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as busy:
        busy.setattr(receiving, "perform", breaking(OperationalError("database is locked")))
        for number in range(6):
            assert send({"name": f"Клиент {number}"}).status_code == 202
    code = (
        "import config, django, os, sys; django.setup()\n"
        "from opora.leadforms import importing\n"
        "done, usual = [], importing._import\n"
        "def one(line):\n"
        "    usual(line); done.append(line)\n"
        "    if len(done) == 3: os.kill(os.getpid(), 9)\n"
        "importing._import = one\n"
        "importing.import_all()\n"
    )
    killed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=dict(os.environ), check=False)
    assert killed.returncode == -9
    assert Contact.objects.count() == 3
    import_all()
    assert sorted(Contact.objects.values_list("title", flat=True)) == [f"Клиент {n}" for n in range(6)]
    assert Task.objects.count() == 6


def test_a_database_that_is_away_takes_leads_by_the_hash_of_their_key(
    send: Send, client: ProjectClient, monkeypatch: pytest.MonkeyPatch, folder: Path, key: str
) -> None:
    assert send({"name": "Первый"}).status_code == 201
    with monkeypatch.context() as away:
        away.setattr("opora.people.middleware.authenticate", breaking(OperationalError("connection refused")))
        client.raise_request_exception = False
        assert send({"name": "Второй"}).status_code == 202
        assert send({"name": "Чужой"}, key="opora_wrong").status_code == 202
        assert send("{").status_code == 422
        assert client.post("/api/v1/leads", {"name": "Без ключа"}).status_code == 500
        statuses = [send({"name": "Ещё"}).status_code for _ in range(19)]
    assert statuses == [202] * 18 + [429]
    assert key not in (folder / "waiting.jsonl").read_text()
    Token.objects.update(name="")
    assert import_all() == 19
    titles = set(Contact.objects.values_list("title", flat=True))
    assert titles == {"Первый", "Второй", "Ещё"}


def test_a_full_disk_gives_the_reserve_to_leads(
    send: Send, monkeypatch: pytest.MonkeyPatch, installation: Path
) -> None:
    spool.keep_reserve()
    reserve = installation / "leads.reserve"
    assert reserve.stat().st_size == spool.RESERVE
    usual, full = os.write, [1]

    def write(file: int, text: bytes) -> int:
        if full and text.startswith(b"\n{") and reserve.stat().st_size == spool.RESERVE:
            full.pop()
            raise OSError(errno.ENOSPC, "No space left on device")
        return usual(file, text)

    with monkeypatch.context() as broken:
        broken.setattr(receiving, "perform", breaking(OperationalError("database or disk is full")))
        broken.setattr(os, "write", write)
        assert send(ANNA).status_code == 202
    assert not full
    assert reserve.stat().st_size == spool.RESERVE - spool.RELEASED
    assert import_all() == 1
    assert stored() == (1, 1, 1)
    assert reserve.stat().st_size == spool.RESERVE
    reserve.unlink()


def test_a_disk_without_any_room_says_so(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "perform", breaking(OperationalError("database or disk is full")))
    monkeypatch.setattr(spool, "_append", breaking(OSError(errno.ENOSPC, "No space left on device")))
    answer = send(ANNA)
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")


def test_half_a_line_hides_no_other_one(send: Send, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as busy:
        busy.setattr(receiving, "perform", breaking(OperationalError("database is locked")))
        send({"name": "Первый"})
        with (folder / "waiting.jsonl").open("a") as file:
            file.write('\n{"key": "half')
        send({"name": "Второй"})
    assert import_all() == 2
    assert set(Contact.objects.values_list("title", flat=True)) == {"Первый", "Второй"}


def test_a_fault_of_ours_loses_no_lead(
    send: Send, client: ProjectClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False
    with monkeypatch.context() as faulty:
        faulty.setattr(views, "receive", breaking(RuntimeError("a fault")))
        assert send(ANNA).status_code == 202
        faulty.setattr(importing, "receive", breaking(RuntimeError("a fault")))
        assert import_all() == 0
    kept = json.loads((folder / "failed.jsonl").read_text())
    assert kept["token"] == Token.objects.get().id
