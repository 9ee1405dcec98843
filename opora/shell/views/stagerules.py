"""Settings › "Воронка" › the rules of a stage: fields it asks for, points to do, who moves records in (U04, U05)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opora.kit import ids
from opora.kit.errors import NotFound
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.switches import SETTINGS
from opora.records import definitions, stagerules
from opora.records.definitions import StageOf
from opora.records.kinds import Kind, kinds
from opora.records.stagerules import StageRules
from opora.shell.views.asking import ask


@switch(SETTINGS.name)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest, stage_id: int) -> HttpResponse:
    """The rules of one stage in a form."""
    now = definitions.current()
    stage, process = now.stages.get(stage_id), now.process_of_stage(stage_id)
    if stage is None or process is None:
        raise NotFound()
    kind = kinds[process.kind]
    sent = _sent(request) if request.method == "POST" else _stored(stage)

    def save() -> str:
        stagerules.change_rules(access_of(request), kind, stage_id, sent)
        return _("Stage “%(name)s” is saved.") % {"name": stage.shown}

    back = reverse("shell:stages", query={"kind": process.kind, "process": process.id})
    return ask(request, "shell/ask_stage_rules.html", _shown(kind, stage, sent), save=save, back=back)


def _sent(request: HttpRequest) -> StageRules:
    data = request.POST
    return StageRules(
        needs=data.getlist("needs"),
        movers=[ids.parse(text) for text in data.getlist("movers")],
        points=data.get("checklist", "").splitlines(),
        days=data.get("days", ""),
        asks_reason=bool(data.get("asks_reason")),
        takes_out=bool(data.get("takes_out")),
    )


def _stored(stage: StageOf) -> StageRules:
    return StageRules(
        needs=stage.needs,
        movers=stage.movers,
        points=[text for _id, text in stage.checklist],
        days=str(stage.stale_days or ""),
        asks_reason=stage.asks_reason,
        takes_out=stage.takes_out,
    )


def _shown(kind: Kind, stage: StageOf, asked: StageRules) -> dict[str, Any]:
    fields = stagerules.offered(kind)
    return {
        "title": _("Rules of the stage “%(name)s”") % {"name": stage.shown},
        "item": "stages",
        "stage": stage,
        "values": {"checklist": "\n".join(asked.points), "days": asked.days},
        "asks_reason": asked.asks_reason,
        "takes_out": asked.takes_out,
        "may_take_out": stagerules.may_take_out(kind, stage.group),
        "has_reasons": stage.group == "lost" and "lost_reason" in definitions.current().fields(kind.name),
        "field_options": [
            (f.name, f.shown_label, f.name in asked.needs, _is_always(f, stage)) for f in fields
        ],
        "mover_options": [(n, name, n in asked.movers) for n, name in stagerules.principals()],
    }


def _is_always(field: Any, stage: StageOf) -> bool:
    """Whether the questionnaire already asks for it at this stage, so that there is nothing to choose."""
    return bool(field.is_required or field.required_from == stage.id)
