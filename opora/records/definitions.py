"""What a project has defined, in memory: kinds with their own fields, sections, processes and stages.

Held per project under a version number that lives in the project's database, so every process sees a change at its
next request for the price of one small look.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from threading import Lock

from django.db.models import Exists, OuterRef

from opora.kit.errors import NotFound
from opora.kit.ids import new_id
from opora.people.access import Access
from opora.people.switches import PHONE_SEE
from opora.records.fields import Choice, Field, types
from opora.records.fields.types import MASKED_PHONES
from opora.records.kinds import Kind, kinds
from opora.records.models import (
    BuiltinSetting,
    CurrencyRate,
    ListEntry,
    OwnField,
    Section,
)
from opora.records.models import Definitions as VersionRow
from opora.records.preferences import Preferences
from opora.records.processes import ProcessOf, StageOf, load_processes
from opora.records.words import in_language
from opora.tenancy.context import require_project
from opora.tenancy.prepared import Prepared

__all__ = [
    "Definitions",
    "ProcessOf",
    "RateOf",
    "SectionOf",
    "StageOf",
    "changed",
    "current",
    "looked_up_once",
]


@dataclass(frozen=True)
class SectionOf:
    """A section of a kind's card with the ids of the groups it is limited to (I10); no groups means open to all."""

    name: str
    label: str
    labels: dict[str, str]
    groups: tuple[int, ...] = ()

    @property
    def shown(self) -> str:
        """The section's name in the reader's language."""
        return in_language(str(self.label), self.labels)


@dataclass(frozen=True)
class RateOf:
    """What a unit of a currency costs in the project's own, since which day and from whom."""

    value: Decimal
    day: date
    source: str


def masked(field: Field) -> Field:
    """The field as it is for whoever may not see phone numbers in full."""
    return replace(field, type=MASKED_PHONES) if field.type.name == "phone" else field


class Definitions:
    """All definitions of one project at one version."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.preferences = Preferences.read(VersionRow.objects.values_list("chosen", flat=True).first())
        self.processes = load_processes()
        self.stages = {stage.id: stage for process in self.processes for stage in process.stages}
        self._foreign: dict[tuple[str, str], frozenset[str]] = {}
        self._sections = list(Section.objects.all())
        self._own = list(OwnField.objects.filter(deleted_at=None))
        self._set = {(row.kind, row.name): row for row in BuiltinSetting.objects.all()}

    @cached_property
    def _fields(self) -> dict[str, dict[str, Field]]:
        return {kind.name: self._fields_of(kind) for kind in kinds}

    def _fields_of(self, kind: Kind) -> dict[str, Field]:
        fields = [self._builtin(kind, field, at) for at, field in enumerate(kind.fields)]
        if kind.has_stages:
            fields = [
                replace(f, choices=self._stage_choices(kind)) if f.type.name == "stage" else f for f in fields
            ]
        fields += [self._at_home(self.as_field(row, kind)) for row in self._own if row.kind == kind.name]
        places = {str(row.id): place for place, row in enumerate(self._sections, start=1)}
        fields.sort(key=lambda field: (places.get(field.section, 0), field.position))
        return {field.name: field for field in fields}

    @cached_property
    def rates(self) -> dict[str, RateOf]:
        """The newest rate of each currency in the project's own, by its code."""
        newer = CurrencyRate.objects.filter(
            code=OuterRef("code"), base=OuterRef("base"), day__gt=OuterRef("day")
        )
        rows = CurrencyRate.objects.filter(~Exists(newer), base=self.preferences.currency)
        return {row.code: RateOf(row.value, row.day, row.source) for row in rows}

    @cached_property
    def _lists(self) -> dict[tuple[str, str], list[Choice]]:
        found: dict[tuple[str, str], list[Choice]] = {}
        for row in ListEntry.objects.all():
            choice = Choice(str(row.id), row.name, row.names, row.color, is_gone=row.removed_at is not None)
            found.setdefault((row.kind, row.field), []).append(choice)
        return found

    def _listed(self, kind: Kind, field: Field) -> Field:
        """A field whose options the project itself keeps in a list, with that list."""
        if not field.options.get("is_listed"):
            return field
        return replace(field, choices=tuple(self._lists.get((kind.name, field.name), ())))

    def _builtin(self, kind: Kind, field: Field, at: int) -> Field:
        """A field of the house with what the project has set about it (N21)."""
        field = replace(self._at_home(self._listed(kind, field)), kind=kind.name, position=at)
        row = self._set.get((kind.name, field.name))
        if row is None:
            return field
        return replace(
            field,
            label=row.label or field.label,
            labels=row.labels or field.labels,
            hint=row.hint or field.hint,
            default=row.default,
            section="" if row.is_hidden else field.section,
            is_required=field.is_required or row.is_required,
            required_from=row.required_from_id,
            is_one_time=row.is_one_time,
            is_hidden=row.is_hidden,
            only=row.only,
            position=at if row.position is None else row.position,
        )

    def _at_home(self, field: Field) -> Field:
        """A field with the project's currency for amounts and country for phone numbers that name none."""
        if field.type.name not in ("money", "phone"):
            return field
        home = {"currency": self.preferences.currency, "country": self.preferences.country}
        return replace(field, options={**home, **field.options})

    def _stage_choices(self, kind: Kind) -> tuple[Choice, ...]:
        stages = [stage for process in self.processes_of(kind.name) for stage in process.stages]
        return tuple(Choice(str(s.id), s.name, s.names, s.color) for s in stages)

    def as_field(self, row: OwnField, kind: Kind) -> Field:
        """An own field as everything generic works with it, also one that is not saved yet."""
        groups = next((tuple(s.groups) for s in self._sections if s.id == row.section_id), ())
        return Field(
            name=row.name,
            kind=row.kind,
            type=types[row.type],
            label=row.label,
            labels=row.labels,
            section=str(row.section_id) if row.section_id else kind.sections[0].name,
            is_required=row.is_required,
            required_from=row.required_from_id,
            is_one_time=row.is_one_time,
            writable=not row.is_auto,
            auto_at=row.auto_at_id if row.is_auto else None,
            default=row.default,
            hint=row.hint,
            choices=tuple(Choice(**choice) for choice in row.options.get("choices", ())),
            is_filterable=row.is_filterable,
            is_sortable=row.is_sortable,
            position=row.position,
            groups=groups,
            only=row.only,
            options=row.options,
        )

    def questionnaire(self, kind: Kind) -> list[Field]:
        """The fields that stand in a kind's sections, hidden ones too, in order."""
        brought = {field.name for field in kind.fields if field.section}
        return [field for field in self.fields(kind.name).values() if field.is_own or field.name in brought]

    @staticmethod
    def place_of(kind: Kind, field: Field) -> str:
        """The name of the section a field stands in, or would if it were not hidden."""
        return field.section or kind.sections[0].name

    def fields(self, kind: str) -> dict[str, Field]:
        """All fields of a kind by name, built-in first; nobody's rights are asked."""
        return self._fields.get(kind, {})

    def readable(self, access: Access, kind: str) -> dict[str, Field]:
        """The fields a person may read: a section limited to groups exists for nobody else (R5.06)."""
        fields = self.fields(kind) if access.has(PHONE_SEE.name) else self._masked.get(kind, {})
        return {name: field for name, field in fields.items() if self.is_open(access, field)}

    def foreign(self, kind: str, sort: str) -> frozenset[str]:
        """The fields that the project asks only of records of another sort: of people, not of companies (I09)."""
        if (kind, sort) not in self._foreign:
            fields = self.fields(kind).values()
            self._foreign[kind, sort] = frozenset(f.name for f in fields if f.only not in ("", sort))
        return self._foreign[kind, sort]

    @cached_property
    def _masked(self) -> dict[str, dict[str, Field]]:
        """The fields of all kinds for whoever may not see phone numbers in full (R5.05)."""
        return {kind: {f.name: masked(f) for f in fields.values()} for kind, fields in self._fields.items()}

    @staticmethod
    def is_open(access: Access, field: Field) -> bool:
        """Whether the field's section is open to the person."""
        return not field.groups or access.is_director or bool(access.groups.intersection(field.groups))

    def sections(self, access: Access, kind: Kind) -> list[SectionOf]:
        """The sections of a card that a person may see: built-in ones, then the project's, in order."""
        own = [
            SectionOf(str(row.id), row.name, row.names, tuple(row.groups))
            for row in self._sections
            if row.kind == kind.name
        ]
        shown = [s for s in own if not s.groups or access.is_director or access.groups.intersection(s.groups)]
        return [SectionOf(s.name, str(s.label), {}) for s in kind.sections] + shown

    def processes_of(self, kind: str) -> list[ProcessOf]:
        """The processes of a kind, in order."""
        return [process for process in self.processes if process.kind == kind]

    def has_stale(self, kind: str) -> bool:
        """Whether records of a kind can stand too long: some open stage says after how many days they do."""
        stages = [stage for process in self.processes_of(kind) for stage in process.stages]
        return any(stage.stale_days is not None and not stage.is_closed for stage in stages)

    def process_of_stage(self, stage_id: int | None) -> ProcessOf | None:
        """The process a stage belongs to."""
        stage = self.stages.get(stage_id or 0)
        return next((p for p in self.processes if stage and p.id == stage.process_id), None)

    def process(self, kind: str, process_id: int | None = None) -> ProcessOf | None:
        """The named process of a kind, or its first one. Raises `NotFound` for an id of another kind."""
        of_kind = self.processes_of(kind)
        if process_id is None:
            return of_kind[0] if of_kind else None
        found = next((process for process in of_kind if process.id == process_id), None)
        if found is None:
            raise NotFound()
        return found


_VERSION = Prepared(lambda: VersionRow.objects.order_by().values_list("version")[:1])
_held: dict[str, Definitions] = {}
_lock = Lock()
_looked_up: ContextVar[dict[str, Definitions] | None] = ContextVar("definitions", default=None)


def current() -> Definitions:
    """The definitions of the current project, as of this request (inside `looked_up_once`) or as of now."""
    key = require_project().key
    memo = _looked_up.get()
    if memo is None:
        return _fresh(key)
    if key not in memo:
        memo[key] = _fresh(key)
    return memo[key]


def _fresh(key: str) -> Definitions:
    version = next((version for (version,) in _VERSION.rows()), 0)
    held = _held.get(key)
    if held is None or held.version != version:
        held = Definitions(version)
        with _lock:
            _held[key] = held
    return held


@contextmanager
def looked_up_once() -> Iterator[None]:
    """Within this block the version is looked up once: a request or a job sees one state of the definitions."""
    token = _looked_up.set({})
    try:
        yield
    finally:
        _looked_up.reset(token)


def changed() -> None:
    """Say, inside the transaction that changed a definition, that every process must load anew.

    The version is a new random one, so that a change rolled back can't be taken for a later one.
    """
    VersionRow.objects.update_or_create(id=1, defaults={"version": new_id()})
    memo = _looked_up.get()
    if memo is not None:
        memo.clear()
