"""The way of a record through its process: chevrons, and the two ends apart."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from opora.kit.dates import now
from opora.records import definitions
from opora.records.definitions import ProcessOf, StageOf
from opora.records.kinds import Kind


@dataclass(frozen=True)
class Way:
    """A process as the head of a card shows it. `position` counts the stages up to the record's own, from 1."""

    process: ProcessOf
    current: StageOf | None
    stages: list[dict[str, Any]]
    won: list[StageOf]
    lost: list[StageOf]
    position: int
    days: str
    is_stale: bool = False


def way_of(kind: Kind, record: Any) -> Way | None:
    """The process of a record's stage, or the first of its kind; None where the project has none."""
    known = definitions.current()
    if not kind.has_stages:
        return None
    process = known.process_of_stage(record.stage_id) or known.process(kind.name)
    if process is None:
        return None
    current = known.stages.get(record.stage_id or 0)
    on_way = [stage for stage in process.stages if not stage.is_closed]
    at = _position(on_way, current)
    days = _days(record) if current and not current.is_closed else ""
    return Way(
        process,
        current,
        [_chevron(stage, i, at, current, days) for i, stage in enumerate(on_way)],
        [stage for stage in process.stages if stage.group == "won"],
        [stage for stage in process.stages if stage.group == "lost"],
        at + 1,
        days,
        bool(current and stale_days(record, current)),
    )


def stale_days(record: Any, stage: StageOf) -> int:
    """For how many days a record has stood in a stage that is meant for fewer; 0 while it is not stale."""
    if stage.stale_days is None or record.stage_since is None or record.is_trashed:
        return 0
    days = (now() - record.stage_since).days
    return days if days >= stage.stale_days else 0


def _position(on_way: list[StageOf], current: StageOf | None) -> int:
    """How far the record has come: a won one all the way, a lost one and one without a stage nowhere."""
    if current is not None and current.group == "won":
        return len(on_way)
    return next((i for i, stage in enumerate(on_way) if current and stage.id == current.id), -1)


def _chevron(stage: StageOf, index: int, at: int, current: StageOf | None, days: str) -> dict[str, Any]:
    is_now = current is not None and stage.id == current.id
    state = "now" if is_now else "done" if index < at else ""
    title = f"{stage.shown}, {days}" if is_now and days else stage.shown
    return {
        "id": stage.id,
        "title": title,
        "color": stage.color,
        "stage": stage.id,
        "state": state,
        "attrs": {},
    }


def _days(record: Any) -> str:
    """How long the record has stood in its stage, from the first full day on."""
    days = (now() - record.stage_since).days if record.stage_since else 0
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days} if days else ""
