"""The newest records of several stages at once: what the columns of a board begin with, in one statement."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Q

from opora.people.access import Access
from opora.records import walk
from opora.records.conditions import where
from opora.records.fields import Field
from opora.records.fields.types import Asker
from opora.records.kinds import Kind
from opora.records.listing import Asked
from opora.records.search import found_ids

ANY_STAGE = -(2**63) + 1
"""Stands for each stage in turn in a statement that is made once for all of them; no number a person types."""


def newest_of_stages(
    access: Access,
    kind: Kind,
    fields: Mapping[str, Field],
    asked: Asked,
    asker: Asker,
    stage_ids: Sequence[int],
    limit: int,
) -> dict[int, list[Any]]:
    """For each stage its newest visible records that meet the conditions, at most `limit`, newest first."""
    of_stage = Q(trashed_at=None, stage_id=ANY_STAGE)
    found: dict[int, list[Any]] = {stage_id: [] for stage_id in stage_ids}
    try:
        if asked.is_plain:
            sql, given = walk.statement(access, kind, of_stage, limit)
        else:
            narrow = of_stage & where(asked.conditions, fields, asker)
            narrow &= Q(pk__in=found_ids(access, kind, asked.q)) if asked.q else Q()
            sql, given = walk.newest(access, kind, narrow, limit).query.sql_with_params()
    except EmptyResultSet:
        return found
    for record in _of_each(kind, sql, given, stage_ids):
        found[record.stage_id].append(record)
    for records in found.values():
        records.sort(key=lambda record: (-record.stamp, -record.id))
    return found


def _of_each(kind: Kind, sql: str, given: Sequence[Any], stage_ids: Sequence[int]) -> list[Any]:
    """The query put for each stage and joined, since neither database may end a part of a plain union by LIMIT."""
    parts = [f"SELECT * FROM ({sql}) AS c{number}" for number in range(len(stage_ids))]  # noqa: S608 - the ORM's own SQL, parameters apart
    params = [stage_id if value == ANY_STAGE else value for stage_id in stage_ids for value in given]
    return list(kind.model._default_manager.raw(" UNION ALL ".join(parts), params)) if parts else []
