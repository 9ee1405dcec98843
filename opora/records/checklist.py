"""The points of a stage that are done for a record: ticked and unticked by whoever may change it (U04)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.records import definitions
from opora.records.actions import action
from opora.records.kinds import Kind
from opora.records.models import StageCheck
from opora.records.work import Work

CHANGE = "checklist"


@action("check", right="edit", event="checked", label=_("Tick a point of the stage"), can_undo=False)
def check(work: Work, kind: Kind, records: Sequence[Any], *, item: str, is_done: bool = True) -> None:
    """Tick a point of a checklist of the record's process, or take the tick off again; a repeat changes nothing.

    Raises `Invalid` for a point that is none of its stages'.
    """
    for record in records:
        words = _words(kind, record, item)
        row = StageCheck.objects.filter(record_id=record.id, item=item)
        was = row.exists()
        if is_done and not was:
            StageCheck.objects.create(
                kind=kind.name,
                record_id=record.id,
                item=item,
                done_by_id=work.act.user_id,
                done_at=work.act.at,
            )
        elif was and not is_done:
            row.delete()
        work.note_beside(record, CHANGE, [words] if was else [], [words] if is_done else [])


def _words(kind: Kind, record: Any, item: str) -> str:
    """The words of a point. Raises `Invalid`."""
    now = definitions.current()
    process = now.process_of_stage(record.stage_id) or now.process(kind.name)
    points = {key: text for stage in (process.stages if process else ()) for key, text in stage.checklist}
    if item not in points:
        raise Invalid({"item": _("There is no such point.")})
    return points[item]


def done_of(record_id: int) -> dict[str, StageCheck]:
    """What is ticked for a record, by the id of the point; one query."""
    return {row.item: row for row in StageCheck.objects.filter(record_id=record_id)}
