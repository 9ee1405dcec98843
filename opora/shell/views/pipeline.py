"""Settings › "Воронка": processes and stages of deals and contacts."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opora.kit import ids
from opora.kit.errors import NotFound
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.switches import SETTINGS
from opora.records import definitions, stagesettings
from opora.records.colors import hex_of
from opora.records.definitions import ProcessOf, StageOf
from opora.records.kinds import Kind, kind_named, kinds
from opora.records.words import GROUPS
from opora.shell.navigation import place_of
from opora.shell.views.asking import ask
from opora.ui import htmx
from opora.ui.render import page, part

ASKING = ["GET", "HEAD", "POST"]
BESIDE = {
    "new": gettext_lazy("nobody has got in touch yet"),
    "work": gettext_lazy("the probability grows from stage to stage"),
    "won": gettext_lazy("probability 100 %"),
    "lost": gettext_lazy("probability 0 %"),
}
COLORS = {
    "slate": gettext_lazy("Grey"), "red": gettext_lazy("Red"), "coral": gettext_lazy("Coral"),
    "orange": gettext_lazy("Orange"), "amber": gettext_lazy("Amber"), "lime": gettext_lazy("Lime"),
    "green": gettext_lazy("Green"), "teal": gettext_lazy("Teal"), "sky": gettext_lazy("Sky blue"),
    "blue": gettext_lazy("Blue"), "violet": gettext_lazy("Violet"), "pink": gettext_lazy("Pink"),
}  # fmt: skip
PERCENT = gettext_lazy("Probability, %")
may_set = switch(SETTINGS.name)


@may_set
@require_safe
def stages(request: HttpRequest) -> HttpResponse:
    """The stages of a process, in their four groups."""
    kind = _kind(request.GET.get("kind", "deal"))
    wanted = request.GET.get("process", "")
    process = definitions.current().process(kind.name, ids.parse(wanted) if wanted else None)
    return page(request, "shell/stages.html", _shown(kind, process), fragment="shell/stages_list.html")


def _kind(name: str) -> Kind:
    kind = kind_named(name)
    if not kind.has_stages:
        raise NotFound()
    return kind


def _shown(kind: Kind, process: ProcessOf | None) -> dict[str, Any]:
    grouped = [
        (
            group,
            title,
            BESIDE[group],
            [stage for stage in (process.stages if process else ()) if stage.group == group],
        )
        for group, title in GROUPS.items()
    ]
    return {
        "kind": kind,
        "staged": [one for one in sorted(kinds, key=place_of) if one.has_stages],
        "process": process,
        "processes": definitions.current().processes_of(kind.name),
        "groups": grouped,
        "colors": COLORS,
        "hex_of": hex_of,
        "percent_words": PERCENT,
        "settings_item": "stages",
        "needs_of": _needed(kind, process),
        "has_reasons": "lost_reason" in definitions.current().fields(kind.name),
    }


def _needed(kind: Kind, process: ProcessOf | None) -> dict[int, int]:
    """How many fields each stage asks for itself, those of the questionnaire among them."""
    fields = definitions.current().fields(kind.name).values()
    return {
        stage.id: len(stage.needs | {f.name for f in fields if f.required_from == stage.id})
        for stage in (process.stages if process else ())
    }


def _back(stage: StageOf) -> str:
    return _address(stage.process_id)


def _address(process_id: int) -> str:
    process = next((p for p in definitions.current().processes if p.id == process_id), None)
    if process is None:
        raise NotFound()
    return reverse("shell:stages", query={"kind": process.kind, "process": process.id})


def _known(stage_id: int) -> StageOf:
    stage = definitions.current().stages.get(stage_id)
    if stage is None:
        raise NotFound()
    return stage


def _list(request: HttpRequest, process_id: int, words: str = "") -> HttpResponse:
    """The stages as they are now, for the page that asked by htmx; else the page itself."""
    if not htmx.is_fragment(request):
        return htmx.redirect(request, _address(process_id), words or None)
    found = next(p for p in definitions.current().processes if p.id == process_id)
    response = part(request, "shell/stages_list.html", _shown(kinds[found.kind], found))
    if words:
        htmx.toast(response, words)
    return response


@may_set
@require_http_methods(ASKING)
def stage_new(request: HttpRequest) -> HttpResponse:
    """A form for a new stage of a group."""
    process_id, group = ids.parse(request.GET.get("process", "")), request.GET.get("group", "work")
    if group not in GROUPS:
        raise NotFound()

    def save() -> str:
        made = stagesettings.add_stage(access_of(request), process_id, group, request.POST.dict())
        return _("Stage “%(name)s” is added.") % {"name": made.name}

    context = {
        "title": _("New stage: %(group)s") % {"group": GROUPS[group]},
        "item": "stages",
        "values": {"color": "sky", "probability": "50"},
        "colors": COLORS,
        "hex_of": hex_of,
        "percent_words": PERCENT,
        "is_open": group in ("new", "work"),
    }
    return ask(request, "shell/ask_stage.html", context, save=save, back=_address(process_id))


@may_set
@require_http_methods(ASKING)
def stage(request: HttpRequest, stage_id: int) -> HttpResponse:
    """A stage: all of it in a form; a single value that a row of the list sends is saved at once."""
    found = _known(stage_id)
    if request.method == "POST" and request.POST.get("_row"):
        stagesettings.change_stage(access_of(request), stage_id, request.POST.dict())
        return _list(request, found.process_id)

    def save() -> str:
        saved = stagesettings.change_stage(access_of(request), stage_id, request.POST.dict())
        return _("Stage “%(name)s” is saved.") % {"name": saved.name}

    values = {"name": found.name, "color": found.color, "probability": str(found.probability)}
    values |= {f"name_{code}": found.names.get(code, "") for code in stagesettings.LANGUAGES}
    context = {
        "title": _("Stage “%(name)s”") % {"name": found.shown},
        "item": "stages",
        "values": values,
        "colors": COLORS,
        "hex_of": hex_of,
        "percent_words": PERCENT,
        "is_open": not found.is_closed,
    }
    return ask(request, "shell/ask_stage.html", context, save=save, back=_back(found))


@may_set
@require_POST
def step(request: HttpRequest, stage_id: int) -> HttpResponse:
    """One step up or down inside the group."""
    found = _known(stage_id)
    process = definitions.current().process_of_stage(stage_id)
    beside = [one.id for one in (process.stages if process else ()) if one.group == found.group]
    by = -1 if request.POST.get("by") == "up" else 1
    stagesettings.order_stages(access_of(request), stagesettings.stepped(beside, stage_id, by))
    return _list(request, found.process_id)


@may_set
@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """The order of a group after dragging."""
    wanted = [ids.parse(number) for number in request.POST.getlist("ids")]
    if not wanted:
        raise NotFound()
    stagesettings.order_stages(access_of(request), wanted)
    return _list(request, _known(wanted[0]).process_id)


@may_set
@require_http_methods(ASKING)
def removal(request: HttpRequest, stage_id: int) -> HttpResponse:
    """Remove a stage; where records stand in it, first ask where they go."""
    found = _known(stage_id)
    process = definitions.current().process_of_stage(stage_id)
    if process is None:
        raise NotFound()
    others = [one for one in process.stages if one.id != stage_id]

    def save() -> str:
        to = request.POST.get("to", "")
        moved = stagesettings.remove_stage(access_of(request), stage_id, ids.parse(to) if to else None)
        if moved > stagesettings.AT_ONCE:
            return _("The records are being moved; the stage goes away after that.")
        return _("Stage “%(name)s” is removed.") % {"name": found.shown}

    context = {
        "title": _("Remove the stage “%(name)s”?") % {"name": found.shown},
        "item": "stages",
        "number": stagesettings.standing_in(kinds[process.kind], stage_id),
        "others": [(one.id, one.shown) for one in others],
        "save_text": _("Remove the stage"),
        "is_danger": True,
    }
    return ask(request, "shell/ask_stage_removal.html", context, save=save, back=_back(found))


@may_set
@require_http_methods(ASKING)
def process_new(request: HttpRequest) -> HttpResponse:
    """A form for a new process."""
    kind = _kind(request.GET.get("kind", "deal"))

    def save() -> str:
        made = stagesettings.add_process(access_of(request), kind, request.POST.dict())
        return _("Process “%(name)s” is added.") % {"name": made.name}

    context = {"title": _("New process"), "item": "stages", "values": {}}
    back = reverse("shell:stages", query={"kind": kind.name})
    return ask(request, "shell/ask_names.html", context, save=save, back=back)


@may_set
@require_http_methods(ASKING)
def process(request: HttpRequest, process_id: int) -> HttpResponse:
    """Rename a process."""
    back = _address(process_id)
    found = next(p for p in definitions.current().processes if p.id == process_id)

    def save() -> str:
        saved = stagesettings.change_process(access_of(request), process_id, request.POST.dict())
        return _("Process “%(name)s” is saved.") % {"name": saved.name}

    values = {"name": found.name} | {f"name_{c}": found.names.get(c, "") for c in stagesettings.LANGUAGES}
    context = {"title": _("Process “%(name)s”") % {"name": found.shown}, "item": "stages", "values": values}
    return ask(request, "shell/ask_names.html", context, save=save, back=back)


@may_set
@require_POST
def process_step(request: HttpRequest, process_id: int) -> HttpResponse:
    """One place up or down among the processes of a kind; boards and forms open with the first."""
    by = -1 if request.POST.get("by") == "up" else 1
    stagesettings.step_process(access_of(request), process_id, by)
    return htmx.redirect(request, _address(process_id))


@may_set
@require_http_methods(ASKING)
def process_removal(request: HttpRequest, process_id: int) -> HttpResponse:
    """Remove a process; where records stand in it, ask where they go and for its name."""
    known = definitions.current()
    found = next((one for one in known.processes if one.id == process_id), None)
    if found is None:
        raise NotFound()
    others = [one for one in known.processes_of(found.kind) if one.id != process_id]

    def save() -> str:
        to, typed = request.POST.get("to", ""), request.POST.get("typed", "")
        number = stagesettings.remove_process(access_of(request), found, ids.parse(to) if to else None, typed)
        if number > stagesettings.AT_ONCE:
            return _("The records are being moved; the process goes away after that.")
        return _("Process “%(name)s” is removed.") % {"name": found.shown}

    context = {
        "title": _("Remove the process “%(name)s”?") % {"name": found.shown},
        "item": "stages",
        "number": stagesettings.standing_in_process(found),
        "others": [(stage.id, f"{one.shown}: {stage.shown}") for one in others for stage in one.stages],
        "save_text": _("Remove the process"),
        "is_danger": True,
    }
    back = reverse("shell:stages", query={"kind": found.kind})
    return ask(request, "shell/ask_process_removal.html", context, save=save, back=back)
