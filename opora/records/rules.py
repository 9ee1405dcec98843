"""The rules of fields (R5): what may be written where, by whom, and what must not be missing. Asked nowhere else."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Forbidden, Invalid, Words
from opora.people.access import Access
from opora.people.switches import FINAL_EDIT, PHONE_EDIT, PHONE_SEE
from opora.records import attached, definitions, sight, tags
from opora.records.fields import Field
from opora.records.kinds import Kind, kind_of, kinds
from opora.records.models import Record
from opora.records.work import Work
from opora.timeline.events import Ref

BY_OWN_ACTION = {"responsible": "hand_over", "stage": "move"}


def writable(work: Work, kind: Kind) -> dict[str, Field]:
    """The fields this act may name: for the system all of them, for a person those open to that person."""
    now = definitions.current()
    return now.fields(kind.name) if work.act.is_trusted else now.readable(work.access, kind.name)


def assign(
    work: Work, kind: Kind, record: Record, values: Mapping[str, Any], *, is_new: bool = False
) -> None:
    """Put what was sent into a record's fields.

    Raises `Invalid` naming every field that is unknown or closed (one and the same answer), filled by the system,
    final (U06) or wrong; `Forbidden` for a phone number without its right (U10).
    """
    fields = writable(work, kind)
    unknown = [name for name in values if name not in fields]
    if unknown:
        raise Invalid({name: _("There is no such field.") for name in unknown}, code="unknown_field")
    wrong: dict[str, list[Words]] = {}
    code = "validation_error"
    for name, raw in values.items():
        try:
            _assign_one(work, fields[name], record, raw, is_new)
        except Invalid as refusal:
            wrong |= refusal.fields
            code = refusal.code if len(values) == 1 else code
    if wrong:
        raise Invalid(wrong, code=code)


def _assign_one(work: Work, field: Field, record: Record, raw: Any, is_new: bool) -> None:
    if not field.writable:
        raise Invalid({field.name: _("The system fills this field.")}, code="read_only_field")
    if not is_new and field.name in BY_OWN_ACTION:
        raise Invalid({field.name: _("This is changed by an action of its own.")}, code="read_only_field")
    if field.type.name == "tags":
        field = tags.with_new(work, kinds[field.kind], raw)
    value, before = field.type.parse(raw, field), field.get(record)
    if field.type.name == "file":
        value = attached.named(work, field, value, before)
    if value == before:
        return
    if field.is_one_time and before is not None and not may_correct(work.access):
        raise Invalid(
            {field.name: _("This field is filled once and no longer changes.")}, code="field_is_final"
        )
    if field.type.name == "record" and value is not None:
        _must_see(work, field, value)
    if field.type.name == "phone" and before is not None and not _may_edit_phone(work):
        raise Forbidden(PHONE_EDIT.label, code="phone_edit")
    field.set(record, value)


def may_correct(access: Access) -> bool:
    """Whether the person may still change a field that is filled once: by a switch of its own only (R5.03)."""
    return access.has(FINAL_EDIT.name)


def _must_see(work: Work, field: Field, record_id: int) -> None:
    """A record may be named only by who sees it; one unseen is refused like one that is not there."""
    ref = Ref(str(field.options["kind"]), record_id)
    found = (
        sight.find(work.access, ref)
        if not work.act.is_trusted
        else kinds[ref.kind].model._default_manager.filter(pk=ref.id).first()
    )
    if found is None or found.is_trashed:
        raise Invalid({field.name: _("There is no such record.")})


def _may_edit_phone(work: Work) -> bool:
    """Who may not see a number in full may not change it either (R5.05)."""
    return work.act.is_trusted or (work.access.has(PHONE_EDIT.name) and work.access.has(PHONE_SEE.name))


def fill_defaults(work: Work, kind: Kind, record: Record) -> None:
    """Give a new record the defaults of the fields that nobody filled."""
    foreign = kind.foreign(record)
    for field in definitions.current().fields(kind.name).values():
        if field.name in foreign:
            continue
        if field.default is not None and field.writable and field.get(record) is None:
            field.set(record, field.type.load(field.default))


def missing(work: Work, kind: Kind, record: Record, *, stage_id: int | None = None) -> list[Field]:
    """The required fields that are empty, as of a stage (the record's own unless another is named) (U05)."""
    return lacking(writable(work, kind).values(), record, stage_id or record.stage_id)


def lacking(fields: Iterable[Field], record: Record, stage_id: int | None) -> list[Field]:
    """Those of the fields that a stage asks for and that are empty."""
    stage = definitions.current().stages.get(stage_id or 0)
    named = stage.asked if stage else frozenset[str]()
    foreign = kind_of(record).foreign(record)
    asked = [
        f for f in fields if (f.is_required or f.required_from or f.name in named) and f.name not in foreign
    ]
    return [f for f in asked if is_required(f, stage_id) and is_empty(f.get(record))]


def is_empty(value: Any) -> bool:
    """Whether a field's value says nothing: none, no words, no entries (R5.02)."""
    return value is None or value in ("", [], ())


def is_required(field: Field, stage_id: int | None) -> bool:
    """Required always, or from a stage that this one has reached; a lost record needs nothing more."""
    if field.is_required:
        return True
    now = definitions.current()
    stage, start = now.stages.get(stage_id or 0), now.stages.get(field.required_from or 0)
    if stage and field.name in stage.asked:
        return True
    if not stage or not start or stage.process_id != start.process_id or stage.group == "lost":
        return False
    order = [s.id for s in (now.process_of_stage(stage.id) or now.processes[0]).stages]
    return order.index(stage.id) >= order.index(start.id)


def check_complete(work: Work, kind: Kind, record: Record) -> None:
    """Refuse a record whose required fields are empty, or mark it «Заполнить» when it came by itself (R5.02).

    Raises `Invalid` that names each missing field as `required`.
    """
    lacking = missing(work, kind, record)
    if lacking and not work.act.is_soft:
        raise Invalid(
            {field.name: _("Fill in this field.") for field in lacking}, code="required", missing=lacking
        )
    record.is_incomplete = bool(lacking)


def check_put_back(work: Work, kind: Kind, record: Record, changed: Iterable[str]) -> None:
    """Refuse to take back what a required field holds, unless the record was incomplete before (R5.01).

    Raises `Invalid` that names each field as `required`.
    """
    names = {name.removesuffix("_id") for name in changed}
    lacking = [f for f in missing(work, kind, record) if (f.column or f.name).removesuffix("_id") in names]
    if lacking and not record.is_incomplete:
        raise Invalid({field.name: _("Fill in this field.") for field in lacking}, code="required")
