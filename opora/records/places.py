"""Where a record stands: in the lists, in the trash, or aside, taken out of every list as no client (N20).

`trashed_at` says since when a record stands in no list, whatever the reason, so that whatever leaves out the one leaves
out the other. A kind whose records can be set aside has `aside_at` too: while both hold the same moment the record is
only aside; a later moment in `trashed_at` is its way into the trash, from which it comes back to where it was.
"""

from enum import StrEnum

from django.db.models import F, Q

from opora.records.kinds import Kind


class Place(StrEnum):
    """One of the three places of a record."""

    LISTS = "lists"
    TRASH = "trash"
    ASIDE = "aside"


def can_leave(kind: Kind) -> bool:
    """Whether records of a kind can be set aside."""
    return hasattr(kind.model, "aside_at")


def where(kind: Kind, place: Place) -> Q:
    """The filter of a kind's records that stand in a place."""
    if place is Place.LISTS:
        return Q(trashed_at__isnull=True)
    gone = Q(trashed_at__isnull=False)
    if not can_leave(kind):
        return gone if place is Place.TRASH else Q(pk__in=[])
    is_aside = Q(aside_at__isnull=False, trashed_at=F("aside_at"))
    return gone & is_aside if place is Place.ASIDE else gone & ~is_aside


def reachable(kind: Kind) -> Q:
    """The records that a call, a letter or a lead may attach to: those in the lists and those aside."""
    return where(kind, Place.LISTS) | where(kind, Place.ASIDE)
