"""What two records of one client have in common, who said they are two clients, and what was put together."""

from django.db import models

from opora.kit.ids import new_id
from opora.records.columns import KeyField


class DuplicateKey(models.Model):
    """Something a record shares with its duplicates: a phone, an e-mail, the letters of its name, an own field.

    `is_fresh` until the job has looked for others with the key; `is_shared` when there were any.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    sort = models.CharField(max_length=40)
    key = KeyField(max_length=200)
    record_id = models.BigIntegerField()
    is_fresh = models.BooleanField(default=True)
    is_shared = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "sort", "key", "record_id"], name="duplicate_same"),
            models.Index(fields=["record_id"], name="duplicate_of_record"),
            models.Index(fields=["id"], name="duplicate_fresh", condition=models.Q(is_fresh=True)),
            models.Index(
                fields=["kind", "record_id"], name="duplicate_shared", condition=models.Q(is_shared=True)
            ),
        ]


class Apart(models.Model):
    """Two records that somebody said are two clients; the smaller id stands first."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    first = models.BigIntegerField()
    second = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("kind", "first", "second"), name="apart_pair")]
        indexes = [models.Index(fields=["kind", "second"], name="apart_second")]


class Merge(models.Model):
    """Records put together into one: by whom and when, and which links of events were added to the feed that stayed."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    operation_id = models.BigIntegerField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    links = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "target_id", "-at"], name="merge_of_target")]


class Merged(models.Model):
    """A record that went into another one."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="sources")
    record_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["record_id"], name="merged_record")]
