"""What stands in other tables beside every record: keys of fields with several values, stamps of shares."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from opora.people.models import Share
from opora.records import definitions
from opora.records.fields import Field
from opora.records.models import FieldKey
from opora.records.steps import derived_from
from opora.records.work import Saved, Work
from opora.tenancy import rowwriting
from opora.tenancy.prepared import PreparedUpdate


@derived_from("*")
def refresh_keys(work: Work, saved: Sequence[Saved]) -> None:
    """Write the keys anew where a field with several values changed."""
    kind = saved[0].kind if saved else None
    several = (
        [f for f in definitions.current().fields(kind.name).values() if f.type.is_multiple] if kind else []
    )
    if kind is None or not several:
        return
    keys: list[FieldKey] = []
    for field in several:
        touched = [s for s in saved if s.is_new or _name(field) in s.changes]
        old = [s.record.id for s in touched if not s.is_new]
        if old:
            FieldKey.objects.filter(kind=kind.name, field=field.name, record_id__in=old).delete()
        keys += [key for s in touched for key in rows(kind.name, field, s.record)]
    rowwriting.insert(keys)


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
    if len(stamps) == 1:
        ((number, stamp),) = stamps.items()
        _RESTAMPED.run(kind=saved[0].kind.name, number=number, stamp=stamp)
        return
    shares = list(Share.objects.filter(kind=saved[0].kind.name, record_id__in=stamps)) if stamps else []
    for share in shares:
        share.stamp = stamps[share.record_id]
    rowwriting.update(shares, ["stamp"])


def _restamped(kind: str, number: int, stamp: int) -> tuple[QuerySet[Share], Mapping[str, int]]:
    return Share.objects.filter(kind=kind, record_id=number), {"stamp": stamp}


_RESTAMPED = PreparedUpdate(_restamped, kind="?", number=-1, stamp=-2)
