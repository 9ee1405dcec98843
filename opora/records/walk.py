"""The first records a person sees in an order, fast on any data (design: "Visible, fast").

`records.ways` chooses how they are looked for; here the ways are spelled. All of them find ids alone in indexes, read
whole records of one page, and give the same rows as `sight.visible` does.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Exact

from opora.people import rights
from opora.people.access import Access
from opora.people.models import Share
from opora.people.rules import All, Everyone, Nothing, OwnerIn, Rule, SharedWith, Unassigned
from opora.records import ways
from opora.records.kinds import Kind, kinds
from opora.records.ways import ALL, MERGE, NEWEST, WALK
from opora.tenancy.prepared import Prepared


def newest(access: Access, kind: Kind, narrow: Q, limit: int) -> QuerySet[Any]:
    """The newest visible records that meet `narrow`, at most `limit`, newest first.

    `narrow` carries conditions, the trash and the keyset bound. Not for kinds that are seen through others.
    """
    rule = rights.compiled(access, kind.name)
    try:
        return _spelled(kind, rule, ways.of_newest(kind, rule, limit), narrow, limit)
    except EmptyResultSet:  # what is asked for can be no record at all: a word that stands nowhere
        return kind.model._default_manager.none()


def first(access: Access, kind: Kind, *, trashed: bool, limit: int) -> list[Any]:
    """The same for the plain list from its beginning. Its SQL is made once for a rule, a pure function of it."""
    rule = rights.compiled(access, kind.name)
    return _first(kind.name, rule, ways.of_newest(kind, rule, limit), trashed, limit).rows()


@lru_cache(maxsize=2000)
def _first(kind_name: str, rule: Rule, way: str, trashed: bool, limit: int) -> Prepared:
    narrow = Q(trashed_at__isnull=not trashed)
    return Prepared(lambda: _spelled(kinds[kind_name], rule, way, narrow, limit))


def sortable(access: Access, kind: Kind, limit: int) -> tuple[QuerySet[Any], bool]:
    """The records a person sees, spelled for being sorted and cut at `limit`, and whether it tests them.

    Not for kinds that are seen through others.
    """
    rule = rights.compiled(access, kind.name)
    records = kind.model._default_manager.all()
    if isinstance(rule, Nothing):
        return records.none(), False
    way = ways.of_order(kind, rule, limit)
    if way == ALL:
        return records, False
    if way == WALK:
        return _walk(records, rule), True
    return records.filter(pk__in=_union(_whole(records, rule))), True


def _spelled(kind: Kind, rule: Rule, way: str, narrow: Q, limit: int) -> QuerySet[Any]:
    records = kind.model._default_manager.filter(narrow)
    if way == ALL:
        return records.order_by(*NEWEST)[:limit]
    if way == WALK:
        found: Any = _walk(records, rule).order_by(*NEWEST).values("pk")[:limit]
    else:
        found = _merged(kind, rule, records, limit, is_each=way == MERGE)
    return kind.model._default_manager.filter(pk__in=found).order_by(*NEWEST)


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


class Unindexed(Func):
    """A column that the planner may test but not seek by, so that it keeps walking the order."""

    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template="+%(expressions)s", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        is_text = self.output_field.get_internal_type() == "CharField"
        template = "(%(expressions)s || '')" if is_text else "+%(expressions)s"
        return super().as_sql(compiler, connection, template=template, **extra)


def _walk(records: QuerySet[Any], rule: Rule) -> QuerySet[Any]:
    """All visible records, spelled so that the database walks the order and tests each."""
    tested = records.alias(_owner=Unindexed(F("responsible_id")), _open=Unindexed(F("access")))
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
    """The ids of the newest of each reason, merged: indexes alone are read, of an owner no more than `limit` rows.

    SQLite merges a union as it goes, while each of its parts stands in the asked order and has no end of its own: it
    reads a page of rows, however many owners there are. PostgreSQL takes the newest of each and sorts them.
    """
    branches: list[Branch] = []
    for part in rule.parts():
        match part:
            case OwnerIn() if is_each:
                branches += _for_each(sorted(part.ids), lambda one: _newest(_of(records, one), limit))
            case OwnerIn():
                branches.append(_sorted(records.filter(part.q()), limit))
            case Everyone():
                branches += [_newest(_open(records, level), limit) for level in sorted(part.access)]
            case SharedWith():
                branches += _shared(kind, records, part, limit)
            case _:
                branches.append(_newest(records.filter(part.q()), limit))
    params = [*(param for _, given in branches for param in given), limit]
    if connection.vendor == "sqlite":
        union, last = " UNION ".join(sql for sql, _ in branches), ""
    else:
        each = [f"SELECT id, stamp FROM ({sql}) AS b{i}" for i, (sql, _) in enumerate(branches)]  # noqa: S608
        union, last = f"SELECT id, stamp FROM ({' UNION '.join(each)}) AS u", " AS n"  # noqa: S608
    newest = f"SELECT id FROM ({union} ORDER BY stamp DESC, id DESC LIMIT %s){last}"  # noqa: S608
    return RawSQL(newest, params)  # noqa: S611 - made of compiled querysets alone


Branch = tuple[str, Sequence[Any]]
"""SQL that finds ids and stamps, with its parameters."""


def _newest(records: QuerySet[Any], limit: int) -> Branch:
    """One branch of a merge: its rows in order, of which SQLite takes as many as it needs."""
    if connection.vendor == "sqlite":
        return records.order_by().values("id", "stamp").query.sql_with_params()
    return records.order_by(*NEWEST).values("id", "stamp")[:limit].query.sql_with_params()


def _sorted(records: QuerySet[Any], limit: int) -> Branch:
    """The newest of few rows among many: sorted, for a planner that walks the order would test them all."""
    by_hand = records.order_by(Unindexed(F("stamp")).desc(), Unindexed(F("id")).desc())
    return _ended(by_hand.values("id", "stamp")[:limit].query.sql_with_params())


def _ended(branch: Branch) -> Branch:
    """A branch with an end of its own: SQLite joins only such that stand in brackets."""
    return f"SELECT id, stamp FROM ({branch[0]}) AS e", branch[1]  # noqa: S608 - made of compiled querysets alone


def _open(records: QuerySet[Any], level: str) -> QuerySet[Any]:
    """Records of one access; spelled so that the partial index of open ones serves it."""
    return records.filter(_opened(level))


def _opened(level: str) -> Q:
    # Without a parameter: one that an index's own condition is held against makes SQLite plan anew at each asking.
    is_closed = Q(Exact(F("access"), RawSQL("''", ())))
    return Q(access=level) & ~is_closed if level else Q(access=level)


def _of(records: QuerySet[Any], owner: Any) -> QuerySet[Any]:
    return records.filter(responsible_id=owner)


def _for_each(ids: list[int], branch: Callable[[Any], Branch]) -> list[Branch]:
    """A branch for each id; on PostgreSQL, which plans each anew, one that is asked for each."""
    if connection.vendor == "sqlite":
        return [branch(one) for one in ids]
    sql, params = branch(RawSQL("o.one", ()))
    outer = f"SELECT x.id, x.stamp FROM unnest(%s::bigint[]) AS o(one) CROSS JOIN LATERAL ({sql}) AS x"  # noqa: S608
    return [(outer, ["{" + ",".join(map(str, ids)) + "}", *params])]


def _shared(kind: Kind, records: QuerySet[Any], rule: SharedWith, limit: int) -> list[Branch]:
    """The newest of what is shared with each principal: a share carries its record's stamp, so an index orders them."""
    # Asked for each share by its key: SQLite would make a list of all the records before it reads the first share.
    is_met = Exists(records.filter(pk=OuterRef("record_id")))
    shares = Share.objects.filter(is_met, kind=kind.name, level__in=sorted(rule.levels))
    newest: QuerySet[Any, Any] = shares.order_by("-stamp", "-record_id").values("record_id", "stamp")

    def with_one(principal: Any) -> Branch:
        of_one = newest.filter(principal=principal)
        found = of_one.order_by() if connection.vendor == "sqlite" else of_one[:limit]
        sql, params = found.query.sql_with_params()
        return f"SELECT record_id AS id, stamp FROM ({sql}) AS w", params  # noqa: S608 - made of compiled querysets alone

    return _for_each(sorted(rule.principals), with_one)


EVERY = 2**62
"""No end, but one that PostgreSQL minds: it seeks owner by owner and reads no table whole because they are many."""


def _whole(records: QuerySet[Any], rule: Rule) -> Iterator[Branch]:
    """All records of each reason, spelled so that an index serves it."""
    for part in rule.parts():
        match part:
            case Everyone():
                yield from (_all(records.filter(_opened(level))) for level in sorted(part.access))
            case OwnerIn() if connection.vendor == "postgresql":
                yield from _for_each(sorted(part.ids), lambda one: _all(_of(records, one)[:EVERY]))
            case _:
                yield _all(records.filter(part.q()))


def _all(records: QuerySet[Any]) -> Branch:
    found: QuerySet[Any, Any] = records.values("id", "stamp")
    return found.query.sql_with_params()


def _union(branches: Iterable[Branch]) -> RawSQL:
    made = list(branches)
    union = " UNION ".join(f"SELECT id FROM ({sql}) AS b{i}" for i, (sql, _) in enumerate(made))  # noqa: S608
    return RawSQL(union, [param for _, given in made for param in given])  # noqa: S611 - made of compiled querysets alone
