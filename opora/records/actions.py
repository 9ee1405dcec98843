"""Actions: each verb of the product is one function, called alike by page, API, import, board and automation.

An action takes a list of records; one record is a list of one. `perform` is the only road by which records change:
load for update, right, check, body, write, event, commit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.functional import Promise

from opora.kit.errors import Forbidden
from opora.kit.registry import Registry
from opora.people import rights
from opora.records import steps
from opora.records.kinds import Kind
from opora.records.operations import Act, closed, opened
from opora.records.work import Saved, Work
from opora.tenancy.retry import whole_transaction
from opora.timeline.models import Operation

Body = Callable[..., None]


@dataclass(frozen=True)
class Action:
    """A verb: the right it needs, the event it leaves, its words, and its body.

    `touches` names the columns it writes whatever it is given, so that a stale version is noticed.
    """

    name: str
    right: str
    event: str
    label: str | Promise
    body: Body
    makes: bool = False
    on_trashed: bool = False
    can_undo: bool = True
    touches: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What an action did. `is_replay` says that this very act had been carried out before."""

    operation: Operation
    saved: Sequence[Saved] = ()
    is_replay: bool = False
    merged: frozenset[int] = frozenset()

    @property
    def record(self) -> Any:
        """The first record that was written."""
        return self.saved[0].record

    @property
    def ids(self) -> list[int]:
        """The ids of the records the action was about, also when it is a replay."""
        return [int(number) for number in self.operation.result.get("ids", ())]

    @property
    def undo_id(self) -> str:
        """What the toast's "Отменить" names; empty when there is nothing to undo."""
        return str(self.operation.id) if self.operation.can_undo else ""


actions: Registry[Action] = Registry("action")


def action(
    name: str,
    *,
    right: str,
    event: str,
    label: str | Promise,
    makes: bool = False,
    on_trashed: bool = False,
    can_undo: bool = True,
    touches: tuple[str, ...] = (),
) -> Callable[[Body], Body]:
    """Declare a verb of every kind (`"edit"`) or of one (`"deal.move"`, which then replaces the general one)."""

    def declare(body: Body) -> Body:
        actions.register(name, Action(name, right, event, label, body, makes, on_trashed, can_undo, touches))
        return body

    return declare


def action_for(kind: Kind, verb: str) -> Action:
    """The verb as this kind does it."""
    return actions.get(f"{kind.name}.{verb}") or actions[verb]


def perform(
    verb: str,
    kind: Kind,
    act: Act,
    ids: Sequence[int] = (),
    *,
    versions: Mapping[int, int] | None = None,
    **sent: Any,
) -> Outcome:
    """Carry out a verb on records of a kind, all or nothing, in one transaction.

    `versions` are the versions the person saw, by id. Raises the refusals of R1: `NotFound`, `Forbidden`, `Invalid`,
    `Conflict`, `IdempotencyMismatch`; the database is then unchanged.
    """
    return whole_transaction(lambda: _carry_out(verb, kind, act, ids, versions or {}, sent))


def _carry_out(
    verb: str, kind: Kind, act: Act, ids: Sequence[int], versions: Mapping[int, int], sent: Mapping[str, Any]
) -> Outcome:
    chosen = action_for(kind, verb)
    with transaction.atomic():
        operation, is_replay = opened(act, f"{kind.name}.{verb}", {"ids": [str(i) for i in ids], **sent})
        if is_replay:
            return Outcome(operation, is_replay=True)
        work = Work(act, operation, event=chosen.event, sent=sent)
        records = _subjects(work, chosen, kind, ids)
        work.check_versions(records, versions, {*chosen.touches, *_fields_sent(sent)})
        chosen.body(work, kind, records, **sent)
        steps.run_steps(work, kind.name, verb, records or work.created())
        work.finish(verb)
        _close(operation, work, kind, chosen)
    return Outcome(operation, work.saved, merged=frozenset(work.merged))


def _subjects(work: Work, chosen: Action, kind: Kind, ids: Sequence[int]) -> list[Any]:
    if not chosen.makes:
        return work.load(kind, ids, chosen.right, with_trashed=chosen.on_trashed)
    if not work.act.is_trusted and not _may_make(work, chosen, kind):
        raise Forbidden(chosen.label)
    return []


def _may_make(work: Work, chosen: Action, kind: Kind) -> bool:
    """Whether such records may be made at all; a note is allowed by its card, as far as a key leaves it."""
    if kind.seen_through:
        return work.access.leaves(chosen.right)
    return rights.may(work.access, kind.name, chosen.right)


def _fields_sent(sent: Mapping[str, Any]) -> set[str]:
    """The column names that a dictionary of field values will touch."""
    values = sent.get("values")
    return (
        {name for given in values for name in (given, f"{given}_id")} if isinstance(values, dict) else set()
    )


def _close(operation: Operation, work: Work, kind: Kind, chosen: Action) -> None:
    about = [saved.record.id for saved in work.saved if saved.kind is kind]
    result = {"ids": [str(number) for number in about], "kind": kind.name}
    closed(operation, result=result, can_undo=chosen.can_undo and bool(work.saved))
