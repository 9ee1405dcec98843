"""How many records stand behind each tab, and what a list adds up to: asked apart from the page, in a few queries."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet, Sum

from opora.people.access import Access
from opora.records import totals
from opora.records.fields import Field
from opora.records.fields.types import Asker
from opora.records.kinds import Kind
from opora.records.listing import COUNT_CAP, Asked, matching
from opora.records.screens.state import State
from opora.records.screens.views import View
from opora.ui import formats

MOST_TABS = 20


def of_views(
    access: Access, kind: Kind, fields: Mapping[str, Field], views: Sequence[View], asker: Asker
) -> dict[str, str]:
    """How many records each tab holds, in words, by the view's key; one query for all of them."""
    asked = [
        matching(access, kind, fields, Asked(v.conditions, place=v.place, q=v.q), asker)
        for v in views[:MOST_TABS]
    ]
    return {view.key: shown(number) for view, number in zip(views, capped(asked), strict=False)}


def capped(sets: Sequence[QuerySet[Any]]) -> list[int]:
    """The sizes of several sets, each counted no further than one past the cap, in one statement."""
    parts: list[str] = []
    params: list[Any] = []
    for records in sets:
        try:
            sql, given = records.order_by().values("pk")[: COUNT_CAP + 1].query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS s)")  # noqa: S608 - the ORM's own SQL, parameters apart
        params += given
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), params)
        return [int(number) for number in cursor.fetchone()]


def shown(number: int) -> str:
    """The number in words: «1 000+» past the cap."""
    return formats.number(min(number, COUNT_CAP)) + ("+" if number > COUNT_CAP else "")


def sums(records: QuerySet[Any], columns: Sequence[Field]) -> dict[str, list[str]]:
    """What the money columns of a list add up to, a line a currency, by the column's name; a query a column.

    Own fields hold their amounts in a document and are not added up.
    """
    found: dict[str, list[str]] = {}
    for field in columns:
        if field.type.name == "money" and field.column:
            money = totals.money_columns(records.model) if field.column == "amount" else None
            column, currency = money or (field.column, "currency")
            rows = records.order_by().values_list(currency).annotate(total=Sum(column))
            amounts: list[tuple[str, Decimal]] = [(c, total) for c, total in rows if total]
            found[field.name] = [
                formats.short_money(total, currency)
                for currency, total in sorted(amounts, key=lambda row: -row[1])
            ]
    return found


def of_list(
    access: Access, state: State, fields: Mapping[str, Field], columns: Sequence[Field], asker: Asker
) -> tuple[int, dict[str, list[str]]]:
    """How many records the list as it is filtered now holds, capped, and its sums while it is under the cap."""
    records = matching(access, state.kind, fields, state.asked(), asker)
    number = capped([records])[0]
    return number, sums(records, columns) if number <= COUNT_CAP else {}
