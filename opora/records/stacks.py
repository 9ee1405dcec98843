"""The newest records of several stages at once: what the columns of a board begin with, in one statement."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from opora.people import rights
from opora.people.access import Access
from opora.people.rules import Rule
from opora.records import definitions, walk, ways
from opora.records.fields import Field
from opora.records.fields.types import Asker
from opora.records.kinds import Kind, kinds
from opora.records.listing import Asked, narrowed
from opora.tenancy.prepared import Prepared

ANY_STAGE = -(2**63) + 1
"""Stands for each stage in turn in SQL that is made once for all of them; no number a person types."""


def newest_of_stages(
    access: Access,
    kind: Kind,
    fields: Mapping[str, Field],
    asked: Asked,
    asker: Asker,
    stage_ids: Sequence[int],
    limit: int,
) -> dict[int, list[Any]]:
    """For each stage its newest visible records that meet the conditions, at most `limit`, newest first.

    Long texts and documents that no card needs stay where they are (`unread`): most of a row's width.
    """
    found: dict[int, list[Any]] = {stage_id: [] for stage_id in stage_ids}
    rule, unseen = rights.compiled(access, kind.name), unread(kind)
    way = ways.of_part(kind, rule)
    if not stage_ids:
        return found
    if asked.is_plain:
        prepared = _plain(kind.name, rule, way, len(stage_ids), limit, unseen)
        records = prepared.rows(**_given(stage_ids))
    else:
        narrow = narrowed(access, kind, fields, asked, asker)
        try:
            records = list(_of_each(kind, rule, way, narrow, stage_ids, limit).defer(*unseen))
        except EmptyResultSet:
            return found
    for record in records:
        found[record.stage_id].append(record)
    for column in found.values():
        column.sort(key=lambda record: (-record.stamp, -record.id))
    return found


def beside(
    access: Access,
    kind: Kind,
    fields: Mapping[str, Field],
    asked: Asked,
    asker: Asker,
    stage_id: int,
    limit: int,
    *,
    at: tuple[int, int] | None = None,
    newer: bool = False,
    skip: int = 0,
) -> list[Any]:
    """Records of one stage, newest first: those after a place (its stamp and id), or right before it when `newer`.

    Without a place from the newest on. `skip` passes over so many in the index alone, which is read and not fetched:
    a person who drags a long column to its end lands there at once.
    """
    narrow = narrowed(access, kind, fields, asked, asker)
    if at is not None:
        stamp, number = at
        side = "gt" if newer else "lt"
        tie = Q(**{f"stamp__{side}": stamp}) | Q(stamp=stamp, **{f"pk__{side}": number})
        narrow &= Q(**{f"stamp__{side}e": stamp}) & tie
    records = kind.model._default_manager.filter(narrow, trashed_at=None, stage_id=stage_id)
    order = ("stamp", "pk") if newer else ways.NEWEST
    tested = walk.tested(records, rights.compiled(access, kind.name)).order_by(*order)
    ids = tested.values("pk")[skip : skip + limit]
    found = list(kind.model._default_manager.filter(pk__in=ids).defer(*unread(kind)).order_by())
    return sorted(found, key=lambda record: (-record.stamp, -record.id))


def unread(kind: Kind) -> tuple[str, ...]:
    """The columns of long texts and documents that no stage asks for, so that no card says they are missing."""
    fields = definitions.current().fields(kind.name).values()
    named = {name for stage in definitions.current().stages.values() for name in stage.asked}
    asked = [field for field in fields if field.is_required or field.required_from or field.name in named]
    needed = {field.column or "values" for field in asked} | {"tags"}
    wide = (models.TextField, models.JSONField)
    columns = kind.model._meta.concrete_fields
    return tuple(column.name for column in columns if isinstance(column, wide) and column.name not in needed)


@lru_cache(maxsize=2000)
def _plain(
    kind_name: str, rule: Rule, way: str, number: int, limit: int, unseen: tuple[str, ...]
) -> Prepared:
    """The question for so many stages under a rule; its SQL is made once, a pure function of these."""

    def make(**stand_ins: int | str) -> QuerySet[Any]:
        stages = [value for name, value in stand_ins.items() if name != "all"]
        return _of_each(kinds[kind_name], rule, way, Q(), stages, limit, joined=str(stand_ins["all"])).defer(
            *unseen
        )

    return Prepared(make, all="{-1}", **{f"s{place}": -1 - place for place in range(number)})


def _given(stage_ids: Sequence[int]) -> dict[str, int | str]:
    return {"all": _joined(stage_ids)} | {f"s{place}": number for place, number in enumerate(stage_ids)}


def _joined(stage_ids: Collection[Any]) -> str:
    return "{" + ",".join(map(str, stage_ids)) + "}"


def _of_each(
    kind: Kind, rule: Rule, way: str, narrow: Q, stage_ids: Sequence[Any], limit: int, joined: str = ""
) -> QuerySet[Any]:
    """The records of each stage. SQLite is asked stage by stage, PostgreSQL, which plans each anew, once for all.

    `joined` are the ids as PostgreSQL writes an array, where they are stand-ins.
    """
    records = kind.model._default_manager.filter(narrow, trashed_at=None)
    if connection.vendor == "sqlite":
        sql, given = walk.ids_of_part(kind, rule, way, records.filter(stage_id=ANY_STAGE), limit)
        parts = " UNION ALL ".join([f"SELECT id FROM ({sql})"] * len(stage_ids))  # noqa: S608 - the ORM's own SQL, parameters apart
        params = [one if value == ANY_STAGE else value for one in stage_ids for value in given]
    else:
        sql, given = walk.ids_of_part(kind, rule, way, records.filter(stage_id=RawSQL("st.one", ())), limit)
        parts = f"SELECT x.id FROM unnest(%s::bigint[]) AS st(one) CROSS JOIN LATERAL ({sql}) AS x"  # noqa: S608
        params = [joined or _joined(stage_ids), *given]
    found = RawSQL(parts, params)  # noqa: S611 - made of compiled querysets alone
    return kind.model._default_manager.filter(pk__in=found).order_by()
