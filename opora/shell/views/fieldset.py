"""Settings › "Анкета": the sections and fields of contacts, deals and tasks, in their order."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opora.kit.errors import Conflict, NotFound
from opora.people import circles
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.switches import SETTINGS
from opora.records import definitions, fieldorder, fieldsettings, keptfields, sectionsettings
from opora.records.fields import Field
from opora.records.kinds import Kind, kind_named, kinds
from opora.records.models import Section
from opora.records.screens.faces import face_of
from opora.records.stagesettings import LANGUAGES
from opora.records.words import in_language
from opora.shell.navigation import place_of
from opora.shell.views.asking import ask
from opora.ui import htmx
from opora.ui.render import page, part

ASKING = ["GET", "HEAD", "POST"]
NOT_IN_SECTIONS = ("next_step_at",)
"""Stands in the head of a card, whatever the questionnaire says."""
may_set = switch(SETTINGS.name)


def described_kind(name: str) -> Kind:
    """A kind that has a questionnaire. Raises `NotFound`."""
    kind = kind_named(name)
    if kind.seen_through:
        raise NotFound()
    return kind


def address_of(kind: str) -> str:
    """The questionnaire of a kind."""
    return reverse("shell:fields", query={"kind": kind})


@may_set
@require_safe
def fields(request: HttpRequest) -> HttpResponse:
    """The questionnaire of a kind: its own first section, then the project's, and what can be brought back."""
    kind = described_kind(request.GET.get("kind", "contact"))
    return page(
        request, "shell/fields.html", questionnaire(kind), fragment={"fields": "shell/fields_list.html"}
    )


def questionnaire(kind: Kind) -> dict[str, Any]:
    """What the page of a questionnaire shows."""
    now = definitions.current()
    rows = {str(row.id): row for row in sectionsettings.sections_of(kind)}
    apart = {*face_of(kind.name).apart, *NOT_IN_SECTIONS}
    every = now.fields(kind.name)
    sections = [
        _section(
            kind, rows.get(name), [every[field] for field in names if field not in apart], apart & {*names}
        )
        for name, names in fieldorder.sections_with_fields(kind)
    ]
    return {
        "kind": kind,
        "described": [one for one in sorted(kinds, key=place_of) if not one.seen_through],
        "sections": sections,
        "number": sum(len(section["fields"]) for section in sections),
        "own_number": sum(field.is_own for field in every.values()),
        "kept": [(field, keptfields.until(field)) for field in keptfields.kept_of(kind)],
        "settings_item": "fields",
    }


def _section(kind: Kind, row: Section | None, shown: Sequence[Field], unseen: set[str]) -> dict[str, Any]:
    return {
        "id": row.id if row else "",
        "key": str(row.id) if row else kind.sections[0].name,
        "name": in_language(row.name, row.names) if row else str(kind.sections[0].label),
        "groups": ", ".join(circles.group_names(row.groups).values()) if row else "",
        "fields": [_row(kind, field) for field in shown],
        "unseen": sorted(unseen),
    }


def _row(kind: Kind, field: Field) -> dict[str, Any]:
    stages = definitions.current().stages
    start, auto = stages.get(field.required_from or 0), stages.get(field.auto_at or 0)
    where = (field.name.removeprefix("f"),) if field.is_own else (kind.name, field.name)
    return {
        "field": field,
        "type": " · ".join(
            filter(None, (type_words(field), dict(fieldsettings.sorts_of(kind)).get(field.only, "")))
        ),
        "start": start.shown if start else "",
        "auto": auto.shown if auto else "",
        "url": reverse("shell:field" if field.is_own else "shell:builtin", args=where),
        "step_url": reverse("shell:field_step", args=(kind.name, field.name)),
        "removal_url": reverse("shell:field_removal", args=where) if field.is_own else "",
    }


def type_words(field: Field) -> str:
    """What a field's type is called; one that the system fills is a type of its own to people."""
    if field.is_own and not field.writable:
        return _("Auto-number") if field.type.name == "number" else _("Auto-date")
    return str(field.type.label)


def list_of(request: HttpRequest, kind: Kind) -> HttpResponse:
    """The sections again, after something in them moved."""
    if not htmx.is_fragment(request):
        return htmx.redirect(request, address_of(kind.name))
    return part(request, "shell/fields_list.html", questionnaire(kind))


@may_set
@require_POST
def step(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """A field one place up or down inside its section."""
    of = described_kind(kind)
    fieldorder.step_field(access_of(request), of, name, -1 if request.POST.get("by") == "up" else 1)
    return list_of(request, of)


@may_set
@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """The whole questionnaire after dragging: `ids` are sections (`s:main`, `s:7`), each before its fields.

    What can't stand so is put back, with words.
    """
    kind = described_kind(request.GET.get("kind", "contact"))
    try:
        fieldorder.order_questionnaire(access_of(request), kind, _order(request.POST.getlist("ids")))
    except Conflict as refusal:
        if not htmx.is_fragment(request):
            raise
        response = list_of(request, kind)
        htmx.toast(response, str(refusal.message), kind="danger")
        return response
    return list_of(request, kind)


def _order(ids: Sequence[str]) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for text in ids:
        if text.startswith("s:"):
            found.append((text[2:], []))
        elif found:
            found[-1][1].append(text)
    return found


@may_set
@require_http_methods(ASKING)
def section_new(request: HttpRequest) -> HttpResponse:
    """A form for a new section."""
    kind = described_kind(request.GET.get("kind", "contact"))

    def save() -> str:
        made = sectionsettings.add_section(
            access_of(request), kind, request.POST.dict(), request.POST.getlist("groups")
        )
        return _("Section “%(name)s” is added.") % {"name": made.name}

    context = _asked(request, _("New section"), {}, [])
    return ask(request, "shell/ask_section.html", context, save=save, back=address_of(kind.name))


@may_set
@require_http_methods(ASKING)
def section(request: HttpRequest, section_id: int) -> HttpResponse:
    """Rename a section, and say which groups see it."""
    found = sectionsettings.section_row(section_id)

    def save() -> str:
        saved = sectionsettings.change_section(
            access_of(request), section_id, request.POST.dict(), request.POST.getlist("groups")
        )
        return _("Section “%(name)s” is saved.") % {"name": saved.name}

    values = {"label": found.name} | {f"label_{code}": found.names.get(code, "") for code in LANGUAGES}
    title = _("Section “%(name)s”") % {"name": found.name}
    context = _asked(request, title, values, found.groups)
    return ask(request, "shell/ask_section.html", context, save=save, back=address_of(found.kind))


def _asked(request: HttpRequest, title: str, values: dict[str, str], groups: Sequence[int]) -> dict[str, Any]:
    ticked = (
        request.POST.getlist("groups") if request.method == "POST" else [str(number) for number in groups]
    )
    options = [(str(group.id), group.name) for group in circles.all_of(circles.GROUP)]
    return {"title": title, "item": "fields", "values": values, "group_options": options, "ticked": ticked}


@may_set
@require_POST
def section_step(request: HttpRequest, section_id: int) -> HttpResponse:
    """A section one place up or down."""
    kind = kinds[sectionsettings.section_row(section_id).kind]
    by = -1 if request.POST.get("by") == "up" else 1
    fieldorder.step_section(access_of(request), kind, section_id, by)
    return list_of(request, kind)


@may_set
@require_http_methods(ASKING)
def section_removal(request: HttpRequest, section_id: int) -> HttpResponse:
    """Remove a section that no field stands in."""
    found = sectionsettings.section_row(section_id)

    def save() -> str:
        gone = sectionsettings.remove_section(access_of(request), section_id)
        return _("Section “%(name)s” is removed.") % {"name": gone.name}

    context = {
        "title": _("Remove the section “%(name)s”?") % {"name": found.name},
        "item": "fields",
        "save_text": _("Remove the section"),
        "is_danger": True,
    }
    return ask(request, "shell/ask_section_removal.html", context, save=save, back=address_of(found.kind))
