"""How a field of the questionnaire will stand in a card: its section at a chosen stage, before anything is saved."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.lookups import IsNull
from django.utils.translation import gettext as _

from opora.people.access import Access
from opora.records import definitions, rules, sight
from opora.records.definitions import StageOf
from opora.records.fields import Field
from opora.records.fields.field import OwnValue
from opora.records.kinds import Kind
from opora.records.screens.sections import Cell

BESIDE = 3
MOST = 1000


@dataclass(frozen=True)
class Preview:
    """A section as it will be: its cells, the stages to look at it from, and how many cards will lack the field."""

    title: str
    cells: Sequence[Cell]
    current: str
    stages: Sequence[StageOf]
    stage: StageOf | None
    lacking: int

    @property
    def missing(self) -> int:
        """How many fields of the section are red."""
        return sum(cell.state == "missing" for cell in self.cells)

    @property
    def is_capped(self) -> bool:
        """Whether there are more cards without the field than are counted."""
        return self.lacking > MOST


def preview(access: Access, kind: Kind, field: Field, stage_id: int | None) -> Preview:
    """The section of a card with this field in it; its neighbours are empty."""
    now = definitions.current()
    stages = _stages(kind, field)
    stage = now.stages.get(stage_id or 0) or next((s for s in reversed(stages)), None)
    beside = [f for f in now.questionnaire(kind) if f.section == field.section and f.name != field.name]
    before = [f for f in beside if f.position < field.position][-1:]
    shown = [*before, field, *[f for f in beside if f not in before][: BESIDE - len(before)]]
    title = next((s.shown for s in now.sections(Access.console(), kind) if s.name == field.section), "")
    cells = [] if field.is_hidden else [_cell(f, stage) for f in shown]
    return Preview(title, cells, field.name, stages, stage, lacking(access, kind, field))


def _cell(field: Field, stage: StageOf | None) -> Cell:
    """An empty field of a card in this stage."""
    if not field.writable:
        return Cell(field, None, _("The system fills it"), "auto", _("The system fills this field."))
    if rules.is_required(field, stage.id if stage else None):
        words = (
            _("Fill in for the stage “%(stage)s”") % {"stage": stage.shown}
            if stage
            else _("Fill in this field")
        )
        return Cell(field, None, words, "missing", words)
    if field.is_one_time:
        return Cell(field, None, "", "locked", _("One time only: once saved, it no longer changes."))
    return Cell(field, None, "")


def _stages(kind: Kind, field: Field) -> list[StageOf]:
    """Two stages to look from: the one before the field is asked for, and that one; else the first two."""
    now = definitions.current()
    process = now.process_of_stage(field.required_from or field.auto_at) or next(
        iter(now.processes_of(kind.name)), None
    )
    way = [stage for stage in process.stages if stage.group != "lost"] if process else []
    start = field.required_from or field.auto_at
    at = next((place for place, stage in enumerate(way) if stage.id == start), 1)
    return way[max(0, at - 1) : max(0, at - 1) + 2]


def lacking(access: Access, kind: Kind, field: Field) -> int:
    """How many cards that the person sees will be red for want of this field, counted to a thousand and one."""
    if not field.writable or not (field.is_required or field.required_from):
        return 0
    own = Q(IsNull(OwnValue(field.name), True)) if field.is_own else None
    nothing = own or field.type.is_empty(field, field.expression())
    wanted = nothing & Q(trashed_at=None)
    if field.only:
        wanted &= Q(**{kind.sort_field: field.only})
    if not field.is_required:
        stages = [s.id for s in definitions.current().stages.values() if rules.is_required(field, s.id)]
        wanted &= Q(stage_id__in=stages)
    return int(sight.visible(access, kind).filter(wanted)[: MOST + 1].count())
