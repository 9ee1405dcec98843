"""What is removed by itself: bytes nobody names, and files that were thrown away long ago (R13.04)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice

from django.db.models import Q, QuerySet

from opora.documents import limits, shelf
from opora.documents.models import File
from opora.jobs import schedules
from opora.jobs.running import JobContext
from opora.jobs.tasks import task
from opora.kit.dates import now

IN_TRASH = timedelta(days=30)
"""How long a thrown away file can be restored with its bytes."""
DETACHED = timedelta(days=90)
"""How long a file is kept that was taken out of a field, as values of deleted fields are (R5.09)."""
UNNAMED = timedelta(days=1)
"""How long a file waits for a field to name it."""
CHUNK = 200


@task(takes_context=True, atomic=False)
def sweep(context: JobContext) -> None:
    """Remove what arrived and was given up, kept files without a row, and the bytes of what is over."""
    for path in shelf.forgotten():
        path.unlink(missing_ok=True)
    found = shelf.places()
    while chunk := list(islice(found, CHUNK)):
        with context.step():
            for place in _unknown(chunk):
                shelf.remove(place)
    while files := list(_over()[:CHUNK]):
        with context.step():
            places = forget(files)
        for place in places:
            shelf.remove(place)


def _unknown(places: Sequence[str]) -> Iterator[str]:
    known = set(File.objects.filter(place__in=places).values_list("place", flat=True))
    return (place for place in places if place not in known)


def _over() -> QuerySet[File]:
    at = now()
    over = (
        Q(trashed_at__lt=at - IN_TRASH)
        | Q(detached_at__lt=at - DETACHED)
        | Q(about_id=None, created_at__lt=at - UNNAMED)
    )
    return File.objects.filter(over).exclude(place="").order_by("pk")


def forget(files: Sequence[File]) -> list[str]:
    """Let go of these files' bytes: the rows stay, since history names them. Returns the places to be removed.

    The bytes go after the commit; a process killed between leaves them to the next sweep.
    """
    File.objects.filter(pk__in=[file.pk for file in files]).update(place="", has_preview=False)
    limits.give_room(sum(file.size for file in files))
    return [file.place for file in files]


schedules.every("files.sweep", sweep, 3600)
