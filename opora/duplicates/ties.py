"""What stands on records that are put together, and so goes over to the one that stays."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.db.models import Q

from opora.records import definitions
from opora.records.fields import Field
from opora.records.fields.field import OwnKey
from opora.records.kinds import Kind, kinds
from opora.records.work import Work

Retie = Callable[[Work, int, Collection[int]], None]
_of: list[tuple[str, Retie]] = []


def of(kind: str) -> Callable[[Retie], Retie]:
    """Register a tie of a kind that is no field of records: `retie(work, target_id, source_ids)` brings it over.

    It enlists what it changes, so that taking the merge apart puts it back.
    """

    def register(retie: Retie) -> Retie:
        _of.append((kind, retie))
        return retie

    return register


def bring_over(work: Work, kind: Kind, target_id: int, sources: Collection[int]) -> None:
    """Let everything that names one of the sources name the target, whoever holds it, the trash too."""
    for each in kinds:
        for field in definitions.current().fields(each.name).values():
            if field.type.name == "record" and field.options.get("kind") == kind.name:
                _by_field(work, each, field, target_id, sources)
        if hasattr(each.model, "about_kind"):
            _by_card(work, each, kind, target_id, sources)
    for name, retie in _of:
        if name == kind.name:
            retie(work, target_id, sources)


def _by_field(work: Work, each: Kind, field: Field, target_id: int, sources: Collection[int]) -> None:
    for record in work.enlist(each, _naming(each, field, sources), event="changed"):
        field.set(record, None if record.id == target_id else target_id)


def _naming(each: Kind, field: Field, sources: Collection[int]) -> list[Any]:
    rows = each.model._default_manager.exclude(pk__in=sources).order_by("pk")
    if field.column:
        return list(rows.filter(**{f"{field.column}_id__in": sources}))
    keyed = rows.annotate(named=OwnKey(field.name))
    return list(keyed.filter(named__in=[str(number) for number in sources]))


def _by_card(work: Work, each: Kind, kind: Kind, target_id: int, sources: Collection[int]) -> None:
    model: Any = each.model
    columns = [column for column in ("about", "root") if hasattr(model, f"{column}_kind")]
    wanted = Q()
    for column in columns:
        wanted |= Q(**{f"{column}_kind": kind.name, f"{column}_id__in": sources})
    for record in work.enlist(
        each, list(model._default_manager.filter(wanted).order_by("pk")), event="changed"
    ):
        for column in columns:
            named = (getattr(record, f"{column}_kind"), getattr(record, f"{column}_id"))
            if named[0] == kind.name and named[1] in sources:
                setattr(record, f"{column}_id", target_id)


def counted(kind: Kind, source_ids: Collection[int]) -> Iterator[tuple[Kind, int]]:
    """How many records of each kind would go over, those in the trash left out."""
    for each in kinds:
        numbers: set[int] = set()
        for field in definitions.current().fields(each.name).values():
            if field.type.name == "record" and field.options.get("kind") == kind.name:
                numbers |= {r.id for r in _naming(each, field, source_ids) if not r.is_trashed}
        if hasattr(each.model, "about_kind"):
            model: Any = each.model
            rows = model._default_manager.filter(
                about_kind=kind.name, about_id__in=source_ids, trashed_at=None
            )
            numbers |= set(rows.values_list("pk", flat=True))
        if numbers:
            yield each, len(numbers)
