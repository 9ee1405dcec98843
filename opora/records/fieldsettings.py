"""The questionnaire of a kind: fields added, changed, ordered, hidden (I09, N21, U05–U07).

A field of the house is set by its name, an own one by its id; deleting an own field and changing its type stand in
`keptfields`, the order of fields in `fieldorder`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid, NotFound
from opora.kit.ids import new_id
from opora.kit.text import clean
from opora.people.access import Access
from opora.records import definitions, indexes
from opora.records.autofill import FILLED
from opora.records.fields import Field, types
from opora.records.fields.types import FieldType
from opora.records.kinds import Kind, kinds
from opora.records.models import BuiltinSetting, OwnField, Section, Stage
from opora.records.settings_log import note
from opora.records.settingswords import text, translations
from opora.timeline.events import Ref

LABEL_LENGTH, HINT_LENGTH, DEFAULT_LENGTH = 120, 250, 2000
MOST_FIELDS, MOST_CHOICES = 200, 200
BEHIND_BUILTIN = 1000
"""Where the first own field of a kind's first section stands: behind all fields of the house."""
WITH_DEFAULT = (
    "text",
    "long_text",
    "number",
    "money",
    "checkbox",
    "date",
    "moment",
    "selector",
    "multi_selector",
    "link",
)
"""The types whose value means the same for every new record, and so may stand there from the start."""
FIND_DUPLICATES = ("text", "number", "link")
"""The types whose equal values may be a reason to merge records: a tax number, an address of a site."""
TRACKED = (
    "label", "labels", "hint", "default", "is_required", "required_from_id", "is_one_time", "is_auto", "auto_at_id",
    "is_filterable", "is_sortable", "is_hidden", "options", "section_id", "only",
)  # fmt: skip
_LINES = re.compile(r"\r\n|\r|\n")


def offered_types() -> list[FieldType]:
    """The types an own field may have."""
    return [kind for kind in types if kind.is_for_own]


def has_choices(type_name: str) -> bool:
    """Whether fields of the type have options to choose from."""
    return "selector" in type_name


def choices_of(sent: Mapping[str, str], before: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """The options typed one a line; an option keeps its id, and so its records, while its line keeps its words.

    A line whose words changed in place is a renaming: it takes the id that stood at its place.
    """
    lines = list(
        dict.fromkeys(filter(None, (line.strip() for line in _LINES.split(sent.get("choices", "")))))
    )
    if not lines:
        raise Invalid({"choices": _("Write the options, one a line.")}, code="required")
    if len(lines) > MOST_CHOICES:
        raise Invalid({"choices": _("At most 200 options.")})
    old = {str(choice["label"]): dict(choice) for choice in before}
    renamed = [dict(choice) for choice in before if choice["label"] not in lines]
    found = []
    for place, line in enumerate(lines):
        kept = old.get(line) or _renamed(renamed, before, place)
        base = kept or {"id": str(new_id()), "labels": {}, "color": ""}
        found.append({**base, "label": clean(line, LABEL_LENGTH, field="choices")})
    return found


def _renamed(
    candidates: list[dict[str, Any]], before: Sequence[Mapping[str, Any]], place: int
) -> dict[str, Any] | None:
    """The option that stood at this place, when its words are gone."""
    if place >= len(before):
        return None
    return next((c for c in candidates if c["id"] == before[place]["id"]), None)


def add_field(access: Access, kind: Kind, sent: Mapping[str, str]) -> OwnField:
    """A new own field of a kind; its index is made by a job. Raises `Invalid`."""
    with transaction.atomic():
        fields = OwnField.objects.filter(kind=kind.name, deleted_at=None)
        if fields.count() >= MOST_FIELDS:
            raise Invalid({"label": _("A kind has at most 200 own fields.")})
        field = drafted(kind, sent)
        last = fields.filter(section=field.section).aggregate(last=Max("position"))["last"] or 0
        field.position = max(last, 0 if field.section else BEHIND_BUILTIN) + 1
        field.save(force_insert=True)
        note(access, "field.created", Ref("field", field.id), {"label": [None, field.label]})
        indexes.reconcile_later.enqueue()
    return field


def drafted(kind: Kind, sent: Mapping[str, str]) -> OwnField:
    """The own field that a form describes, not saved: to be added, or only to be shown. Raises `Invalid`."""
    type_name = sent.get("type", "")
    if type_name not in {offered.name for offered in offered_types()}:
        raise Invalid({"type": _("Choose one of the list.")})
    field = OwnField(kind=kind.name, type=type_name)
    fill_own(field, kind, sent)
    return field


def change_field(access: Access, field_id: int, sent: Mapping[str, str]) -> OwnField:
    """Change all of an own field but its type. Raises `NotFound`, `Invalid`."""
    with transaction.atomic():
        field = own_field(field_id, locked=True)
        before = _tracked(field)
        fill_own(field, kinds[field.kind], sent)
        field.save()
        note(access, "field.changed", Ref("field", field.id), _changes(before, field))
        indexes.reconcile_later.enqueue()
    return field


def change_builtin(access: Access, kind: Kind, name: str, sent: Mapping[str, str]) -> BuiltinSetting:
    """Rename a field of the house, say what is asked of it, hide it or show it. Raises `NotFound`, `Invalid`."""
    builtin = builtin_field(kind, name)
    with transaction.atomic():
        rows = BuiltinSetting.objects.select_for_update()
        row = rows.filter(kind=kind.name, name=name).first() or BuiltinSetting(kind=kind.name, name=name)
        before = _tracked(row)
        fill_builtin(row, kind, builtin, sent)
        row.save()
        changes = _changes(before, row)
        note(
            access,
            "field.changed",
            Ref("field", row.id),
            changes | ({"name": [None, name]} if changes else {}),
        )
    return row


def builtin_field(kind: Kind, name: str) -> Field:
    """A field of the house that stands in the questionnaire, as the kind brings it. Raises `NotFound`."""
    found = next((field for field in kind.fields if field.name == name and field.section), None)
    if found is None:
        raise NotFound()
    return found


def fill_own(field: OwnField, kind: Kind, sent: Mapping[str, str]) -> None:
    """Put what a form says into an own field. Raises `Invalid`."""
    field.section = _section(kind, sent.get("section", ""))
    field.label = text(sent, "label", LABEL_LENGTH, required=True)
    field.labels = translations(sent, LABEL_LENGTH)
    field.hint = text(sent, "hint", HINT_LENGTH)
    field.only = _only(kind, sent)
    field.is_filterable = sent.get("is_filterable") == "1"
    field.is_sortable = sent.get("is_sortable") == "1" and types[field.type].can_sort
    if field.type in FIND_DUPLICATES:
        field.options = field.options | {"finds_duplicates": sent.get("finds_duplicates") == "1"}
    if has_choices(field.type):
        field.options = field.options | {"choices": choices_of(sent, field.options.get("choices", ()))}
    if field.type == "record":
        field.options = field.options | {"kind": _record_kind(sent, field.options.get("kind", ""))}
    field.is_auto = sent.get("fill") == "system"
    if field.is_auto:
        _fill_auto(field, kind, sent)
        return
    field.auto_at = None
    _fill_demands(field, kind, sent)
    field.default = _default(definitions.current().as_field(field, kind), sent)


def _fill_auto(field: OwnField, kind: Kind, sent: Mapping[str, str]) -> None:
    """A field that the system fills asks nothing of people (U07)."""
    if field.type not in FILLED:
        raise Invalid({"fill": _("The system fills dates and numbers only.")})
    field.auto_at = _stage(kind, sent, "auto_at")
    field.is_required, field.required_from, field.is_one_time, field.default = False, None, False, None
    if field.type == "number":
        field.options = field.options | {"digits": 0}


def fill_builtin(row: BuiltinSetting, kind: Kind, builtin: Field, sent: Mapping[str, str]) -> None:
    """Put what a form says into the setting of a field of the house. Raises `Invalid`."""
    label = text(sent, "label", LABEL_LENGTH, required=True)
    row.label = "" if label == str(builtin.label) else label
    row.labels = translations(sent, LABEL_LENGTH)
    row.hint = text(sent, "hint", HINT_LENGTH)
    row.only = _only(kind, sent) if builtin.name not in kind.sort_fixed else ""
    row.is_hidden = sent.get("is_shown", "1") != "1"
    if not builtin.writable:
        return
    _fill_demands(row, kind, sent)
    if row.is_hidden and (row.is_required or row.required_from_id or not builtin.can_hide):
        raise Invalid({"is_shown": _("A field that must be filled can’t be hidden.")})
    row.default = _default(builtin, sent) if builtin.column and not builtin.is_required else None


def _fill_demands(row: OwnField | BuiltinSetting, kind: Kind, sent: Mapping[str, str]) -> None:
    """Required never, from a stage or always (U05); filled once or at will (U06)."""
    required = sent.get("required", "no")
    if required not in ("no", "stage", "always"):
        raise Invalid({"required": _("Choose one of the list.")})
    row.is_required = required == "always"
    row.required_from = _stage(kind, sent, "required_from") if required == "stage" else None
    row.is_one_time = sent.get("fill") == "once"


def _stage(kind: Kind, sent: Mapping[str, str], name: str) -> Stage:
    number = sent.get(name, "")
    known = number.isascii() and number.isdigit() and len(number) < 20
    found = Stage.objects.filter(pk=int(number), process__kind=kind.name).first() if known else None
    if found is None:
        raise Invalid({name: _("Choose a stage.")})
    return found


def _default(field: Field, sent: Mapping[str, str]) -> Any:
    """The stored form of the default that was typed; the options of a selector are named by their words."""
    typed = text(sent, "default", DEFAULT_LENGTH)
    if not typed or field.type.name not in WITH_DEFAULT:
        return None
    try:
        return field.type.dump(field.type.parse(typed, field))
    except Invalid as refusal:
        raise Invalid({"default": next(iter(refusal.fields.values()))}) from None


def default_words(field: Field) -> str:
    """A field's default as it stands in the editor."""
    if field.default is None:
        return ""
    value = field.type.load(field.default)
    return field.type.show(value, field) if has_choices(field.type.name) else field.type.edited(value, field)


def sorts_of(kind: Kind) -> list[tuple[str, str]]:
    """The sorts of a kind's records that a field may be asked of alone, with their words; none where there are none."""
    field = next((field for field in kind.fields if field.name == kind.sort_field), None)
    return [(choice.id, str(choice.shown)) for choice in field.choices] if field else []


def _only(kind: Kind, sent: Mapping[str, str]) -> str:
    wanted = sent.get("only", "")
    if wanted and wanted not in dict(sorts_of(kind)):
        raise Invalid({"only": _("Choose one of the list.")})
    return wanted


def linkable() -> list[Kind]:
    """The kinds whose records a field may name."""
    return [kind for kind in kinds if not kind.seen_through]


def _record_kind(sent: Mapping[str, str], before: str) -> str:
    """The kind of the records that a field names; it never changes, since the ids would mean others."""
    wanted = before or sent.get("record_kind", "")
    if wanted not in {kind.name for kind in linkable()}:
        raise Invalid({"record_kind": _("Choose one of the list.")})
    return wanted


def _section(kind: Kind, wanted: str) -> Section | None:
    """The project's section that a form names, or None for the kind's own first one. Raises `Invalid`."""
    if wanted in ("", kind.sections[0].name):
        return None
    known = wanted.isascii() and wanted.isdigit() and len(wanted) < 20
    section = Section.objects.filter(kind=kind.name, pk=int(wanted)).first() if known else None
    if section is None:
        raise Invalid({"section": _("Choose one of the list.")})
    return section


def _tracked(row: OwnField | BuiltinSetting) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in TRACKED if hasattr(row, name)}
    return {name: str(value) if name.endswith("_id") and value else value for name, value in found.items()}


def _changes(before: Mapping[str, Any], row: OwnField | BuiltinSetting) -> dict[str, list[Any]]:
    after = _tracked(row)
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}


def own_field(field_id: int, *, locked: bool = False) -> OwnField:
    """An own field that is not deleted. Raises `NotFound`."""
    rows = OwnField.objects.filter(deleted_at=None)
    field = (rows.select_for_update() if locked else rows).filter(pk=field_id).first()
    if field is None:
        raise NotFound()
    return field
