"""Which way a list looks for the first records a person sees: the one place that chooses.

There are four ways. *All*: who sees everything has the order's own index. *Walk*: go down the order and test each
record by columns that stand in its index. *Merge*: take the newest of each owner, of what is open and of what is
shared. *Collect*: find all that is seen and sort it. Any one of them alone takes seconds on the wrong data, so each is
reckoned by what the person sees, and the cheapest is taken. What is seen is decided by the rule alone: nothing depends
on the reckoning but the time.

What is reckoned with comes from counters, and from a look at the newest records: a department may own much of what
nobody has touched for years, and who walks the newest for it walks nearly all. `Costs` were measured on 1,000,000
contacts (docs/decisions/2026-11-22-ways-are-reckoned.md; `opora bench --rights`).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any

from django.db import connection
from django.db.models import Case, Q, Sum, Value, When

from opora.people.rules import All, Everyone, OwnerIn, Rule, SharedWith, Unassigned
from opora.records.kinds import Kind, kinds
from opora.records.models import OwnerTotal
from opora.tenancy.context import require_project

ALL, WALK, MERGE, COLLECT = "all", "walk", "merge", "collect"
NEWEST = ("-stamp", "-pk")
LOOKED_AT = 4000
"""So many of the newest records are looked at to learn how much of them a person sees."""
COUNTED = 5000
"""Shares are counted no further."""
DENSE, FEW_OWNERS = 0.01, 24
"""In a part of a kind so much is walked, and on SQLite the newest of so many owners are merged."""
ESTIMATE_LASTS = 30.0


@dataclass(frozen=True)
class Reach:
    """About how many records a rule reaches of how many, how many of them by name, and the part of the newest."""

    seen: int = 0
    total: int = 0
    shared: int = 0
    recent: float = 0.0


@dataclass(frozen=True)
class Costs:
    """Microseconds that each step takes.

    `tested`: a record of the newest is read from its index and tested; `tested_order`: the same in another order;
    `known`: one shared by name is remembered while others are tested; `owner`: the newest of an owner are begun;
    `merged`: one of them is merged; `listed`: found among all of its owner and sorted; `collected`: read from the
    table and sorted. `most_merged` owners at most are merged.
    """

    tested: float
    tested_order: float
    known: float
    owner: float
    merged: float
    listed: float
    collected: float
    most_merged: float


COSTS = {
    # A union is merged as it goes, so that a page of rows is read; it may join no more than 500 parts.
    "sqlite": Costs(0.2, 0.2, 0.8, 5, 0, 0.5, 3, 200),
    # The newest of each are taken first; a list of many owners is never given to the planner, who may read all.
    "postgresql": Costs(0.5, 0.8, 0.8, 8, 1.5, 1.5, 5, inf),
}

Asked = tuple[str, Sequence[Any]]
"""SQL with its parameters."""

_estimates: dict[tuple[str, str, Rule], tuple[float, Reach]] = {}


def of_newest(kind: Kind, rule: Rule, limit: int) -> str:
    """How to look for the newest records that a rule reaches, so many of them."""
    if isinstance(rule, All):
        return ALL
    reach, cost = estimate(kind, rule), COSTS[connection.vendor]
    owners = len(rule.owner_ids() or ())
    taken = min(owners * limit, reach.seen)
    ways = {
        WALK: _tested(limit, reach.recent) * cost.tested + reach.shared * cost.known,
        MERGE: owners * cost.owner + taken * cost.merged if owners <= cost.most_merged else inf,
        COLLECT: owners + reach.seen * cost.listed if owners > cost.most_merged else inf,
    }
    return min(ways, key=lambda way: ways[way])


def of_part(kind: Kind, rule: Rule) -> str:
    """How to look for the newest of a part of a kind with an order of its own (a stage)."""
    if isinstance(rule, All):
        return ALL
    reach = estimate(kind, rule)
    if reach.seen >= reach.total * DENSE:
        return WALK
    few = FEW_OWNERS if connection.vendor == "sqlite" else inf
    return MERGE if len(rule.owner_ids() or ()) <= few else COLLECT


def of_order(kind: Kind, rule: Rule, limit: int) -> str:
    """How to look for the first records in an order that is not the newest."""
    if isinstance(rule, All):
        return ALL
    reach, cost = estimate(kind, rule), COSTS[connection.vendor]
    seen = reach.seen + reach.shared
    part = seen / reach.total if reach.total else 1.0
    walked = _tested(limit, part) * cost.tested_order + reach.shared * cost.known
    return WALK if walked <= seen * cost.collected else COLLECT


def _tested(limit: int, part: float) -> float:
    """How many records are tested until so many are found, when this part of all is seen."""
    return limit / part if part else inf


def estimate(kind: Kind, rule: Rule) -> Reach:
    """About how far a rule reaches; asked in one statement and kept for half a minute."""
    key = (require_project().key, kind.name, rule)
    held = _estimates.get(key)
    if held and held[0] > time.monotonic():
        return held[1]
    found = _asked(kind, rule)
    if len(_estimates) > 10_000:
        _estimates.clear()
    _estimates[key] = (time.monotonic() + ESTIMATE_LASTS, found)
    return found


def _asked(kind: Kind, rule: Rule) -> Reach:
    sql, params = _question(connection.vendor, kind.name, rule)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        seen, total, shared, hits, looked = cursor.fetchone()
    return Reach(int(seen or 0), int(total or 0), shared, hits / looked if looked else 1.0)


@lru_cache(maxsize=2000)
def _question(vendor: str, kind_name: str, rule: Rule) -> Asked:
    """The counters of a rule, its shares and the newest records in one statement, a pure function of the rule."""
    cells = OwnerTotal.objects.filter(kind=kind_name).order_by().values("kind")
    counted = cells.annotate(total=Sum("number"), seen=Sum("number", filter=cells_of(rule)))
    (newest, tested), (shares, named) = _newest(kinds[kind_name], rule), _shared(rule)
    totals, asked = counted.query.sql_with_params()
    sql = (
        "SELECT c.seen, c.total, s.shared, n.hits, n.looked "  # noqa: S608 - made of compiled querysets alone
        f"FROM (SELECT COUNT(*) AS looked, COUNT(hit) AS hits FROM ({newest}) AS newest) AS n "
        f"CROSS JOIN (SELECT COUNT(*) AS shared FROM ({shares}) AS shares) AS s "
        f"LEFT JOIN ({totals}) AS c ON 1 = 1"
    )
    return sql, [*tested, *named, *asked]


def _newest(kind: Kind, rule: Rule) -> Asked:
    """The newest records, and which of them the rule reaches by what stands in their own columns."""
    hit = Case(When(columns_of(rule), then=Value(1)))
    newest = kind.model._default_manager.filter(trashed_at=None).order_by(*NEWEST)
    return newest.annotate(hit=hit).values("hit")[:LOOKED_AT].query.sql_with_params()


def _shared(rule: Rule) -> Asked:
    named = next((part for part in rule.parts() if isinstance(part, SharedWith)), None)
    if named is None:
        return "SELECT 1 WHERE 1 = 0", ()
    return named.shares().order_by().values("record_id")[:COUNTED].query.sql_with_params()


def columns_of(rule: Rule) -> Q:
    """The reasons of a rule that a record's own columns decide."""
    joined = Q(pk__in=[])
    for part in rule.parts():
        if not isinstance(part, SharedWith):
            joined |= part.q()
    return joined


def cells_of(rule: Rule) -> Q:
    """The counters of what a rule reaches by owners and openness."""
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
