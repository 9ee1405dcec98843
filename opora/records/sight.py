"""Reading records: the one question `visible`, for sets and for a single one (R2.01)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.lookups import Exact

from opora.kit import ids
from opora.kit.errors import Forbidden, NotFound
from opora.people import rights
from opora.people.access import Access
from opora.people.rules import Rule, SharedWith
from opora.records.kinds import Kind, kinds
from opora.records.places import Place, where
from opora.tenancy.prepared import Prepared
from opora.timeline.events import Ref

SLOTS = (10, 50, 100)
"""The numbers of records that SQL is made for; for more than the last it is made each time."""


def reach(access: Access, kind: Kind, verb: str = "see") -> Q:
    """The filter of what a verb reaches; a kind seen through others borrows theirs.

    A note is read by whoever sees its card; it is changed by whoever wrote it, and by the director.
    """
    if not kind.seen_through:
        return rights.visible(access, kind.name, verb)
    joined = _through(_rules_above(access, kind, verb)) & kind.narrowed(access)
    if verb in ("see", "create"):
        return joined
    return joined & (Q() if access.is_director else Q(created_by_id=access.user_id))


def _rules_above(access: Access, kind: Kind, verb: str = "see") -> tuple[tuple[str, Rule], ...]:
    """By which rules the records are seen that a kind is seen through; none when the verb is not left."""
    if not access.leaves(verb):
        return ()
    return tuple((name, rights.compiled(access, name)) for name in kind.seen_through if name in kinds)


def _through(above: Iterable[tuple[str, Rule]]) -> Q:
    """Records about one that is seen by one of these rules."""
    joined = Q(pk__in=[])
    for name, rule in above:
        # Asked for each row by the card's key: a list of all that is visible would be made anew for every page.
        is_above = Exact(OuterRef("about_kind"), Value(name))
        seen = kinds[name].model._default_manager.filter(rule.q(), is_above, pk=OuterRef("about_id"))
        joined |= Q(Exists(seen))
    return joined


def visible(access: Access, kind: Kind, verb: str = "see", *, trashed: bool | None = False) -> QuerySet[Any]:
    """The records of a kind that a verb reaches, as they stand in lists.

    `trashed` None takes all, also those set aside as no clients (N20); True only what lies in the trash.
    """
    records = kind.model._default_manager.filter(reach(access, kind, verb))
    return (
        records if trashed is None else records.filter(where(kind, Place.TRASH if trashed else Place.LISTS))
    )


def get_visible(access: Access, kind: Kind, record_id: str | int, verb: str = "see") -> Any:
    """One record, from the list filter with the key added; trashed ones open by their link too.

    Raises `NotFound` when it is absent or unseen, `Forbidden` when it is seen but the verb is not allowed.
    """
    number = ids.parse(record_id)
    found = _one(access, kind, "see", number)
    if found is None and verb == "take":
        found = _one(access, kind, "take", number)
    if found is None:
        raise NotFound()
    if verb != "see" and not visible(access, kind, verb, trashed=None).filter(pk=number).exists():
        raise Forbidden(verb)
    return found


def _one(access: Access, kind: Kind, verb: str, number: int) -> Any | None:
    if kind.seen_through:
        return visible(access, kind, verb, trashed=None).filter(pk=number).first()
    rule = rights.compiled(access, kind.name, verb)
    return next(iter(_by_id(kind.name, rule).rows(number=number)), None)


@lru_cache(maxsize=4000)
def _by_id(kind_name: str, rule: Rule) -> Prepared:
    """The question for one record under a rule; its SQL is a pure function of the rule, and made once."""
    return Prepared(
        lambda number: kinds[kind_name].model._default_manager.filter(rule.q(), pk=number), number=-1
    )


@dataclass(frozen=True)
class Beside:
    """A table that ties further records to a number: `record` is its column of the one, `number` of the other."""

    rows: type[models.Model]
    record: str
    number: str


def pointing(
    access: Access, kind: Kind, column: str, number: int, limit: int, beside: Beside | None = None
) -> list[Any]:
    """The newest visible records, not in the trash, whose column names the record `number`; at most `limit`.

    With `beside` those too that this table ties to it; still one query. Not for kinds that are seen through others.
    """
    rule = rights.compiled(access, kind.name)
    return _pointing(kind.name, rule, column, limit, beside).rows(number=number)


@lru_cache(maxsize=4000)
def _pointing(kind_name: str, rule: Rule, column: str, limit: int, beside: Beside | None) -> Prepared:
    def make(number: int) -> QuerySet[Any]:
        wanted = Q(**{column: number})
        if beside:
            tied = beside.rows._default_manager.filter(**{beside.number: number}).values(beside.record)
            wanted |= Q(pk__in=tied)
        records = kinds[kind_name].model._default_manager.filter(rule.q(), trashed_at__isnull=True)
        return records.filter(wanted).order_by("-stamp")[:limit]

    return Prepared(make, number=-1)


def seen_among(access: Access, kind: Kind, record_ids: Collection[int]) -> list[Any]:
    """Those of these records that the person sees, trashed ones too; a page's worth is asked by SQL made once."""
    slots = next((size for size in SLOTS if len(record_ids) <= size), None)
    if slots is None:
        return list(visible(access, kind, trashed=None).filter(pk__in=record_ids).order_by())
    rules = _rules_above(access, kind) if kind.seen_through else rights.compiled(access, kind.name)
    given = [*record_ids, *([0] * (slots - len(record_ids)))]
    narrowed = kind.narrowed(access) if kind.seen_through else Q()
    return _whole(kind.name, rules, narrowed, slots).rows(
        **{f"id{n}": number for n, number in enumerate(given)}
    )


@lru_cache(maxsize=4000)
def _whole(kind_name: str, rules: Rule | tuple[tuple[str, Rule], ...], narrowed: Q, slots: int) -> Prepared:
    """The question for so many whole records under a rule, or under the rules of the kinds above."""

    def make(**stand_ins: int) -> QuerySet[Any]:
        reached = rules.q() if isinstance(rules, Rule) else _through(rules) & narrowed
        return (
            kinds[kind_name]
            .model._default_manager.filter(reached, pk__in=list(stand_ins.values()))
            .order_by()
        )

    return Prepared(make, **{f"id{n}": -1 - n for n in range(slots)})


def visible_ids(access: Access, kind: Kind, record_ids: Iterable[int]) -> set[int]:
    """Which of these ids the person sees."""
    return set(
        visible(access, kind, trashed=None).filter(pk__in=list(record_ids)).values_list("pk", flat=True)
    )


def reached(access: Access, kind: Kind, verb: str, records: Collection[Any]) -> set[int]:
    """Which of these loaded records a verb reaches.

    What a record's own columns decide needs no query; only what may be shared by name is asked for.
    """
    if not kind.seen_through:
        rule = rights.compiled(access, kind.name, verb)
        found = {record.id for record in records if rule.holds(record)}
        shared = any(isinstance(part, SharedWith) for part in rule.parts())
    else:
        found, shared = set(), True
    rest = [record.id for record in records if record.id not in found] if shared else []
    return found | {number for (number,) in _among(access, kind, verb, rest, "pk")}


def visible_refs(access: Access, refs: Iterable[Ref]) -> set[Ref]:
    """Which of these records the person sees, a query a kind."""
    by_kind: dict[str, list[int]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, []).append(ref.id)
    seen: set[Ref] = set()
    for name, record_ids in by_kind.items():
        kind = kinds.get(name)
        if kind is not None:
            seen |= {Ref(name, number) for number in visible_ids(access, kind, record_ids)}
    return seen


def find(access: Access, ref: Ref | None) -> Any | None:
    """The record named by a ref when the person sees it, else None."""
    kind = kinds.get(ref.kind) if ref else None
    if ref is None or kind is None:
        return None
    return _one(access, kind, "see", ref.id)


def titles(access: Access, refs: Iterable[Ref]) -> dict[Ref, str]:
    """The titles of those records that the person sees, a query a kind."""
    by_kind: dict[str, set[int]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, set()).add(ref.id)
    found: dict[Ref, str] = {}
    for name, record_ids in by_kind.items():
        if kind := kinds.get(name):
            rows = _among(access, kind, "see", record_ids, "pk", "title")
            found |= {Ref(name, number): title for number, title in rows}
    return found


def _among(
    access: Access, kind: Kind, verb: str, record_ids: Collection[int], *columns: str
) -> Iterable[tuple[Any, ...]]:
    """These columns of those of the records that a verb reaches; a page's worth is asked by SQL made once."""
    slots = next((size for size in SLOTS if len(record_ids) <= size), None)
    if not record_ids:
        return ()
    if slots is None or kind.seen_through:
        records = visible(access, kind, verb, trashed=None).filter(pk__in=record_ids).order_by()
        return list(records.values_list(*columns))
    rule = rights.compiled(access, kind.name, verb)
    given = [*record_ids, *([0] * (slots - len(record_ids)))]
    return _slots(kind.name, rule, slots, columns).rows(
        **{f"id{n}": number for n, number in enumerate(given)}
    )


@lru_cache(maxsize=4000)
def _slots(kind_name: str, rule: Rule, slots: int, columns: tuple[str, ...]) -> Prepared:
    """The question for so many records under a rule; no record has the id 0 that fills the places left over."""

    def make(**stand_ins: int) -> QuerySet[Any, Any]:
        records = kinds[kind_name].model._default_manager.filter(rule.q(), pk__in=list(stand_ins.values()))
        return records.order_by().values_list(*columns)

    return Prepared(make, **{f"id{n}": -1 - n for n in range(slots)})
