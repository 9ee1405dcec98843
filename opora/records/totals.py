"""How many records and what sums stand in each stage: kept by the action, never counted on a page.

A cell is a stage, a responsible, an openness and a currency, so that the board of each person adds up exactly the
cells of what that person sees; what is only shared by name is added record by record.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Count, Model, Q, QuerySet, Sum

from opora.kit.ids import new_id
from opora.people import rights
from opora.people.access import Access
from opora.people.rules import All, Everyone, OwnerIn, Rule, SharedWith, Unassigned
from opora.records.kinds import Kind
from opora.records.models import OwnerTotal, StageTotal
from opora.records.steps import derived_from
from opora.records.work import Saved, Work
from opora.tenancy.prepared import Prepared

Cell = tuple[int, int, str, str]


@dataclass
class Total:
    """What stands in a stage: how many, and the sums by currency."""

    number: int
    amounts: dict[str, Decimal]


@derived_from("*")
def refresh_owners(work: Work, saved: Sequence[Saved]) -> None:
    """Count the changed records with their new responsible and access instead of the old ones."""
    shift: dict[tuple[int, str], int] = defaultdict(int)
    for each in saved:
        now = {name: getattr(each.record, name) for name in ("responsible_id", "access", "trashed_at")}
        for columns, sign in ((each.before, -1), (now, +1)):
            if columns is not None and columns["trashed_at"] is None:
                shift[columns["responsible_id"] or 0, columns["access"]] += sign
    if not saved:
        return
    name = saved[0].kind.name
    _add_to_cells(
        OwnerTotal, [((name, *cell), (number,)) for cell, number in sorted(shift.items()) if number]
    )


def _add_to_cells(
    model: type[Model], rows: Sequence[tuple[tuple[Any, ...], tuple[Any, ...]]], at_once: int = 2000
) -> None:
    """Add amounts to cells, made where they are missing: a statement for many rows, in the order of `rows`.

    A row is the cell's own columns and what is added to the others, both in the order of the model. A batch that
    touches ten thousand cells takes five statements instead of twenty thousand.
    """
    quote, table = connection.ops.quote_name, model._meta.db_table
    pk, *columns = [quote(str(field.column)) for field in model._meta.concrete_fields]
    for start in range(0, len(rows), at_once):
        part = rows[start : start + at_once]
        cell, added = columns[: len(part[0][0])], columns[len(part[0][0]) :]
        sums = ", ".join(f"{name} = {quote(table)}.{name} + excluded.{name}" for name in added)
        places = f"({', '.join(['%s'] * (1 + len(columns)))})"
        sql = (
            f"INSERT INTO {quote(table)} ({', '.join([pk, *columns])}) "  # noqa: S608 - names of the model's own columns
            f"VALUES {', '.join([places] * len(part))} ON CONFLICT ({', '.join(cell)}) DO UPDATE SET {sums}"
        )
        params = [value for key, values in part for value in (new_id(), *key, *values)]
        with connection.cursor() as cursor:
            cursor.execute(sql, params)


def rebuild(kind: Kind) -> None:
    """Count everything of a kind anew from its records: after a bulk load, and in `opora doctor --repair`."""
    records = kind.model._default_manager.filter(trashed_at=None).order_by()
    OwnerTotal.objects.filter(kind=kind.name).delete()
    owners = records.values_list("responsible_id", "access").annotate(n=Count("pk"))
    OwnerTotal.objects.bulk_create(
        OwnerTotal(kind=kind.name, responsible_id=owner or 0, access=access, number=n)
        for owner, access, n in owners
    )
    if kind.has_stages:
        _rebuild_stages(kind, records.filter(stage__isnull=False))


def _rebuild_stages(kind: Kind, records: QuerySet[Any]) -> None:
    StageTotal.objects.filter(kind=kind.name).delete()
    cell = ("stage_id", "responsible_id", "access")
    money = money_columns(kind.model)
    if money is None:
        rows = [
            (*row[:3], "", row[3], Decimal(0)) for row in records.values_list(*cell).annotate(n=Count("pk"))
        ]
    else:
        priced = records.filter(amount__isnull=False).values_list(*cell, money[1])
        rows = list(priced.annotate(n=Count("pk"), sum=Sum(money[0])))
        unpriced = records.filter(amount__isnull=True).values_list(*cell).annotate(n=Count("pk"))
        rows += [(*row[:3], "", row[3], Decimal(0)) for row in unpriced]
    StageTotal.objects.bulk_create(
        StageTotal(
            kind=kind.name, stage_id=s, responsible_id=r or 0, access=a, currency=c, number=n, amount=total
        )
        for s, r, a, c, n, total in rows
    )


def money_columns(model: type[Model]) -> tuple[str, str] | None:
    """What the records of a table add up in and its currency: their worth in the project's own where they keep it.

    None for a table without amounts.
    """
    names = {column.name for column in model._meta.concrete_fields}
    if "worth" in names:
        return "worth", "worth_currency"
    return ("amount", "currency") if "amount" in names else None


COUNTED = (
    "stage_id", "responsible_id", "access", "amount", "currency", "worth", "worth_currency", "trashed_at",
)  # fmt: skip


@derived_from("*")
def refresh_totals(work: Work, saved: Sequence[Saved]) -> None:
    """Move the changed records from their old cells to their new ones."""
    if not saved or not saved[0].kind.has_stages:
        return
    kind = saved[0].kind
    shift: dict[Cell, list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for each in saved:
        columns = {name: getattr(each.record, name, None) for name in COUNTED}
        _count(shift, each.before, -1)
        _count(shift, columns, +1)
    apply(kind, {cell: (number, amount) for cell, (number, amount) in shift.items() if number or amount})


def _count(shift: dict[Cell, list[Any]], columns: Mapping[str, Any] | None, sign: int) -> None:
    if columns is None or columns.get("trashed_at") or not columns.get("stage_id"):
        return
    worth = "worth" if columns.get("worth") is not None else "amount"
    amount = columns.get(worth) or Decimal(0)
    unit = "worth_currency" if worth == "worth" else "currency"
    currency = (columns.get(unit) or "") if columns.get("amount") is not None else ""
    cell = (columns["stage_id"], columns["responsible_id"] or 0, columns["access"], currency)
    shift[cell][0] += sign
    shift[cell][1] += sign * amount


def apply(kind: Kind, shift: Mapping[Cell, tuple[int, Decimal]]) -> None:
    """Add to the cells, in one order everywhere so that two actions can't wait for each other (R12.07)."""
    rows = [
        ((kind.name, *cell), (number, _as_stored(amount))) for cell, (number, amount) in sorted(shift.items())
    ]
    _add_to_cells(StageTotal, rows)


def _as_stored(amount: Decimal) -> Any:
    return StageTotal._meta.get_field("amount").get_db_prep_save(amount, connection)


def of_stages(access: Access, kind: Kind, stage_ids: Sequence[int]) -> dict[int, Total]:
    """What a person sees standing in each stage: cells the rights reach whole, and what is shared by name."""
    found = {stage: Total(0, {}) for stage in stage_ids}
    rule = rights.compiled(access, kind.name)
    _add(found, _whole(kind.name, rule, tuple(stage_ids)).rows())
    by_name = next((part for part in rule.parts() if isinstance(part, SharedWith)), None)
    if by_name is not None and _any_share(by_name).rows():
        _add(found, summed(_only_by(by_name, rule, kind).filter(stage_id__in=stage_ids)))
    return found


@lru_cache(maxsize=2000)
def _whole(kind_name: str, rule: Rule, stage_ids: tuple[int, ...]) -> Prepared:
    """The sums of the cells that a rule reaches whole; the SQL is a pure function of the rule, and made once."""

    def make() -> QuerySet[Any, Any]:
        rows = StageTotal.objects.filter(_cells(rule), kind=kind_name, stage_id__in=stage_ids)
        return rows.values_list("stage_id", "currency").annotate(n=Sum("number"), sum=Sum("amount"))

    return Prepared(make)


@lru_cache(maxsize=2000)
def _any_share(rule: SharedWith) -> Prepared:
    return Prepared(lambda: rule.shares().order_by().values_list("pk")[:1])


def summed(records: QuerySet[Any]) -> list[tuple[int, str, int, Decimal]]:
    """The same figures counted from records: for filtered boards, after the cards are shown."""
    money = money_columns(records.model)
    if money is None:
        return [
            (s, "", n, Decimal(0))
            for s, n in records.order_by().values_list("stage_id").annotate(n=Count("pk"))
        ]
    return list(
        records.order_by().values_list("stage_id", money[1]).annotate(n=Count("pk"), sum=Sum(money[0]))
    )


def _add(found: dict[int, Total], rows: Any) -> None:
    for stage, currency, number, amount in rows:
        total = found[stage]
        total.number += number or 0
        if amount:
            total.amounts[currency] = total.amounts.get(currency, Decimal(0)) + amount


def _cells(rule: Rule) -> Q:
    """The cells that a rule reaches whole."""
    whole = Q(pk__in=[])
    for part in rule.parts():
        match part:
            case All():
                return Q()
            case OwnerIn():
                whole |= Q(responsible_id__in=sorted(part.ids))
            case Unassigned():
                whole |= Q(responsible_id=0)
            case Everyone():
                whole |= Q(access__in=sorted(part.access))
    return whole


def _only_by(by_name: SharedWith, rule: Rule, kind: Kind) -> QuerySet[Any]:
    """The records reached only because they are shared by name."""
    others = Q(pk__in=[])
    for part in rule.parts():
        if not isinstance(part, SharedWith):
            others |= part.q()
    records = kind.model._default_manager.filter(rule.q(), trashed_at__isnull=True)
    return records.filter(by_name.q()).exclude(others)
