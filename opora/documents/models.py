"""A stored file, and how much of the disk a project's files take."""

from django.db import models

from opora.records.models import Record, record_indexes


class File(Record):
    """A file on a card, or in a field of one; `title` is its name as the person called it (I15, R3.05).

    `about_*` name the card that decides who sees it; without one it has just arrived and is seen by nobody. `field` is
    the field that holds it, empty for a file of the card itself. `place` is its name on the disk, 128 random bits;
    empty once its bytes are gone. One that is detached was taken out of its field and is kept for an undo.
    """

    about_kind = models.CharField(max_length=40, blank=True)
    about_id = models.BigIntegerField(null=True, blank=True)
    root_kind = models.CharField(max_length=40, blank=True)
    root_id = models.BigIntegerField(null=True, blank=True)
    field = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=32, blank=True)
    size = models.BigIntegerField()
    type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    has_preview = models.BooleanField(default=False)
    detached_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            *record_indexes("file"),
            models.Index(fields=("about_kind", "about_id", "-id"), name="file_about"),
            models.Index(fields=("place",), name="file_place"),
            models.Index(
                fields=("detached_at",), name="file_detached", condition=models.Q(detached_at__isnull=False)
            ),
        ]


class Shelf(models.Model):
    """One row: how many bytes the stored files of the project take. Whoever adds one passes here (R7.07)."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    used = models.BigIntegerField(default=0)
