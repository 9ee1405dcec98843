"""The second line of a record in the palette: what tells it from another of the same name."""

from typing import Any

from opora.people.access import Access
from opora.records import definitions
from opora.records.kinds import Kind
from opora.records.numbers import number_for
from opora.ui import formats


def line_of(access: Access, kind: Kind, record: Any) -> str:
    """City and phone of a contact, stage and sum of a deal, the day of a task."""
    if kind.name == "contact":
        return " · ".join(part for part in (record.city, number_for(access, record)) if part)
    makers = {"deal": _deal, "task": _task}
    return makers[kind.name](record) if kind.name in makers else ""


def _deal(deal: Any) -> str:
    stage = definitions.current().stages.get(deal.stage_id)
    money = formats.money(deal.amount, deal.currency) if deal.amount is not None else ""
    return " · ".join(part for part in (stage.shown if stage else "", money) if part)


def _task(task: Any) -> str:
    return formats.due(task.due_at).text if task.due_at and not task.done_at else ""
