"""The verbs that every kind has: create, edit, move, hand over, take, trash, restore."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from opora.people import directory
from opora.records import definitions, rules
from opora.records.actions import action
from opora.records.kinds import Kind
from opora.records.models import Record
from opora.records.work import Work

Blocker = Callable[[Work, Sequence[Any]], Refusal | None]
_blockers: dict[str, list[Blocker]] = {}


def blocks_trash(kind: str) -> Callable[[Blocker], Blocker]:
    """Register what may stand on a record of a kind and so keeps it out of the trash (O11, R4.09)."""

    def register(blocker: Blocker) -> Blocker:
        _blockers.setdefault(kind, []).append(blocker)
        return blocker

    return register


@action("create", right="create", event="created", label=_("Create"), makes=True)
def create(work: Work, kind: Kind, records: Sequence[Any], *, values: Mapping[str, Any]) -> None:
    """A new record: in the first stage of its process, with its creator responsible unless somebody is named."""
    record = kind.model(**kind.initial)
    if not work.act.is_trusted:
        record.responsible_id = work.act.user_id
    if hasattr(record, "currency"):
        record.currency = definitions.current().preferences.currency
    work.add(kind, record)
    rules.assign(work, kind, record, values, is_new=True)
    rules.fill_defaults(work, kind, record)
    _start(work, kind, record)
    rules.check_complete(work, kind, record)


def _start(work: Work, kind: Kind, record: Record) -> None:
    if not kind.has_stages:
        return
    if record.stage_id is None:
        process = definitions.current().process(kind.name)
        record.stage_id = process.first.id if process and process.first else None
    elif record.stage_id in (stages := definitions.current().stages):
        must_admit(work, stages[record.stage_id])
    record.stage_since = work.act.at


@action("edit", right="edit", event="changed", label=_("Edit"))
def edit(work: Work, kind: Kind, records: Sequence[Any], *, values: Mapping[str, Any]) -> None:
    """Change fields of records."""
    for record in records:
        rules.assign(work, kind, record, values)
        rules.check_complete(work, kind, record)


@action("move", right="edit", event="moved", label=_("Move to a stage"), touches=("stage_id",))
def move(
    work: Work,
    kind: Kind,
    records: Sequence[Any],
    *,
    stage: str | int,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Move records to a stage of their process, with the fields that the stage asks for.

    Raises `Invalid` (`required`, naming the fields) when the stage needs what is missing; `NotFound` for a stage of
    another kind or project.
    """
    for record in records:
        target = stage_for(kind, record, stage, anywhere=work.act.is_trusted)
        if values:
            rules.assign(work, kind, record, values)
        if record.is_incomplete and rules.missing(work, kind, record):
            rules.check_complete(work, kind, record)
        if record.stage_id != target.id:
            must_admit(work, target)
            record.stage_id, record.stage_since = target.id, work.act.at
        rules.check_complete(work, kind, record)


def must_admit(work: Work, target: definitions.StageOf) -> None:
    """Only those whom a stage names move records in, by whatever road. Raises `Forbidden`, naming the stage."""
    if not work.act.is_trusted and not target.admits(work.access):
        words = _("You may not move records into the stage “%(stage)s”.") % {"stage": target.shown}
        raise Forbidden(code="stage_closed", message=words)


def stage_for(kind: Kind, record: Record, stage: str | int, *, anywhere: bool = False) -> definitions.StageOf:
    """The stage a record may be moved to: one of its own process, or `anywhere` among those of its kind.

    The system alone goes anywhere: when a process is removed. Raises `NotFound` otherwise.
    """
    now = definitions.current()
    target = now.stages.get(int(stage)) if str(stage).isascii() and str(stage).isdigit() else None
    own = now.process_of_stage(record.stage_id) or now.process(kind.name)
    its = now.process_of_stage(target.id) if target else None
    if target is None or own is None or its is None or its.kind != kind.name:
        raise NotFound()
    if its.id != own.id and not anywhere:
        raise NotFound()
    return target


@action("hand_over", right="edit", event="handed_over", label=_("Hand over"), touches=("responsible_id",))
def hand_over(
    work: Work, kind: Kind, records: Sequence[Any], *, to: str | int, with_linked: bool = True
) -> None:
    """Make someone else responsible. What goes along (U12) is added by the steps of higher floors."""
    if not str(to).isascii() or not str(to).isdigit() or not directory.is_active(int(to)):
        raise Invalid({"to": _("There is no such employee.")})
    for record in records:
        record.responsible_id = int(to)


@action("take", right="take", event="taken", label=_("Take"), touches=("responsible_id",))
def take(work: Work, kind: Kind, records: Sequence[Any]) -> None:
    """Become responsible for a record that nobody is responsible for; the second of two gets `Conflict`."""
    for record in records:
        if record.responsible_id is not None:
            raise Conflict(_("Someone has already taken it."), code="taken")
        record.responsible_id = work.act.user_id


@action("trash", right="delete", event="trashed", label=_("Move to trash"), touches=("trashed_at",))
def trash(work: Work, kind: Kind, records: Sequence[Any]) -> None:
    """Put records into the trash, unless something stands on them. Raises that refusal by name (R4.09)."""
    for blocker in _blockers.get(kind.name, ()):
        if refusal := blocker(work, records):
            raise refusal
    for record in records:
        record.trashed_at, record.trashed_by_id = work.act.at, work.act.user_id


@action("restore", right="delete", event="restored", label=_("Restore"), on_trashed=True)
def restore(work: Work, kind: Kind, records: Sequence[Any]) -> None:
    """Take records out of the trash, with all that belongs to them."""
    for record in records:
        record.trashed_at, record.trashed_by_id = None, None
