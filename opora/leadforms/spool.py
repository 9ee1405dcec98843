"""Where leads wait while the database can't take them: a file of the project that is only added to (R9.02, R13.08).

A line is on the disk before the client hears 202. Whoever imports renames the file first, under the lock that
writers hold, and deletes it when every line is stored; a repeat after a crash meets the lines' keys.
"""

import errno
import fcntl
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from opora.kit.errors import StorageFull
from opora.kit.ids import new_id

log = logging.getLogger("opora.leads")

FOLDER = "leads"
LARGEST = 50 * 1024 * 1024
"""Bytes that may wait in one project."""
RESERVE = 50 * 1024 * 1024
"""Bytes of the disk kept for leads, for the day it is full."""
RELEASED = 1024 * 1024
PLENTY = 20 * RESERVE


@dataclass(frozen=True)
class Line:
    """One lead that waits: its arrival, its body (base64), and whose key brought it.

    `token` is the id of a key that was checked already; else `key_hash` is checked when the lead is imported.
    """

    key: str
    at: str
    body: str
    content_type: str
    address: str = ""
    request: str = ""
    token: int | None = None
    key_hash: str = ""


def append(folder: Path, line: Line) -> None:
    """Add a line and wait until it is on the disk; on a full disk the reserve gives room. Raises `StorageFull`."""
    try:
        _append(folder, line)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT) or not release():
            raise StorageFull() from error
        try:
            _append(folder, line)
        except OSError as again:
            raise StorageFull() from again


def _append(folder: Path, line: Line) -> None:
    # The empty line before it ends whatever a power cut left of another one.
    text = b"\n" + json.dumps(asdict(line)).encode() + b"\n"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(folder):
        file = os.open(folder / "waiting.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _write(file, text)
        finally:
            os.close(file)
        _sync(folder)


def _write(file: int, text: bytes) -> None:
    start = os.fstat(file).st_size
    if start + len(text) > LARGEST:
        raise OSError(errno.EFBIG, "the spool is full")
    try:
        if os.write(file, text) != len(text):
            raise OSError(errno.ENOSPC, "a part was written")
        os.fsync(file)
    except OSError:
        os.ftruncate(file, start)
        raise


def _sync(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time; a killed one lets go by itself. The folder is the lock: a full disk gives no file."""
    place = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)


def take(folder: Path) -> list[Path]:
    """The files to import, oldest first: what waits is set aside, so that nobody adds to it any more."""
    waiting = folder / "waiting.jsonl"
    if waiting.exists():
        with _locked(folder):
            if waiting.exists():
                waiting.rename(folder / f"taken-{new_id():020d}.jsonl")
    return sorted(folder.glob("taken-*.jsonl"))


def lines(path: Path) -> Iterator[Line]:
    """The leads of a file; half a line at its end was never promised to anybody."""
    for text in path.read_bytes().splitlines():
        if not text.strip():
            continue
        try:
            yield Line(**json.loads(text))
        except (ValueError, TypeError):
            log.warning("half a line in %s", path.name)


def set_aside(folder: Path, line: Line) -> None:
    """Keep a lead that the product could not store, for an administrator to look at."""
    with _locked(folder), (folder / "failed.jsonl").open("a") as file:
        file.write(json.dumps(asdict(line)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def waiting() -> list[str]:
    """The keys of projects whose leads wait on this machine."""
    projects = Path(settings.DATA) / "projects"
    found = [*projects.glob(f"*/{FOLDER}/waiting.jsonl"), *projects.glob(f"*/{FOLDER}/taken-*.jsonl")]
    return sorted({path.parent.parent.name for path in found})


def keep_reserve(free: Callable[[Path], int] = lambda place: shutil.disk_usage(place).free) -> None:
    """Fill the reserve up where the disk has plenty of room."""
    path = _reserve()
    have = path.stat().st_size if path.exists() else 0
    if have >= RESERVE or free(path.parent) < PLENTY:
        return
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(file, 0, RESERVE)
    except OSError:
        log.warning("no room of the disk could be reserved for leads", exc_info=True)
    finally:
        os.close(file)


def release() -> bool:
    """Give a piece of the reserve back to the disk; False when none is left."""
    path = _reserve()
    have = path.stat().st_size if path.exists() else 0
    if not have:
        return False
    os.truncate(path, max(0, have - RELEASED))
    log.warning("the disk is full: leads use their reserve, %d bytes left", max(0, have - RELEASED))
    return True


def _reserve() -> Path:
    return Path(settings.DATA) / "leads.reserve"
