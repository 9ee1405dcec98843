"""Files that fields hold: named by who sent them, bound to the record as it is written, let go when taken out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opora.documents.models import File
from opora.kit.errors import Invalid
from opora.records import about as cards
from opora.records import definitions, steps
from opora.records.attached import Entries, keepers
from opora.records.fields import Field
from opora.records.kinds import Kind, kinds
from opora.records.work import Saved, Work

MOST = 20


def entry(file: File) -> dict[str, Any]:
    """A file as the value of a field holds it: what a page needs to show it without asking for it."""
    return {
        "id": str(file.id),
        "name": file.title,
        "size": file.size,
        "type": file.type,
        "has_preview": file.has_preview,
    }


@keepers.add("files")
def named(work: Work, field: Field, sent: Sequence[str], before: Entries) -> list[dict[str, Any]]:
    """The files a field will hold: those it holds already, and those this person has just sent for it (R2.04).

    Raises `Invalid` for any other, and for more than the field takes.
    """
    most = int(field.options.get("most", MOST))
    if len(sent) > most:
        words = ngettext("At most %(n)d file.", "At most %(n)d files.", most)
        raise Invalid({field.name: words % {"n": most}})
    known: dict[str, Mapping[str, Any]] = {str(each["id"]): each for each in before}
    new = [int(number) for number in sent if number not in known]
    mine = File.objects.filter(
        pk__in=new, field=field.name, about_id=None, created_by_id=work.act.user_id, trashed_at=None
    )
    known |= {str(file.id): entry(file) for file in (mine.exclude(place="") if new else ())}
    if any(number not in known for number in sent):
        raise Invalid({field.name: _("There is no such file. Attach it again.")})
    return [dict(known[number]) for number in sent]


@steps.derived_from("*")
def bind(work: Work, saved: Sequence[Saved]) -> None:
    """The files of a field stand where its record stands; those taken out of it are seen by nobody."""
    kind = saved[0].kind if saved else None
    fields = _fields(kind) if kind else []
    for each in saved if fields else ():
        for field in fields:
            if (field.column or field.name) in each.changes:
                _bind_one(work, each, *each.changes[field.column or field.name])


def _fields(kind: Kind) -> list[Field]:
    return [field for field in definitions.current().fields(kind.name).values() if field.type.name == "file"]


def _bind_one(work: Work, saved: Saved, old: Entries | None, new: Entries | None) -> None:
    record, kind = saved.record, saved.kind
    where = (record.about_kind, record.about_id) if kind.seen_through else (kind.name, record.id)
    top = None if kind.seen_through else cards.top_of(record)
    here, gone = _ids(new), _ids(old) - _ids(new)
    File.objects.filter(pk__in=here).update(
        about_kind=where[0],
        about_id=where[1],
        root_kind=top.kind if top else "",
        root_id=top.id if top else None,
        detached_at=None,
    )
    left = File.objects.filter(pk__in=gone, about_kind=where[0], about_id=where[1])
    left.update(detached_at=work.act.at)


def _ids(entries: Iterable[Mapping[str, Any]] | None) -> set[int]:
    return {int(each["id"]) for each in entries or ()}


@steps.derived_from("file")
def follow_the_card(work: Work, saved: Sequence[Saved]) -> None:
    """A file that came over to another record, or back, is held there if that record's field names it."""
    moved = [each.record for each in saved if not each.is_new and "about_id" in each.changes]
    for file in (each for each in moved if each.field):
        kind = kinds.get(file.about_kind)
        field = definitions.current().fields(kind.name).get(file.field) if kind else None
        record = kind.model._default_manager.filter(pk=file.about_id).first() if kind and field else None
        if record is not None and field is not None and file.id in _ids(field.get(record)):
            File.objects.filter(pk=file.pk).update(detached_at=None)
