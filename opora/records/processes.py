"""Processes and their stages as pages and rules need them, loaded with the definitions of a project (I13, U04)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from opora.people.access import Access
from opora.records.models import Process, Stage
from opora.records.words import in_language

GROUP_ORDER = {"new": 0, "work": 1, "won": 2, "lost": 3}


@dataclass(frozen=True)
class StageOf:
    """A stage as pages need it.

    `needs` are the fields it asks for itself, `asked` those together with what the open stages before it ask for.
    """

    id: int
    process_id: int
    name: str
    names: dict[str, str]
    group: str
    color: str
    probability: int
    position: int
    needs: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    checklist: tuple[tuple[str, str], ...] = ()
    movers: frozenset[int] = frozenset()
    stale_days: int | None = None
    asks_reason: bool = True
    takes_out: bool = False

    @property
    def shown(self) -> str:
        """The stage's name in the reader's language."""
        return in_language(self.name, self.names)

    @property
    def is_closed(self) -> bool:
        """Whether the stage ends the process, won or lost."""
        return self.group in ("won", "lost")

    def admits(self, access: Access) -> bool:
        """Whether this person may move records in."""
        among = self.movers.intersection({access.user_id, *access.groups})
        return not self.movers or access.is_director or bool(among)


@dataclass(frozen=True)
class ProcessOf:
    """A process with its stages in order: by group (new, work, won, lost), then by position."""

    id: int
    kind: str
    name: str
    names: dict[str, str]
    stages: tuple[StageOf, ...]

    @property
    def shown(self) -> str:
        """The process's name in the reader's language."""
        return in_language(self.name, self.names)

    @property
    def first(self) -> StageOf | None:
        """Where a new record starts."""
        return self.stages[0] if self.stages else None


def load_processes() -> list[ProcessOf]:
    """The processes of the project with their stages, in order."""
    stages = [_stage(row) for row in Stage.objects.all()]
    stages.sort(key=lambda s: (GROUP_ORDER[s.group], s.position, s.id))
    return [
        ProcessOf(p.id, p.kind, p.name, p.names, _adding_up(s for s in stages if s.process_id == p.id))
        for p in Process.objects.all()
    ]


def _stage(row: Stage) -> StageOf:
    return StageOf(
        row.id,
        row.process_id,
        row.name,
        row.names,
        row.group,
        row.color,
        row.probability,
        row.position,
        needs=frozenset(row.needs or ()),
        checklist=tuple((item["id"], item["text"]) for item in row.checklist or ()),
        movers=frozenset(row.movers or ()),
        stale_days=row.stale_days,
        asks_reason=row.asks_reason,
        takes_out=row.takes_out,
    )


def _adding_up(stages: Iterable[StageOf]) -> tuple[StageOf, ...]:
    """The stages of a process with what each asks for: a field that one stage needs is needed by all after it (U05).

    A lost record needs nothing but what its own stage says.
    """
    found, so_far = [], frozenset[str]()
    for stage in stages:
        if stage.group in ("new", "work"):
            so_far |= stage.needs
        before = so_far if stage.group != "lost" else frozenset[str]()
        found.append(replace(stage, asked=before | stage.needs))
    return tuple(found)
