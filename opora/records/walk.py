"""The first records a person sees in an order, fast on any data (design: "Visible, fast").

There are four ways. Who sees everything walks the order. Who sees the records of a few people takes the newest of
each of them and of what is open or shared, and merges. Otherwise counters choose: where much is visible, walk the
order and test each record by columns that stand in the index; where little is, collect it and sort. Any one way alone
takes seconds on the wrong data. All of them find ids alone, read whole records of one page, and give the same rows as
`sight.visible` does.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Sum, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat

from opora.people import rights
from opora.people.access import Access
from opora.people.models import Share
from opora.people.rules import All, Everyone, OwnerIn, Rule, SharedWith, Unassigned
from opora.records.kinds import Kind, kinds
from opora.records.models import OwnerTotal
from opora.tenancy.context import require_project
from opora.tenancy.prepared import Prepared

NEWEST = ("-stamp", "-pk")
FEW_OWNERS = 24
"""So many people's newest are merged, however much each one has: nothing is known of where in the order it stands."""
DENSE = 0.01
"""The part of all records from which on the newest are walked: at most a hundred are tested for one that is shown."""
COLLECTED = 12
"""How many times longer than testing a record in an index it takes to collect one and sort it by another column."""
ESTIMATE_LASTS = 30.0
ALL, WALK, MERGE, COLLECT = "all", "walk", "merge", "collect"

_estimates: dict[tuple[str, str, Rule], tuple[float, int, int]] = {}


def newest(access: Access, kind: Kind, narrow: Q, limit: int) -> QuerySet[Any]:
    """The newest visible records that meet `narrow`, at most `limit`, newest first.

    `narrow` carries conditions, the trash and the keyset bound. Not for kinds that are seen through others.
    """
    rule = rights.compiled(access, kind.name)
    try:
        return _spelled(kind, rule, way_of(kind, rule), narrow, limit)
    except EmptyResultSet:  # what is asked for can be no record at all: a word that stands nowhere
        return kind.model._default_manager.none()


def first(access: Access, kind: Kind, *, trashed: bool, limit: int) -> list[Any]:
    """The same for the plain list from its beginning. Its SQL is made once for a rule, a pure function of it."""
    rule = rights.compiled(access, kind.name)
    return _first(kind.name, rule, way_of(kind, rule), trashed, limit).rows()


@lru_cache(maxsize=2000)
def _first(kind_name: str, rule: Rule, way: str, trashed: bool, limit: int) -> Prepared:
    narrow = Q(trashed_at__isnull=not trashed)
    return Prepared(lambda: _spelled(kinds[kind_name], rule, way, narrow, limit))


def way_of(kind: Kind, rule: Rule) -> str:
    """How to look for the newest of what a rule reaches."""
    if isinstance(rule, All):
        return ALL
    if len(rule.owner_ids() or ()) <= FEW_OWNERS:
        return MERGE
    seen, total = estimate(kind, rule)
    return WALK if seen >= total * DENSE else COLLECT


def sortable(access: Access, kind: Kind, limit: int) -> tuple[QuerySet[Any], bool]:
    """The records a person sees, spelled for being sorted by any column and cut at `limit`, and whether it tests them.

    Not for kinds that are seen through others.
    """
    rule = rights.compiled(access, kind.name)
    records = kind.model._default_manager.all()
    if isinstance(rule, All):
        return records, False
    seen, total = estimate(kind, rule)
    if seen * seen * COLLECTED >= limit * total:
        return _walk(records, rule), True
    return records.filter(pk__in=_union(_ids(records.filter(each)) for each in _whole(rule))), True


def _spelled(kind: Kind, rule: Rule, way: str, narrow: Q, limit: int) -> QuerySet[Any]:
    records = kind.model._default_manager.filter(narrow)
    if way == ALL:
        return records.order_by(*NEWEST)[:limit]
    if way == WALK:
        found: Any = _walk(records, rule).order_by(*NEWEST).values("pk")[:limit]
    else:
        found = _merged(kind, rule, records, limit, is_each=way == MERGE)
    return kind.model._default_manager.filter(pk__in=found).order_by(*NEWEST)


def way_of_part(kind: Kind, rule: Rule) -> str:
    """How to look for the newest of a part of a kind with an order of its own (a stage): walked where much is seen."""
    if isinstance(rule, All):
        return ALL
    seen, total = estimate(kind, rule)
    if seen >= total * DENSE:
        return WALK
    return MERGE if len(rule.owner_ids() or ()) <= FEW_OWNERS else COLLECT


def tested(records: QuerySet[Any], rule: Rule) -> QuerySet[Any]:
    """Those of `records` that a rule reaches, spelled so that the database walks their order and tests each."""
    return records if isinstance(rule, All) else _walk(records, rule)


def ids_of_part(
    kind: Kind, rule: Rule, way: str, records: QuerySet[Any], limit: int
) -> tuple[str, Sequence[Any]]:
    """SQL of the ids of the newest of `records` that a rule reaches, at most `limit`. Raises `EmptyResultSet`."""
    if way in (ALL, WALK):
        return tested(records, rule).order_by(*NEWEST).values("id")[:limit].query.sql_with_params()
    found = _merged(kind, rule, records, limit, is_each=way == MERGE)
    return found.sql, found.params


def estimate(kind: Kind, rule: Rule) -> tuple[int, int]:
    """About how many records a rule reaches and how many there are, from counters; kept for half a minute.

    Nothing depends on it but the way of looking: what is seen is decided by the rule alone.
    """
    key = (require_project().key, kind.name, rule)
    held = _estimates.get(key)
    if held and held[0] > time.monotonic():
        return held[1], held[2]
    cells = OwnerTotal.objects.filter(kind=kind.name)
    counted = cells.aggregate(total=Sum("number"), seen=Sum("number", filter=_cells(rule)))
    found = (counted["seen"] or 0, counted["total"] or 0)
    if len(_estimates) > 10_000:
        _estimates.clear()
    _estimates[key] = (time.monotonic() + ESTIMATE_LASTS, *found)
    return found


def _cells(rule: Rule) -> Q:
    joined = Q(pk__in=[])
    for part in rule.parts():
        match part:
            case OwnerIn():
                joined |= Q(responsible_id__in=sorted(part.ids))
            case Unassigned():
                joined |= Q(responsible_id=0)
            case Everyone():
                joined |= Q(access__in=sorted(part.access))
    return joined


class Unindexed(Func):
    """A column that the planner may test but not seek by, so that it keeps walking the order."""

    template = "+%(expressions)s"
    arity = 1


def _walk(records: QuerySet[Any], rule: Rule) -> QuerySet[Any]:
    """All visible records, spelled so that the database walks the newest and tests each."""
    tested = records.alias(
        _owner=Unindexed(F("responsible_id")), _open=Concat(F("access"), Value(""), output_field=TextField())
    )
    joined = Q(pk__in=[])
    for part in rule.parts():
        match part:
            case OwnerIn():
                joined |= Q(_owner__in=sorted(part.ids))
            case Unassigned():
                joined |= Q(_owner__isnull=True)
            case Everyone():
                joined |= Q(_open__in=sorted(part.access))
            case _:
                joined |= part.q()
    found: QuerySet[Any] = tested.filter(joined)
    return found


def _merged(kind: Kind, rule: Rule, records: QuerySet[Any], limit: int, *, is_each: bool) -> RawSQL:
    """The ids of the newest of each reason, merged: indexes alone are read, of an owner no more than `limit` rows."""
    branches: list[Branch] = []
    for part in rule.parts():
        match part:
            case OwnerIn() if is_each:
                branches += _each_owner(records, sorted(part.ids), limit)
            case OwnerIn():
                branches.append(_sorted(records.filter(part.q()), limit))
            case Everyone():
                branches += [_newest(_open(records, level), limit) for level in sorted(part.access)]
            case SharedWith():
                branches += _shared(kind, records, part, limit)
            case _:
                branches.append(_newest(records.filter(part.q()), limit))
    union = " UNION ".join(f"SELECT id, stamp FROM ({sql}) AS b{i}" for i, (sql, _) in enumerate(branches))  # noqa: S608
    newest = (
        f"SELECT id FROM (SELECT id, stamp FROM ({union}) AS u ORDER BY stamp DESC, id DESC LIMIT %s) AS n"  # noqa: S608
    )
    return RawSQL(newest, [*(param for _, given in branches for param in given), limit])  # noqa: S611 - made of compiled querysets alone


Branch = tuple[str, Sequence[Any]]
"""SQL that finds ids and stamps, with its parameters."""


def _newest(records: QuerySet[Any], limit: int) -> Branch:
    return records.order_by(*NEWEST).values("id", "stamp")[:limit].query.sql_with_params()


def _sorted(records: QuerySet[Any], limit: int) -> Branch:
    """The newest of few rows among many: sorted, for a planner that walks the order would test them all."""
    by_hand = records.order_by(Unindexed(F("stamp")).desc(), Unindexed(F("id")).desc())
    return by_hand.values("id", "stamp")[:limit].query.sql_with_params()


def _open(records: QuerySet[Any], level: str) -> QuerySet[Any]:
    """Records of one access; spelled so that the partial index of shared ones serves it."""
    chosen = records.filter(access=level)
    return chosen.filter(~Q(access="")) if level else chosen


def _each_owner(records: QuerySet[Any], owners: list[int], limit: int) -> list[Branch]:
    """The newest of each of a few owners, one seek an owner."""
    return _for_each(owners, lambda owner: _newest(records.filter(responsible_id=owner), limit))


def _for_each(ids: list[int], branch: Callable[[Any], Branch]) -> list[Branch]:
    """A branch for each id; on PostgreSQL, which plans each anew, one that is asked for each."""
    if connection.vendor == "sqlite":
        return [branch(one) for one in ids]
    sql, params = branch(RawSQL("o.one", ()))
    outer = f"SELECT x.id, x.stamp FROM unnest(%s::bigint[]) AS o(one) CROSS JOIN LATERAL ({sql}) AS x"  # noqa: S608
    return [(outer, ["{" + ",".join(map(str, ids)) + "}", *params])]


def _shared(kind: Kind, records: QuerySet[Any], rule: SharedWith, limit: int) -> list[Branch]:
    """The newest of what is shared with each principal: a share carries its record's stamp, so an index orders them."""
    shares = Share.objects.filter(kind=kind.name, level__in=sorted(rule.levels))

    def with_one(principal: Any) -> Branch:
        # Asked for each share by its key: SQLite would make a list of all the records before it reads the first share.
        is_met = Exists(records.filter(pk=OuterRef("record_id")))
        inside = shares.filter(is_met, principal=principal)
        newest = inside.order_by("-stamp", "-record_id").values("record_id")[:limit]
        found = kind.model._default_manager.filter(pk__in=newest).order_by()
        return found.values("id", "stamp").query.sql_with_params()

    return _for_each(sorted(rule.principals), with_one)


def _whole(rule: Rule) -> Iterator[Q]:
    """The filter of each reason, so that an index serves it."""
    for part in rule.parts():
        if isinstance(part, Everyone):
            for level in sorted(part.access):
                yield Q(access=level) & ~Q(access="") if level else Q(access=level)
        else:
            yield part.q()


def _union(branches: Iterable[Branch]) -> RawSQL:
    made = list(branches)
    union = " UNION ".join(f"SELECT id FROM ({sql}) AS b{i}" for i, (sql, _) in enumerate(made))  # noqa: S608
    return RawSQL(union, [param for _, given in made for param in given])  # noqa: S611 - made of compiled querysets alone


def _ids(records: QuerySet[Any]) -> Branch:
    return records.order_by().values("id").query.sql_with_params()
