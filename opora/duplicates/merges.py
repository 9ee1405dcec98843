"""What was merged: the rows by which it is shown and taken apart."""

from opora.duplicates.models import Merge
from opora.kit.errors import NotFound
from opora.people.access import Access
from opora.records import sight
from opora.records.kinds import Kind

MOST = 50


def lately(access: Access, kind: Kind) -> list[tuple[Merge, object]]:
    """The latest merges into records that the person sees, each with its record."""
    seen = Merge.objects.filter(kind=kind.name, target_id__in=sight.visible(access, kind).values("pk"))
    made = list(seen.order_by("-at")[:MOST])
    records = {r.id: r for r in sight.visible(access, kind).filter(pk__in=[row.target_id for row in made])}
    return [(row, records[row.target_id]) for row in made if row.target_id in records]


def last_into(kind: Kind, target_id: int) -> Merge | None:
    """The latest merge into a record."""
    return Merge.objects.filter(kind=kind.name, target_id=target_id).order_by("-at").first()


def row_of(merge_id: int) -> Merge:
    """A merge. Raises `NotFound`; who may take it apart is asked by the verb."""
    found = Merge.objects.filter(pk=merge_id).first()
    if found is None:
        raise NotFound()
    return found
