"""Notices: what a person is told of by the bell. Its subject is looked up, under rights, when it is read (R2.07)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from opora.kit.dates import now
from opora.timeline.events import Ref
from opora.timeline.models import Notice


@dataclass(frozen=True)
class Told:
    """What has happened: a word (`shared`), to which record, by whom."""

    name: str
    subject: Ref
    actor_id: int | None
    at: datetime


def tell(user_ids: Iterable[int], told: Told) -> None:
    """Put a notice before these people, in the transaction that is open."""
    Notice.objects.bulk_create(
        Notice(
            user_id=user_id,
            name=told.name,
            subject_kind=told.subject.kind,
            subject_id=told.subject.id,
            actor_id=told.actor_id,
            at=told.at,
        )
        for user_id in sorted(set(user_ids))
    )


def of(user_id: int) -> QuerySet[Notice]:
    """A person's notices, the newest first."""
    return Notice.objects.filter(user_id=user_id).order_by("-id")


def read_all(user_id: int) -> None:
    """Mark a person's notices read."""
    Notice.objects.filter(user_id=user_id, read_at=None).update(read_at=now())
