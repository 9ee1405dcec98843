"""Bytes on the disk: a folder of the project, names that are ours, a file whole or absent (R3.05, R13.04)."""

import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from opora.documents.sorts import HEAD
from opora.tenancy.context import require_project

PLACE = re.compile(r"^[0-9a-f]{32}$")
PREVIEW = ".preview"
DRAFT_LIFE = 24 * 3600
"""Seconds after which what was not kept belongs to nobody."""


def folder() -> Path:
    """Where the kept files of the current project stand; part of its backup."""
    return require_project().data_dir / "files"


def arrivals() -> Path:
    """Where files are written while they arrive; on the same disk, outside the backup."""
    return require_project().data_dir / "arrivals"


def path_of(place: str, ending: str = "") -> Path:
    """The path of a kept file. Raises `ValueError` for what is no place."""
    if not PLACE.match(place):
        raise ValueError("no place on the shelf")
    return folder() / place[:2] / (place + ending)


class Draft:
    """A file that is arriving: its bytes go to the disk as they come, its size and checksum are counted on the way."""

    def __init__(self) -> None:
        arrivals().mkdir(mode=0o700, parents=True, exist_ok=True)
        self.place = secrets.token_hex(16)
        self.path = arrivals() / self.place
        self.size = 0
        self.is_over = False
        self.head = b""
        self._digest = hashlib.sha256()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file: IO[bytes] = os.fdopen(descriptor, "wb")

    def write(self, piece: bytes) -> None:
        """Add bytes."""
        if len(self.head) < HEAD:
            self.head += piece[: HEAD - len(self.head)]
        self._digest.update(piece)
        self.size += len(piece)
        self._file.write(piece)

    def end(self) -> None:
        """All bytes have come: they are on the disk when this returns."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    @property
    def sha256(self) -> str:
        """The checksum of what has come."""
        return self._digest.hexdigest()

    def keep(self) -> str:
        """Put the whole file among the kept ones; its place. The row that names it is committed afterwards."""
        put(self.path, path_of(self.place))
        return self.place

    def drop(self) -> None:
        """Remove what has come, unless it was kept."""
        if not self._file.closed:
            self._file.close()
        self.path.unlink(missing_ok=True)


def put(source: Path, target: Path) -> None:
    """Give a file that is whole its own name, for good."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source.rename(target)
    for each in (target.parent, target.parent.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove(place: str) -> None:
    """Remove a kept file and its preview."""
    for ending in ("", PREVIEW):
        path_of(place, ending).unlink(missing_ok=True)


def forgotten() -> Iterator[Path]:
    """The arrivals that were given up more than a day ago."""
    old = time.time() - DRAFT_LIFE
    return (path for path in arrivals().glob("*") if path.stat().st_mtime < old)


def places(older_than: float = DRAFT_LIFE) -> Iterator[str]:
    """The places of kept files that were written at least so many seconds ago."""
    old = time.time() - older_than
    for path in folder().glob("??/*"):
        name = path.name.removesuffix(PREVIEW)
        if PLACE.match(name) and path.stat().st_mtime <= old:
            yield name
