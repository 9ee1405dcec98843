"""The editor of one field beside its questionnaire: what it is called, what is asked of it, who fills it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opora.duplicates import keys as duplicate_keys
from opora.kit.errors import Invalid
from opora.people.middleware import access_of
from opora.records import definitions, fieldsettings, keptfields, sectionsettings
from opora.records.fields import Field, types
from opora.records.fieldsettings import own_field
from opora.records.kinds import Kind, kinds
from opora.records.models import BuiltinSetting, OwnField
from opora.records.screens import fieldpreview
from opora.records.stagesettings import LANGUAGES
from opora.records.words import in_language
from opora.shell.views.asking import ask
from opora.shell.views.fieldset import ASKING, address_of, described_kind, may_set, questionnaire
from opora.ui import htmx
from opora.ui.render import page, part

Values = dict[str, str]
ASKED = (
    "label", "type", "choices", "record_kind", "required", "required_from", "fill", "auto_at", "default", "hint",
    "is_shown", "is_filterable", "is_sortable", "finds_duplicates", "section", "only",
    *(f"label_{code}" for code in LANGUAGES),
)  # fmt: skip
"""The names of the form's inputs."""


@may_set
@require_http_methods(ASKING)
def field_new(request: HttpRequest) -> HttpResponse:
    """A form for a new own field."""
    kind = described_kind(request.GET.get("kind", "contact"))
    start = {"type": "text", "is_filterable": "1", "section": request.GET.get("section", "")}
    if request.method != "POST":
        return _editor(request, kind, None, start)
    try:
        made = fieldsettings.add_field(access_of(request), kind, request.POST.dict())
    except Invalid as refusal:
        return _editor(request, kind, None, request.POST.dict(), refusal)
    return _saved(request, kind, _("Field “%(name)s” is added.") % {"name": made.label})


@may_set
@require_http_methods(ASKING)
def field(request: HttpRequest, field_id: int) -> HttpResponse:
    """An own field. Another type is asked about first: how many values it can't read (R5.09)."""
    found = own_field(field_id)
    kind = kinds[found.kind]
    shown = definitions.current().as_field(found, kind)
    if request.method != "POST":
        return _editor(request, kind, shown, _own_values(found, shown))
    sent = request.POST.dict()
    try:
        if sent.get("type", found.type) != found.type:
            return _change_type(request, kind, found, sent)
        saved = fieldsettings.change_field(access_of(request), field_id, sent)
        _compare_anew(found, saved)
    except Invalid as refusal:
        return _editor(request, kind, shown, sent, refusal)
    return _saved(request, kind, _("Field “%(name)s” is saved.") % {"name": saved.label})


@may_set
@require_http_methods(ASKING)
def builtin(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """A field of the house: renamed, asked for, hidden, never removed (N21)."""
    of = described_kind(kind)
    fieldsettings.builtin_field(of, name)
    shown = definitions.current().fields(kind)[name]
    if request.method != "POST":
        return _editor(request, of, shown, _values(shown) | {"is_shown": "" if shown.is_hidden else "1"})
    sent = {"is_shown": "", **request.POST.dict()}
    try:
        fieldsettings.change_builtin(access_of(request), of, name, sent)
    except Invalid as refusal:
        return _editor(request, of, shown, sent, refusal)
    return _saved(request, of, _("Field “%(name)s” is saved.") % {"name": sent["label"]})


def _compare_anew(before: OwnField, after: OwnField) -> None:
    """Make the keys of duplicates anew when a field is to find them, or no more."""
    if before.options.get("finds_duplicates") != after.options.get("finds_duplicates"):
        duplicate_keys.rebuild.using(key="duplicates:rebuild").enqueue()


def _change_type(request: HttpRequest, kind: Kind, found: OwnField, sent: Values) -> HttpResponse:
    if sent.get("confirmed") == sent["type"]:
        made = keptfields.change_type(access_of(request), found.id, sent)
        return _saved(request, kind, _("The type of “%(name)s” is changed.") % {"name": made.label})
    counted = keptfields.census(found, keptfields.successor_of(found, sent))
    context = {
        "title": _("Change the type of “%(name)s”?") % {"name": found.label},
        "counted": counted,
        "old_type": types[found.type].label,
        "new_type": types[sent["type"]].label,
        "sent": {name: value for name, value in sent.items() if name != "csrfmiddlewaretoken"},
        "action": request.path,
        "back": request.path,
        "settings_item": "fields",
    }
    if htmx.is_fragment(request):
        response = part(request, "shell/type_dialog.html", context, 422)
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#dialogs", "innerHTML"
        return response
    return page(request, "shell/type_page.html", context, status=422)


def _saved(request: HttpRequest, kind: Kind, words: str) -> HttpResponse:
    return htmx.redirect(request, address_of(kind.name), words)


def _editor(
    request: HttpRequest, kind: Kind, shown: Field | None, values: Values, refusal: Invalid | None = None
) -> HttpResponse:
    errors = (
        {name: [str(word) for word in words] for name, words in refusal.fields.items()} if refusal else {}
    )
    context = _form(kind, shown, values) | {
        "errors": errors,
        "action": request.get_full_path(),
        "preview": _preview(request, kind, shown, values),
    }
    status = 422 if refusal else 200
    if htmx.is_fragment(request):
        return part(request, "shell/field_editor.html", context, status)
    return page(request, "shell/fields.html", questionnaire(kind) | context, status=status)


def _form(kind: Kind, shown: Field | None, values: Values) -> dict[str, Any]:
    now = definitions.current()
    sections = [(kind.sections[0].name, str(kind.sections[0].label))]
    sections += [(str(row.id), in_language(row.name, row.names)) for row in sectionsettings.sections_of(kind)]
    stages = [
        (stage.id, stage.shown if len(now.processes_of(kind.name)) < 2 else f"{process.shown}: {stage.shown}")
        for process in now.processes_of(kind.name)
        for stage in process.stages
    ]
    is_own = shown is None or shown.is_own
    return {
        "editor": True,
        "kind": kind,
        "shown": shown,
        "is_own": is_own,
        "is_written": shown is None or shown.is_own or shown.writable,
        "can_hide": shown is not None and not is_own and not shown.is_fixed and not _always(kind, shown),
        "is_always": shown is not None and not is_own and _always(kind, shown),
        "title": _("Field “%(name)s”") % {"name": shown.shown_label} if shown else _("New field"),
        "values": dict.fromkeys(ASKED, "") | values,
        "type_options": [(one.name, one.label, one.icon) for one in fieldsettings.offered_types()],
        "record_options": [(one.name, one.label_plural) for one in fieldsettings.linkable()],
        "with_default": fieldsettings.WITH_DEFAULT,
        "looks_for_duplicates": kind.name in duplicate_keys.KINDS,
        "section_options": sections,
        "sort_options": _sorts(kind, shown),
        "stage_options": [("", _("Choose a stage")), *stages] if kind.has_stages else [],
        "preview_url": reverse(
            "shell:field_preview", query={"kind": kind.name, "field": shown.name if shown else ""}
        ),
        "close_url": address_of(kind.name),
    }


def _sorts(kind: Kind, shown: Field | None) -> list[tuple[str, str]]:
    """Of which records the field may be asked: of all, or of one sort; nothing to choose where the house decides."""
    sorts = fieldsettings.sorts_of(kind)
    if not sorts or (shown is not None and (shown.name in kind.sort_fixed or shown.is_fixed)):
        return []
    return [("", _("All")), *sorts]


def _always(kind: Kind, field: Field) -> bool:
    """Whether the house itself asks for a field."""
    return fieldsettings.builtin_field(kind, field.name).is_required


def _values(shown: Field) -> Values:
    required = "always" if shown.is_required else "stage" if shown.required_from else "no"
    return {
        "label": str(shown.label),
        "hint": str(shown.hint),
        "type": shown.type.name,
        "required": required,
        "required_from": str(shown.required_from or ""),
        "fill": "once" if shown.is_one_time else "person",
        "default": fieldsettings.default_words(shown),
        "only": shown.only,
        **{f"label_{code}": shown.labels.get(code, "") for code in LANGUAGES},
    }


def _own_values(found: OwnField, shown: Field) -> Values:
    return _values(shown) | {
        "section": str(found.section_id or ""),
        "choices": "\n".join(choice["label"] for choice in found.options.get("choices", ())),
        "finds_duplicates": "1" if found.options.get("finds_duplicates") else "",
        "record_kind": str(found.options.get("kind", "")),
        "fill": "system" if found.is_auto else "once" if found.is_one_time else "person",
        "auto_at": str(found.auto_at_id or ""),
        "is_filterable": "1" if found.is_filterable else "",
        "is_sortable": "1" if found.is_sortable else "",
    }


@may_set
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """How the field will stand in a card, as the form is now; nothing is saved."""
    kind = described_kind(request.GET.get("kind", "contact"))
    name = request.GET.get("field", "")
    shown = definitions.current().fields(kind.name).get(name)
    sent = {"is_shown": "", **request.POST.dict()}
    context = {"preview": _preview(request, kind, shown, sent)}
    return part(request, "shell/field_preview.html", context)


def _preview(request: HttpRequest, kind: Kind, shown: Field | None, values: Mapping[str, str]) -> Any:
    """The card's section with the field as the form describes it; what can't be read yet stands as it was."""
    drafted = shown
    try:
        drafted = _drafted(kind, shown, values)
    except Invalid:
        if shown is None:
            return None
    assert drafted is not None
    stage = request.POST.get("_stage", "")
    return fieldpreview.preview(
        access_of(request), kind, drafted, int(stage) if stage.isascii() and stage.isdigit() else None
    )


def _drafted(kind: Kind, shown: Field | None, values: Mapping[str, str]) -> Field:
    now = definitions.current()
    if shown is not None and not shown.is_own:
        row = BuiltinSetting(kind=kind.name, name=shown.name)
        house = fieldsettings.builtin_field(kind, shown.name)
        fieldsettings.fill_builtin(row, kind, house, values)
        return replace(
            shown,
            label=row.label or house.label,
            labels=row.labels,
            hint=row.hint,
            is_required=house.is_required or row.is_required,
            required_from=row.required_from_id,
            is_one_time=row.is_one_time,
            is_hidden=row.is_hidden,
            only=row.only,
        )
    drafted = now.as_field(fieldsettings.drafted(kind, values), kind)
    return replace(drafted, name=shown.name, position=shown.position) if shown else drafted


@may_set
@require_http_methods(ASKING)
def removal(request: HttpRequest, field_id: int) -> HttpResponse:
    """Delete a field; its values stay stored for 90 days."""
    found = own_field(field_id)

    def save() -> str:
        gone = keptfields.delete_field(access_of(request), field_id)
        return _("Field “%(name)s” is deleted. Its values are kept for 90 days.") % {"name": gone.label}

    context = {
        "title": _("Delete the field “%(name)s”?") % {"name": found.label},
        "item": "fields",
        "save_text": _("Delete the field"),
        "is_danger": True,
    }
    return ask(request, "shell/ask_field_removal.html", context, save=save, back=address_of(found.kind))


@may_set
@require_POST
def comeback(request: HttpRequest, field_id: int) -> HttpResponse:
    """Bring a deleted field back with its values."""
    found = keptfields.bring_back(access_of(request), field_id)
    words = _("Field “%(name)s” is back with its values.") % {"name": found.label}
    return htmx.redirect(request, address_of(found.kind), words)
