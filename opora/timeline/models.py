"""Events, what they are about, and the operations that made them."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from opora.kit.ids import new_id


class Operation(models.Model):
    """One act of one person: a click, an API call, a bulk change. It may have made many events.

    Its key is unique, so the repeat of a write finds the first result instead of writing again (R12.03);
    `key_until` is when a key that a client gave is forgotten (R11.06), None when nobody gave one.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120, unique=True)
    key_until = models.DateTimeField(null=True)
    action = models.CharField(max_length=80)
    actor_id = models.BigIntegerField(null=True)
    via = models.CharField(max_length=20)
    request = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=45, blank=True)
    at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64, blank=True)
    result = models.JSONField(default=dict)
    can_undo = models.BooleanField(default=False)
    undone_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["actor_id", "-id"], name="operation_of_actor"),
            models.Index(
                fields=["key_until"],
                name="operation_key_kept",
                condition=models.Q(key_until__isnull=False),
            ),
        ]


class Event(models.Model):
    """One change of one record: who did what to it, from where, and each field's old and new value.

    `changes` maps a field's name to `[old, new]` as stored. `address`, `device` and `request` say where it came from
    (R16.01), empty for what the system did by itself. Rows are only added; an erasure of personal data may blank
    values in them.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    via = models.CharField(max_length=20)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject_version = models.IntegerField(default=0)
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, null=True, related_name="events")
    address = models.CharField(max_length=45, blank=True, default="")
    device = models.CharField(max_length=80, blank=True, default="")
    request = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "-id"], name="event_of_kind"),
            models.Index(fields=["address", "-id"], name="event_by_address"),
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="event_of_subject"),
            models.Index(fields=["actor_id", "-id"], name="event_of_actor"),
            models.Index(fields=["name", "-id"], name="event_by_name"),
        ]


class EventLink(models.Model):
    """That an event belongs to the feed of a record: its subject's own, and those of the cards above it."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["kind", "record_id", "-event"], name="feed_of_record")]


class Notice(models.Model):
    """What a person is told of by the bell: a word and the record it is about, nothing of its content."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    user_id = models.BigIntegerField()
    name = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user_id", "read_at", "-id"], name="notice_of_person")]
