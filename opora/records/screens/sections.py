"""The sections of a card: which fields stand in them, and in what state."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opora.people.access import Access
from opora.people.switches import PHONE_EDIT, PHONE_SEE
from opora.records import definitions, rules, sight
from opora.records.definitions import StageOf
from opora.records.fields import Field
from opora.records.kinds import Kind, kinds
from opora.records.screens.acts import address
from opora.timeline.events import Ref
from opora.ui import formats


@dataclass(frozen=True)
class Cell:
    """A field on a card. `state` is missing, locked, auto or empty; `hint` says why; `edit` is where it changes."""

    field: Field
    value: Any
    shown: str
    state: str = ""
    hint: str = ""
    edit: str = ""
    link: str = ""


@dataclass(frozen=True)
class SectionOfCard:
    """A section with its fields; `is_limited` when not every group sees it."""

    name: str
    title: str
    cells: Sequence[Cell]
    is_limited: bool = False

    @property
    def missing(self) -> int:
        """How many fields must still be filled."""
        return sum(cell.state == "missing" for cell in self.cells)


class Cells:
    """The fields of one record as one person sees them; titles of other records are read in one query a kind."""

    def __init__(
        self,
        access: Access,
        kind: Kind,
        record: Any,
        *,
        may_edit: bool,
        near: Mapping[Ref, str] | None = None,
    ) -> None:
        self.access, self.kind, self.record, self.may_edit = access, kind, record, may_edit
        self.near = near or {}
        self.fields = definitions.current().readable(access, kind.name)
        self.next_stage = next_stage(kind, record)
        self.needed_now = _names(rules.lacking(self.fields.values(), record, record.stage_id))
        after = self.next_stage.id if self.next_stage else record.stage_id
        self.needed_next = _names(rules.lacking(self.fields.values(), record, after)) - self.needed_now

    def of(self, field: Field, titles: dict[Ref, str] | None = None) -> Cell:
        """One field as it stands on the card."""
        state, hint = self._state(field)
        edit = address(self.kind, self.record.id, "fields", field.name) if self._is_open(field, state) else ""
        value = field.get(self.record)
        ref = _ref(field, value)
        found = (titles if titles is not None else self.titles([field])).get(ref, "") if ref else ""
        shown = found or (_words(field, self.record) if not ref else "")
        link = address(kinds[ref.kind], ref.id) if ref and found else ""
        return Cell(field, value, shown, state, hint, edit, link)

    def _is_open(self, field: Field, state: str) -> bool:
        return self.may_edit and state not in ("auto", "locked") and field.type.input != "stage"

    def _state(self, field: Field) -> tuple[str, str]:
        filled = field.get(self.record) is not None
        if not field.writable:
            return "auto", _("The system fills this field.")
        if field.is_one_time and filled and not rules.may_correct(self.access):
            return "locked", _("This field is filled once and no longer changes.")
        if field.type.name == "phone" and filled:
            lacking = [each.label for each in (PHONE_SEE, PHONE_EDIT) if not self.access.has(each.name)]
            if lacking:
                words = _("Numbers are changed by those who have the right “%(right)s”.")
                return "locked", words % {"right": lacking[0]}
        if field.name in self.needed_now:
            return "missing", _("Fill in this field")
        if field.name in self.needed_next and self.next_stage:
            return "missing", _("Needed at “%(stage)s”") % {"stage": self.next_stage.shown}
        return "", ""

    def titles(self, fields: Iterable[Field]) -> dict[Ref, str]:
        """The titles of the records that these fields name, as far as the person sees them."""
        refs = [ref for field in fields if (ref := _ref(field, field.get(self.record)))]
        known = {ref: self.near[ref] for ref in refs if ref in self.near}
        return known | sight.titles(self.access, [ref for ref in refs if ref not in known])

    def sections(self, hidden: Collection[str] = ()) -> list[SectionOfCard]:
        """All sections that the person may see; those without fields are left out."""
        shown = [f for f in self.fields.values() if f.section and f.name not in hidden]
        titles = self.titles(shown)
        found = []
        for section in definitions.current().sections(self.access, self.kind):
            cells = [self.of(field, titles) for field in shown if field.section == section.name]
            if cells:
                found.append(SectionOfCard(section.name, section.shown, cells, bool(section.groups)))
        return found

    def missing_words(self, hidden: Collection[str] = ()) -> tuple[str, list[Field]]:
        """What stands above the sections when something must be filled: for which stage, and which fields."""
        names = (self.needed_now or self.needed_next) - set(hidden)
        fields = [self.fields[name] for name in names]
        if not fields:
            return "", []
        if self.needed_now:
            words = ngettext("%(n)d field is not filled in:", "%(n)d fields are not filled in:", len(fields))
            return words % {"n": len(fields)}, fields
        words = ngettext(
            "For the stage “%(stage)s” %(n)d field is missing:",
            "For the stage “%(stage)s” %(n)d fields are missing:",
            len(fields),
        )
        stage = self.next_stage.shown if self.next_stage else ""
        return words % {"n": len(fields), "stage": stage}, fields


def is_whole_day(moment: datetime) -> bool:
    """Whether a moment stands for its day: midnight where the person is."""
    return timezone.localtime(moment).time() == time.min


def _words(field: Field, record: Any) -> str:
    value = field.get(record)
    is_day = isinstance(value, datetime) and field.type.input == "moment" and is_whole_day(value)
    return formats.day(value) if is_day else field.show(record)


def _names(fields: Iterable[Field]) -> set[str]:
    return {field.name for field in fields}


def _ref(field: Field, value: Any) -> Ref | None:
    return Ref(str(field.options["kind"]), value) if field.type.input == "record" and value else None


def next_stage(kind: Kind, record: Any) -> StageOf | None:
    """The stage after the record's own on the way to success; None at the end and without a process."""
    now = definitions.current()
    process = now.process_of_stage(record.stage_id) if kind.has_stages else None
    if process is None:
        return None
    way = [stage for stage in process.stages if stage.group != "lost"]
    at = next((i for i, stage in enumerate(way) if stage.id == record.stage_id), None)
    return way[at + 1] if at is not None and at + 1 < len(way) else None
