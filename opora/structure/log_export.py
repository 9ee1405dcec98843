"""Taking the log out as CSV: a job with its progress, a file for one person, for a day (T16, R2.07, R7.10)."""

import csv
import hashlib
import io
import json
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from opora.jobs import board, schedules
from opora.jobs.models import Job, State
from opora.jobs.running import JobContext
from opora.jobs.tasks import task
from opora.kit.dates import now
from opora.kit.errors import Conflict, Forbidden, NotFound
from opora.people import directory
from opora.people.access import Access
from opora.people.switches import LOG
from opora.records import definitions, sight
from opora.records.bulk import access_of_actor
from opora.shell.clock import here
from opora.structure import log, sheet
from opora.structure.log import Line, Wanted
from opora.tenancy.context import require_project
from opora.timeline.events import Entry, Ref, record

CHUNK = 500
MOST = 100_000
KEPT = timedelta(hours=24)


def ask(wanted: Wanted, key: str) -> Job:
    """Ask for the export; the repeat of the same form finds the first job."""
    return board.ask_once(make, f"log:{key}" if key else "", _packed(wanted))


def asked(job_id: int) -> Job:
    """An export this person asked for. Raises `NotFound` for any other."""
    return board.asked_for(job_id, make)


@task(takes_context=True, atomic=False)
def make(context: JobContext, sent: Mapping[str, Any]) -> None:
    """Write the file step by step; that it was made, with which filter and how many lines, is itself an event."""
    access, wanted = access_of_actor(context), _unpacked(sent)
    must_read(access)
    at = context.pointer
    if not at:
        at.update(before=None, rows=0, size=0, total=min(log.count(wanted), MOST), rights=fingerprint(access))
        at["file"] = secrets.token_hex(16)
    path = _file(context.job)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    while not at.get("is_read"):
        with directory.looked_up_once(), definitions.looked_up_once():
            found, following = log.lines(access, wanted, before=at["before"], limit=CHUNK)
        with context.step(total=at["total"]) as step:
            at.update(size=_written(path, at["size"], found), rows=at["rows"] + len(found), before=following)
            at["is_read"] = following is None or at["rows"] >= MOST
            step.done = at["total"] if at["is_read"] else min(at["rows"], at["total"])
            if at["is_read"]:
                _tell(access, wanted, at["rows"])


def download(access: Access, job: Job) -> IO[bytes]:
    """The file as its reader may know it now, opened at its beginning; it is gone when closed (R2.07).

    Lines of records that have left the reader's sight are left out. Raises `Forbidden` without the right to the log,
    `Conflict` when rights or fields have changed since the file was made, `NotFound` when it is no longer kept.
    """
    must_read(access)
    path = _file(job)
    if job.state != State.DONE or not path.exists() or job.created_at < now() - KEPT:
        raise NotFound()
    if job.pointer.get("rights") != fingerprint(access):
        raise Conflict(_("Rights or fields have changed since this file was made. Export the log again."))
    found = tempfile.TemporaryFile(dir=_folder())  # noqa: SIM115 - whoever sends it closes it
    found.write(sheet.written([heads()]).encode())
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        while chunk := list(islice(rows, CHUNK)):
            found.write(sheet.written(_reachable(access, chunk), mark="").encode())
    found.seek(0)
    return found


def _reachable(access: Access, rows: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """The written part of those rows whose record the reader sees now."""
    refs = [Ref(row[0], int(row[1])) for row in rows if row[0]]
    seen = sight.visible_refs(access, refs)
    return (row[2:] for row in rows if not row[0] or Ref(row[0], int(row[1])) in seen)


def must_read(access: Access) -> None:
    """Raise `Forbidden` for whoever may not read the log."""
    if not access.has(LOG.name):
        raise Forbidden(LOG.label)


def fingerprint(access: Access) -> str:
    """What the words of a line depend on besides its record: the reader's own rights and the project's fields."""
    parts = {name: getattr(access, name) for name in ("kind", "switches", "groups", "closed")}
    text = json.dumps({**parts, "fields": definitions.current().version}, sort_keys=True, default=sorted)
    return hashlib.sha256(text.encode()).hexdigest()


@task()
def sweep() -> None:
    """Delete the files that are older than a day."""
    oldest = (now() - KEPT).timestamp()
    for path in _folder().glob("*.csv"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


schedules.every("exports of the log", sweep, 3600)


def _folder() -> Path:
    """Beside the project's files, so that no backup takes them along."""
    return require_project().data_dir / "exports"


def _file(job: Job) -> Path:
    return _folder() / f"{job.pointer.get('file', '-')}.csv"


def _written(path: Path, size: int, lines: Iterable[Line]) -> int:
    """Add lines behind the first `size` bytes, which an attempt that broke off may have passed; the new size."""
    out = io.StringIO()
    csv.writer(out).writerows([*_ref(line), *_cells(line)] for line in lines)
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(size)
        file.seek(size)
        file.write(out.getvalue().encode())
        return file.tell()


def _ref(line: Line) -> tuple[str, int]:
    return (line.subject.kind if line.has_card else ""), line.subject.id


def _cells(line: Line) -> list[str]:
    changes = "; ".join(f"{name}: {old} → {new}" for name, old, new in line.changes)
    at = line.at.astimezone(here()).strftime("%Y-%m-%d %H:%M:%S")  # a job has no zone of its own
    return [at, line.by, line.words.rstrip(":"), line.title, changes, line.address, line.device, line.request]


def heads() -> list[str]:
    """The first row of the file."""
    return [
        _("When"),
        _("Who"),
        _("What"),
        _("Record"),
        _("Changes"),
        _("Address"),
        _("Device"),
        _("Request"),
    ]


def _tell(access: Access, wanted: Wanted, rows: int) -> None:
    changes: dict[str, list[Any]] = {"rows": [None, rows], "filter": [None, _said(wanted)]}
    entry = Entry("log.exported", Ref("user", access.user_id), changes=changes)
    record([entry], actor_id=access.user_id or None, via="page")


def _said(wanted: Wanted) -> str:
    return ", ".join(f"{name}={value}" for name, value in vars(wanted).items() if value)


def _packed(wanted: Wanted) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in vars(wanted).items()
    }


def _unpacked(sent: Mapping[str, Any]) -> Wanted:
    days = {name: date.fromisoformat(sent[name]) if sent[name] else None for name in ("since", "until")}
    return Wanted(**{**sent, **days})
