"""A note: what was said or learned, on a card."""

from django.db import models

from opora.records.models import Record, record_indexes


class Note(Record):
    """Words on a card; whoever sees the card reads them (O32)."""

    about_kind = models.CharField(max_length=40)
    about_id = models.BigIntegerField()
    root_kind = models.CharField(max_length=40, blank=True)
    root_id = models.BigIntegerField(null=True, blank=True)
    text = models.TextField()
    category = models.CharField(max_length=60, blank=True)
    files = models.JSONField(default=list, blank=True, null=True)
    is_pinned = models.BooleanField(default=False)

    class Meta:
        indexes = [
            *record_indexes("note"),
            models.Index(fields=("about_kind", "about_id", "-id"), name="note_about"),
        ]

    def refresh_title(self) -> None:
        """A note is called by its first words."""
        self.title = " ".join(self.text.split())[:120]
        super().refresh_title()
