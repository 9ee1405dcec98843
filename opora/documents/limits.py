"""How much a project may keep, and which files it takes (R7.07): what stands in the settings."""

from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _

from opora.documents.models import Shelf
from opora.kit.errors import Invalid
from opora.records import definitions
from opora.records.preferences import FILE_GROUPS
from opora.ui import formats

MB, GB = 1 << 20, 1 << 30
PHOTO = MB
"""Bytes of a photo as it is sent (O05)."""
WARNED = (100, 95, 80)
"""Per cent of the room from which on a person is told."""


def of_file() -> int:
    """Bytes one file may have."""
    return int(definitions.current().preferences.file_mb) * MB


def of_project() -> int:
    """Bytes all files of the project may have together."""
    return int(definitions.current().preferences.files_gb) * GB


def groups() -> frozenset[str]:
    """The groups of files that the project takes."""
    now = definitions.current().preferences
    return frozenset(name for name in FILE_GROUPS if getattr(now, f"files_{name}"))


def used() -> int:
    """Bytes that the project's files take now."""
    return Shelf.objects.filter(id=1).values_list("used", flat=True).first() or 0


@dataclass(frozen=True)
class Room:
    """How full a project is."""

    used: int
    limit: int

    @property
    def per_cent(self) -> int:
        """How much of the room is taken."""
        return min(100, self.used * 100 // self.limit) if self.limit else 100

    @property
    def warning(self) -> str:
        """What a person is told from 80 per cent on; empty before."""
        if self.per_cent < WARNED[-1]:
            return ""
        words = _("Files take %(used)s of %(limit)s.")
        return words % {"used": formats.size(self.used), "limit": formats.size(self.limit)}


def room() -> Room:
    """How full the project is now."""
    return Room(used(), of_project())


def take_room(size: int) -> None:
    """Count a new file, inside the transaction of its row; the condition holds for any number of them at once.

    Raises `Invalid` (`quota_full`) when it would not fit.
    """
    Shelf.objects.get_or_create(id=1)
    fits = Shelf.objects.filter(id=1, used__lte=of_project() - size)
    if not fits.update(used=F("used") + size):
        words = _("There is no room for this file: files take %(used)s of %(limit)s. Ask the administrator.")
        told = {"used": formats.size(used()), "limit": formats.size(of_project())}
        raise Invalid({"file": words % told}, code="quota_full")


def give_room(size: int) -> None:
    """Count files off whose bytes are removed."""
    Shelf.objects.filter(id=1).update(used=F("used") - size)
