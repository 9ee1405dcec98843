"""The work of one action: records loaded under their rights and locked, changed, and written together."""

import copy
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Model, QuerySet

from opora.jobs import live
from opora.kit.errors import Conflict, Forbidden, NotFound
from opora.kit.ids import new_id
from opora.people import rights
from opora.people.access import Access
from opora.people.rules import All, Rule
from opora.records import sight, steps, traces
from opora.records.kinds import Kind, kind_of, kinds
from opora.records.models import Record
from opora.records.operations import Act
from opora.tenancy import rowwriting
from opora.tenancy.prepared import Prepared
from opora.timeline import events
from opora.timeline.events import Entry, Ref
from opora.timeline.models import Event, Operation

UNTRACKED = {
    "keys", "title_key", "version", "stamp", "updated_at", "updated_by_id",
    "created_at", "created_by_id", "id", "values", "stage_since",
}  # fmt: skip


@dataclass
class Saved:
    """A record that was written: its columns before (None for a new one) and what changed."""

    kind: Kind
    record: Any
    before: Mapping[str, Any] | None
    changes: dict[str, list[Any]]

    @property
    def is_new(self) -> bool:
        """Whether the record was created."""
        return self.before is None


@dataclass
class _Tracked:
    kind: Kind
    record: Any
    before: dict[str, Any] | None
    event: str
    right: str = ""
    beside: dict[str, list[Any]] = field(default_factory=dict)


@dataclass
class Work:
    """What an action's body is given: who acts, and the ways to load, add and change records.

    Nothing is written until the body and its steps are done; then all records of a kind go in one statement or two.
    `sent` is what the action was given besides its records, for steps that depend on it.
    """

    act: Act
    operation: Operation
    event: str = "changed"
    sent: Mapping[str, Any] = field(default_factory=dict)
    saved: list[Saved] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    merged: set[int] = field(default_factory=set)
    _tracked: dict[int, _Tracked] = field(default_factory=dict)

    @property
    def access(self) -> Access:
        """The rights of the person who acts."""
        return self.act.access

    def load(self, kind: Kind, ids: Iterable[int], right: str, *, with_trashed: bool = False) -> list[Any]:
        """The records, locked in the order of their ids, ready to be changed.

        Raises `NotFound` when one is unseen or absent, `Forbidden` when one is seen but `right` does not reach it.
        """
        wanted = set(ids)
        found = self._locked(kind, wanted, right)
        if len(found) != len(wanted):
            self._refuse(kind, wanted, right)
        if not with_trashed and any(record.is_trashed for record in found):
            raise Forbidden(right, code="in_trash")
        return self.enlist(kind, found, right=right)

    def _locked(self, kind: Kind, wanted: Collection[int], right: str) -> list[Any]:
        """Those of the records that a right reaches, locked in the order of their ids."""
        if len(wanted) == 1 and (self.act.is_trusted or not kind.seen_through):
            rule = All() if self.act.is_trusted else rights.compiled(self.access, kind.name, right)
            return _one_locked(kind.name, rule).rows(number=next(iter(wanted)))
        if self.act.is_trusted:
            records = kind.model._default_manager.all()
        else:
            records = sight.visible(self.access, kind, right, trashed=None)
        return list(records.filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",)))

    def _refuse(self, kind: Kind, wanted: set[int], right: str) -> None:
        seen = set() if self.act.is_trusted else sight.visible_ids(self.access, kind, wanted)
        raise Forbidden(right) if seen == wanted else NotFound()

    def enlist(self, kind: Kind, records: Sequence[Any], *, event: str = "", right: str = "") -> list[Any]:
        """Follow loaded records, so that what changes in them is written with this action.

        For steps that change more than the action was asked for; `event` names what happened to them.
        """
        for record in records:
            self._tracked.setdefault(
                record.id,
                _Tracked(kind, record, snapshot(record), f"{kind.name}.{event or self.event}", right),
            )
        return [self._tracked[record.id].record for record in records]

    def add(self, kind: Kind, record: Any, *, event: str = "created") -> Any:
        """A new record, to be written with this action."""
        record.id = record.id or new_id(self.act.at)
        self._tracked[record.id] = _Tracked(kind, record, None, f"{kind.name}.{event}", "create")
        return record

    def created(self) -> list[Any]:
        """The records that this action adds."""
        return [t.record for t in self._tracked.values() if t.before is None]

    def before(self, record: Any) -> Mapping[str, Any] | None:
        """The columns of a followed record as they were loaded; None for a new one."""
        return self._tracked[record.id].before

    def say(self, record: Any, event: str) -> None:
        """Name what happened to one record otherwise than the action does."""
        tracked = self._tracked[record.id]
        tracked.event = f"{tracked.kind.name}.{event}"

    def note_beside(self, record: Any, name: str, old: Any, new: Any) -> None:
        """Add a change of what stands beside a record (its shares) to its event; it makes a version like any other."""
        if old != new:
            self._tracked[record.id].beside[name] = [old, new]

    def check_versions(self, records: Sequence[Any], versions: Mapping[int, int], touched: set[str]) -> None:
        """Refuse to overwrite what someone else changed meanwhile (R12.01).

        Changes of other fields are merged. Raises `Conflict` with the stored values of the fields in question.
        """
        for record in records:
            seen = versions.get(record.id, record.version)
            if seen == record.version:
                continue
            clash = changed_since(kind_of(record), record, seen) & touched
            if clash or not touched:
                raise Conflict(
                    current={name: column_value(record, name) for name in sorted(clash)},
                    version=record.version,
                )
            self.merged.add(record.id)

    def finish(self, verb: str) -> None:
        """Write all that changed: records, what is derived from them, events, what follows. Called by `perform`."""
        if verb != "undo":
            steps.run_entering(self, [t.record for t in self._tracked.values() if _enters_stage(t)])
        for tracked in list(self._tracked.values()):
            tracked.record.refresh_title()
        for kind in {tracked.kind.name: tracked.kind for tracked in self._tracked.values()}.values():
            self._write(kind, [t for t in self._tracked.values() if t.kind is kind], verb)
        self.events = events.record(
            [self._entry(saved) for saved in self.saved],
            actor_id=self.act.user_id,
            via=self.act.via,
            operation=self.operation,
            at=self.act.at,
        )
        steps.run_followers(self, self.events)
        self._ring()

    def _write(self, kind: Kind, tracked: list[_Tracked], verb: str) -> None:
        new = [t for t in tracked if t.before is None]
        changed = [(t, difference(t.before, t.record) | t.beside) for t in tracked if t.before is not None]
        changed = [(t, changes) for t, changes in changed if changes]
        stamp = next_stamp(kind.model, self.act)
        for offset, t in enumerate([*new, *(t for t, _ in changed)]):
            self._mark(t, stamp + offset)
        if new:
            rowwriting.insert(t.record for t in new)
        if changed:
            _update(kind.model, changed)
        saved = [Saved(kind, t.record, None, first_values(kind, t.record)) for t in new]
        saved += [Saved(kind, t.record, t.before, changes) for t, changes in changed]
        self._still_allowed(kind, [t for t, _ in changed], new, verb)
        steps.run_derived(self, kind.name, saved)
        self.saved += saved

    def _mark(self, tracked: _Tracked, stamp: int) -> None:
        record = tracked.record
        record.stamp, record.updated_at, record.updated_by_id = stamp, self.act.at, self.act.user_id
        if tracked.before is None:
            record.created_at, record.created_by_id = self.act.at, self.act.user_id
        else:
            record.version += 1

    def _still_allowed(self, kind: Kind, changed: list[_Tracked], new: list[_Tracked], verb: str) -> None:
        """A write may not lift a record beyond the writer's own rights, except by handing it over."""
        if self.act.is_trusted or kind.seen_through:
            return
        moved = [
            t
            for t in changed
            if t.before and _reach_changed(t) and t.right and verb not in ("hand_over", "take")
        ]
        for t in [*moved, *new]:
            if t.right and not rights.allows(self.access, kind.name, t.right, t.record):
                raise Forbidden(t.right)

    def _entry(self, saved: Saved) -> Entry:
        return Entry(
            name=self._tracked[saved.record.id].event,
            subject=saved.kind.ref(saved.record),
            version=saved.record.version,
            changes=saved.changes,
            feeds=list(saved.kind.parents(saved.record)),
        )

    def _ring(self) -> None:
        """Tell open pages, those too whose reader or card has just lost the record."""
        rung: dict[str, dict[int, list[Any]]] = {}
        left = {saved.record.id: _left(saved) for saved in self.saved}
        for saved in self.saved:
            rung.setdefault(saved.kind.name, {})[saved.record.id] = left[saved.record.id]
        for saved in self.saved:
            because = traces.cause(saved.kind.name, saved.record.id, left[saved.record.id])
            for ref in {*saved.kind.parents(saved.record), *_parents_before(saved)}:
                if ref.id not in left:
                    rung.setdefault(ref.kind, {}).setdefault(ref.id, []).append(because)
        for kind_name, changed in rung.items():
            live.ring(kind_name, changed)


@lru_cache(maxsize=4000)
def _one_locked(kind_name: str, rule: Rule) -> Prepared:
    """The question for one record under a rule, locked: most acts are about one. Its SQL is made once."""

    def make(number: int) -> QuerySet[Any]:
        records = kinds[kind_name].model._default_manager.filter(rule.q(), pk=number)
        return records.order_by("pk").select_for_update(of=("self",))

    return Prepared(make, number=-1)


def snapshot(record: Record) -> dict[str, Any]:
    """The record's columns as they are now, documents copied."""
    columns = {f.attname: getattr(record, f.attname) for f in record._meta.concrete_fields}
    return {name: copy.deepcopy(v) if isinstance(v, dict | list) else v for name, v in columns.items()}


def difference(before: Mapping[str, Any] | None, record: Record) -> dict[str, list[Any]]:
    """What changed since the snapshot, own fields by their names: `{name: [old, new]}`."""
    assert before is not None
    changes = {
        name: [old, getattr(record, name)]
        for name, old in before.items()
        if name not in UNTRACKED and old != getattr(record, name)
    }
    return changes | values_changed(before["values"], record.values)


def values_changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Which keys differ between two documents, as `{key: [old, new]}`."""
    return {
        key: [before.get(key), after.get(key)]
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key)
    }


def first_values(kind: Kind, record: Record) -> dict[str, list[Any]]:
    """What a new record was made with, for its first event."""
    columns = {_attname(record, f.column) for f in kind.fields if f.column and f.writable}
    found = {name: getattr(record, name) for name in sorted(columns)}
    return {
        name: [None, value]
        for name, value in (found | record.values).items()
        if value not in (None, "", [], False)
    }


def changed_since(kind: Kind, record: Record, version: int) -> set[str]:
    """The names of what changed in a record after a version, from its events."""
    later = Event.objects.filter(subject_kind=kind.name, subject_id=record.id, subject_version__gt=version)
    return {name for changes in later.values_list("changes", flat=True) for name in changes}


def column_value(record: Record, name: str) -> Any:
    """The stored value behind a name of `changes`."""
    return (
        record.values.get(name)
        if name not in {f.attname for f in record._meta.concrete_fields}
        else getattr(record, name)
    )


def next_stamp(model: type[Model], act: Act) -> int:
    """The next stamp of a table: microseconds, but never less than what stands there (R14.03)."""
    last = next((stamp for (stamp,) in _last_stamp(model).rows()), 0)
    return max(int(act.at.timestamp() * 1_000_000), last + 1)


@lru_cache(maxsize=100)
def _last_stamp(model: type[Model]) -> Prepared:
    return Prepared(lambda: model._default_manager.order_by("-stamp").values_list("stamp")[:1])


def _attname(record: Record, column: str) -> str:
    return record._meta.get_field(column).attname  # type: ignore[union-attr]


def _left(saved: Saved) -> list[traces.Trace]:
    return traces.left_by(saved.before, saved.record, saved.changes)


def _parents_before(saved: Saved) -> Sequence[Ref]:
    """The cards a record stood on before this change."""
    return saved.kind.parents(type(saved.record)(**saved.before)) if saved.before else ()


def _enters_stage(tracked: _Tracked) -> bool:
    before = tracked.before or {}
    return bool(tracked.record.stage_id) and tracked.record.stage_id != before.get("stage_id")


def _reach_changed(tracked: _Tracked) -> bool:
    before = tracked.before or {}
    record = tracked.record
    return bool(before["responsible_id"] != record.responsible_id or before["access"] != record.access)


def _update(model: type[Model], changed: list[tuple[_Tracked, dict[str, list[Any]]]]) -> None:
    """Write the changed columns of all of them in few statements."""
    columns = {f.attname for f in model._meta.concrete_fields}
    names = {name if name in columns else "values" for _, changes in changed for name in changes}
    names |= {"title_key", "keys", "version", "stamp", "updated_at", "updated_by_id", "stage_since"}
    rowwriting.update([t.record for t, _ in changed], names)
