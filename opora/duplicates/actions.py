"""Putting records of one client together, and taking them apart again with all their ties."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from opora.duplicates import choice, ties
from opora.duplicates.models import Merge, Merged
from opora.kit import ids
from opora.kit.errors import Conflict, Forbidden, Invalid, NotFound
from opora.kit.ids import new_id
from opora.people.models import Share
from opora.records import definitions, rules, sharing, steps, verbs
from opora.records.actions import action
from opora.records.kinds import Kind, kinds
from opora.records.sentences import say
from opora.records.work import Work
from opora.timeline.models import Event, EventLink

MOST = 10
WITHIN = timedelta(days=30)
LINKS_AT_ONCE = 1000


@action("contact.merge", right="edit", event="merged", label=_("Merge"), can_undo=False)
def merge(
    work: Work,
    kind: Kind,
    records: Sequence[Any],
    *,
    sources: list[str],
    take: dict[str, str] | None = None,
) -> None:
    """Put one to nine other records into this one: fields by choice, everything that stands on them, their history.

    `take` names, by field, the record whose value stays; `stage` and `responsible` among them. What was filled once
    or by the system stays the target's own (R5.03). The others go into the trash. Raises `NotFound` and `Forbidden`
    as any change and deletion of them would, `Invalid` for a wrong number and for what is required.
    """
    target = records[0]
    numbers = {ids.parse(number) for number in sources} - {target.id}
    if len(records) != 1 or not 1 <= len(numbers) < MOST:
        raise Invalid({"sources": _("From two to ten records are merged at once.")})
    work.load(kind, numbers, "edit")
    others = work.load(kind, numbers, "delete")
    chosen = take or {}
    _fill(work, kind, target, others, chosen)
    _take_over(work, kind, target, others, chosen)
    _share(work, kind, target, others)
    ties.bring_over(work, kind, target.id, numbers)
    for other in others:
        other.trashed_at, other.trashed_by_id = work.act.at, work.act.user_id
        work.say(other, "merged_away")
    rules.check_complete(work, kind, target)
    _remember(work, kind, target, numbers)


def _fill(work: Work, kind: Kind, target: Any, others: Sequence[Any], take: Mapping[str, str]) -> None:
    """Give the target its values; of what the person may not read nothing is lost: the first filled one stays."""
    every = [target, *others]
    compared = choice.rows(work.access, kind, every, target, take)
    foreign = kind.foreign(target)
    found = [(row.field, choice.outcome(row, every, target)) for row in compared]
    readable = {field.name for field, _value in found}
    for field in definitions.current().fields(kind.name).values():
        if field.name not in readable and field.section and field.name not in choice.KEPT_APART:
            found.append((field, next((v for r in every if not rules.is_empty(v := field.get(r))), None)))
    for field, value in found:
        if field.name not in foreign and not rules.is_empty(value):
            field.set(target, value)


def _take_over(work: Work, kind: Kind, target: Any, others: Sequence[Any], take: Mapping[str, str]) -> None:
    """The stage and the responsible person that were chosen among the records."""
    by_id = {str(record.id): record for record in others}
    if (chosen := by_id.get(take.get("stage", ""))) is not None and chosen.stage_id != target.stage_id:
        verbs.move(work, kind, [target], stage=chosen.stage_id or "")
    if (chosen := by_id.get(take.get("responsible", ""))) is not None:
        target.responsible_id = chosen.responsible_id


def _share(work: Work, kind: Kind, target: Any, others: Sequence[Any]) -> None:
    """Whoever reached one of the records by a share reaches the target, no further than before: reading."""
    rows = Share.objects.filter(kind=kind.name, record_id__in=[target.id, *[other.id for other in others]])
    wanted: dict[int, str] = {}
    for row in rows:
        own = row.record_id == target.id
        wanted[row.principal] = row.level if own else wanted.get(row.principal, "read")
    if wanted:
        sharing.put(work, kind, target, wanted)


def _remember(work: Work, kind: Kind, target: Any, numbers: set[int]) -> None:
    """The row by which it is taken apart, and the sources' history in the target's feed."""
    here = EventLink.objects.filter(kind=kind.name, record_id=target.id).values("event_id")
    old = EventLink.objects.filter(kind=kind.name, record_id__in=numbers).exclude(event_id__in=here)
    events = sorted(set(old.values_list("event_id", flat=True)))
    links = [EventLink(id=new_id(), event_id=event, kind=kind.name, record_id=target.id) for event in events]
    EventLink.objects.bulk_create(links, batch_size=LINKS_AT_ONCE)
    made = Merge.objects.create(
        kind=kind.name,
        target_id=target.id,
        operation_id=work.operation.id,
        at=work.act.at,
        by_id=work.act.user_id,
        links=[str(link.id) for link in links],
    )
    Merged.objects.bulk_create(Merged(merge=made, record_id=number) for number in sorted(numbers))


@action("contact.unmerge", right="edit", event="unmerged", label=_("Take apart"), can_undo=False)
def unmerge(work: Work, kind: Kind, records: Sequence[Any], *, merge: str) -> None:
    """Take a merge apart within 30 days: the others come back with their ties, the target with its own values.

    What somebody has changed since stays as it is. Raises `NotFound` for a merge of another record, `Conflict` when it
    is apart already, `Forbidden` when it is too late.
    """
    target = records[0]
    row = Merge.objects.select_for_update().filter(pk=ids.parse(merge), target_id=target.id).first()
    if row is None or row.kind != kind.name:
        raise NotFound()
    if row.undone_at:
        raise Conflict(_("These records are apart already."), code="apart")
    if work.act.at - row.at > WITHIN:
        raise Forbidden(
            code="too_late", message=_("Thirty days have passed: this can no longer be taken apart.")
        )
    numbers = list(row.sources.values_list("record_id", flat=True))
    work.load(kind, numbers, "delete", with_trashed=True)
    for event in Event.objects.filter(operation_id=row.operation_id).order_by("id"):
        _put_back(work, kinds[event.subject_kind], event)
    _drop_links(row)
    row.undone_at = work.act.at
    row.save(update_fields=["undone_at"])


def _put_back(work: Work, kind: Kind, event: Event) -> None:
    """Give a record what the merge took from it, where it still stands as the merge left it."""
    record = kind.model._default_manager.select_for_update(of=("self",)).filter(pk=event.subject_id).first()
    if record is None:
        return
    [record] = work.enlist(kind, [record], event="unmerged" if kind.name == "contact" else "changed")
    columns = {f.attname: f for f in record._meta.concrete_fields}
    fields = definitions.current().fields(kind.name)
    for name, (old, new) in event.changes.items():
        if name == sharing.CHANGE:
            sharing.put(work, kind, record, sharing.loaded(old))
        elif name in columns:
            column: Any = columns[name]
            if _plain(getattr(record, name)) == _plain(column.to_python(new) if new is not None else None):
                setattr(record, name, column.to_python(old) if old is not None else old)
        elif (own := fields.get(name)) is not None and record.values.get(name) == new:
            own.set(record, own.type.load(old))


def _plain(value: Any) -> Any:
    """A moment without the microseconds that an event does not keep."""
    return value.isoformat(timespec="milliseconds") if hasattr(value, "microsecond") else value


def _drop_links(row: Merge) -> None:
    """Take the history of the others, and of what came with them, out of the target's feed again."""
    came = EventLink.objects.filter(
        kind=row.kind, record_id=row.target_id, event__operation_id=row.operation_id
    )
    came.exclude(event__subject_id=row.target_id).delete()
    numbers = [int(number) for number in row.links]
    for start in range(0, len(numbers), LINKS_AT_ONCE):
        EventLink.objects.filter(pk__in=numbers[start : start + LINKS_AT_ONCE]).delete()


@steps.within("contact", "restore")
def merged_stays(work: Work, contacts: Sequence[Any]) -> None:
    """A record that went into another one comes back by taking them apart, with its ties. Raises `Conflict`."""
    went = Merged.objects.filter(record_id__in=[contact.id for contact in contacts], merge__undone_at=None)
    if went.exists():
        raise Conflict(
            _("This record was merged into another one: take them apart to get it back."), code="merged"
        )


say("merged", _("other records are merged into this one:"), icon="arrows-join", shows=("*",))
say("merged_away", _("merged into another record"), icon="arrows-join")
say("unmerged", _("records are taken apart:"), icon="arrows-split", shows=("*",))
