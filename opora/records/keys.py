"""What stands in other tables beside every record: keys of fields with several values, stamps of shares."""

from collections.abc import Sequence

from opora.people.models import Share
from opora.records import definitions
from opora.records.fields import Field
from opora.records.models import FieldKey
from opora.records.steps import derived_from
from opora.records.work import Saved, Work


@derived_from("*")
def refresh_keys(work: Work, saved: Sequence[Saved]) -> None:
    """Write the keys anew where a field with several values changed."""
    kind = saved[0].kind if saved else None
    several = (
        [f for f in definitions.current().fields(kind.name).values() if f.type.is_multiple] if kind else []
    )
    if kind is None or not several:
        return
    for field in several:
        touched = [s for s in saved if s.is_new or _name(field) in s.changes]
        old = [s.record.id for s in touched if not s.is_new]
        if old:
            FieldKey.objects.filter(kind=kind.name, field=field.name, record_id__in=old).delete()
        FieldKey.objects.bulk_create(key for s in touched for key in rows(kind.name, field, s.record))


def rows(kind: str, field: Field, record: object) -> list[FieldKey]:
    """The key rows of one field of one record, not yet written."""
    keys = field.type.all_keys(field.get(record))  # type: ignore[arg-type]
    return [FieldKey(kind=kind, field=field.name, key=key[:255], record_id=record.id) for key in keys]  # type: ignore[attr-defined]


def _name(field: Field) -> str:
    return field.column or field.name


@derived_from("*")
def refresh_shares(work: Work, saved: Sequence[Saved]) -> None:
    """A share carries its record's stamp, so that the newest shared records are one walk of an index."""
    stamps = {each.record.id: each.record.stamp for each in saved if not each.is_new}
    shares = list(Share.objects.filter(kind=saved[0].kind.name, record_id__in=stamps)) if stamps else []
    for share in shares:
        share.stamp = stamps[share.record_id]
    Share.objects.bulk_update(shares, ["stamp"], batch_size=500)
