"""The file of a backup: a ZIP of members with a manifest of their checksums, complete or absent."""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from opora.tenancy.backup.errors import BadBackup

FORMAT = 1
MANIFEST = "manifest.json"
DRAFT = ".draft"
PIECE = 1 << 20


@dataclass
class Manifest:
    """What a backup says of itself. `members` maps a path to [sha256, bytes], `counts` a table to its rows."""

    slug: str
    name: str
    vendor: str
    made_at: str
    schema_version: str
    migrations: list[list[str]]
    counts: dict[str, int] = field(default_factory=dict)
    members: dict[str, list[Any]] = field(default_factory=dict)
    format: int = FORMAT


class Writer:
    """Adds members to a backup, computing their checksums on the way."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self.manifest = manifest

    def add(self, path: str, pieces: Iterable[bytes]) -> None:
        """Add a member from pieces of any size."""
        digest, size = hashlib.sha256(), 0
        with self._archive.open(path, "w", force_zip64=True) as member:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                member.write(piece)
        self.manifest.members[path] = [digest.hexdigest(), size]

    def add_file(self, path: str, source: Path) -> None:
        """Add a member from a file."""
        with source.open("rb") as file:
            self.add(path, pieces_of(file))


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """The content of an open file, piece by piece."""
    while piece := file.read(PIECE):
        yield piece


def write_archive(target: Path, manifest: Manifest, fill: Callable[[Writer], None]) -> None:
    """Write a backup under a temporary name and give it its own when it is complete and on the disk."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}{DRAFT}")
    draft.touch(mode=0o600)
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            fill(Writer(archive, manifest))
            archive.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        _to_disk(draft)
        draft.rename(target)
        _to_disk(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def read_archive(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """Open a backup and its manifest. Raises `BadBackup`."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive, _manifest(archive)
    except (zipfile.BadZipFile, OSError) as error:
        raise BadBackup(f"{path} can't be read as a backup: {error}") from error


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        content = json.loads(archive.read(MANIFEST))
        if content["format"] > FORMAT:
            raise BadBackup("The backup was made by a newer Opora. Upgrade first.")
        return Manifest(**content)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, BadBackup):
            raise
        raise BadBackup("The backup has no readable manifest.") from error


def check_members(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Compare every member with its checksum. Raises `BadBackup`."""
    names = set(archive.namelist()) - {MANIFEST}
    if names != set(manifest.members):
        raise BadBackup("The backup's content is not what its manifest lists.")
    for path, (expected, _size) in manifest.members.items():
        safe_path(path)
        digest = hashlib.sha256()
        try:
            with archive.open(path) as member:
                for piece in pieces_of(member):
                    digest.update(piece)
        except zipfile.BadZipFile as error:
            raise BadBackup(f"{path} in the backup is damaged.") from error
        if digest.hexdigest() != expected:
            raise BadBackup(f"{path} in the backup is damaged.")


def safe_path(path: str) -> PurePosixPath:
    """A member's path that stays below its folder. Raises `BadBackup` for any other."""
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or "\\" in path:
        raise BadBackup(f"The backup contains an unsafe path: {path!r}.")
    return parts


def extract(archive: zipfile.ZipFile, path: str, target: Path) -> None:
    """Write a member to a file (0600)."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.touch(mode=0o600)
    with archive.open(path) as member, target.open("wb") as file:
        for piece in pieces_of(member):
            file.write(piece)
