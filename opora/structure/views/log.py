"""Settings › "Журнал": who did what, when, from where (T16)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from opora.jobs.models import State
from opora.kit import ids
from opora.kit.dates import parse_date
from opora.people import directory
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.switches import LOG
from opora.records import sentences
from opora.records.kinds import kinds
from opora.records.screens.acts import act_of, address
from opora.structure import log, log_export
from opora.structure.log import Wanted
from opora.ui import formats, htmx
from opora.ui.render import page

OTHERS = {
    "user": gettext_lazy("CRM users"),
    "role": gettext_lazy("Roles"),
    "group": gettext_lazy("Groups"),
    "category": gettext_lazy("Categories of users"),
    "department": gettext_lazy("Departments"),
    "branch": gettext_lazy("Branches"),
    "module": gettext_lazy("Modules"),
    "stage": gettext_lazy("Stages"),
    "process": gettext_lazy("Processes"),
    "section": gettext_lazy("Sections of the questionnaire"),
    "field": gettext_lazy("Fields of the questionnaire"),
    "settings": gettext_lazy("General settings"),
}
ASKED = {
    "since": gettext_lazy("Since"),
    "until": gettext_lazy("Until"),
    "person": gettext_lazy("Who"),
    "verb": gettext_lazy("What"),
    "kind": gettext_lazy("Kind of records"),
    "address": gettext_lazy("Address"),
}
may_read = switch(LOG.name)


@may_read
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The log, the newest first, fifty lines at a time."""
    before = request.GET.get("before", "")
    wanted = _wanted(request.GET)
    lines, more = log.lines(access_of(request), wanted, before=ids.parse(before) if before else None)
    asked = {name: request.GET[name] for name in ASKED if request.GET.get(name)}
    choices = _choices()
    context: dict[str, Any] = {
        "lines": lines,
        "asked": asked,
        "chips": [_chip(name, value, asked, choices) for name, value in asked.items()],
        "is_later": bool(before),
        "more_url": reverse("structure:log", query={**asked, "before": more}) if more else "",
        "names": ASKED,
        "choices": {name: [("", _("All")), *pairs.items()] for name, pairs in choices.items()},
        "settings_item": "log",
    }
    return page(request, "structure/log.html", context)


@may_read
@require_safe
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """One line with all that is known of it: beside the list, or as a page of its own."""
    access = access_of(request)
    line = log.line(access, entry_id)
    context = {
        "line": line,
        "moment": formats.local(line.at),
        "card_url": address(kinds[line.subject.kind], line.subject.id) if line.has_card else "",
        "along": log.along(access, line),
        "kind_name": _choices()["kind"].get(line.subject.kind, ""),
        "settings_item": "log",
    }
    return page(request, "structure/log_entry.html", context, fragment="structure/log_peek.html")


@may_read
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Ask for the lines of the filter as CSV; the job's page shows how far it is."""
    job = log_export.ask(_wanted(request.POST), act_of(request).key)
    return htmx.redirect(request, reverse("structure:log_job", args=[job.pk]))


@may_read
@require_safe
def export_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """How an export stands; when it is done, the link to its file."""
    job = log_export.asked(job_id)
    total = max(job.total or 1, 1)
    context = {
        "job": job,
        "is_done": job.state == State.DONE,
        "is_over": job.state in (State.DONE, State.DEAD, State.CANCELLED),
        "percent": 100 * job.done // total,
        "rows": job.pointer.get("rows", 0),
        "is_cut": job.pointer.get("rows", 0) >= log_export.MOST,
        "at": reverse("structure:log_job", args=[job.pk]),
        "settings_item": "log",
    }
    return page(request, "structure/log_job.html", context, fragment="structure/log_progress.html")


@may_read
@require_safe
def export_file(request: HttpRequest, job_id: int) -> HttpResponseBase:
    """The file of an export, as far as the reader may know it now."""
    file = log_export.download(access_of(request), log_export.asked(job_id))
    return FileResponse(file, as_attachment=True, filename="log.csv", content_type="text/csv; charset=utf-8")


def _choices() -> dict[str, dict[str, str]]:
    """The values of the filter that are chosen from a list, with their words."""
    told = {name: str(words).rstrip(":") for name, words in sentences.told().items()}
    people = sorted(directory.people().values(), key=lambda person: person.name.casefold())
    return {
        "person": {str(person.id): person.name for person in people},
        "kind": {kind.name: str(kind.label_plural) for kind in kinds}
        | {k: str(w) for k, w in OTHERS.items()},
        "verb": dict(sorted(told.items(), key=lambda one: one[1].casefold())),
    }


def _chip(
    name: str, value: str, asked: Mapping[str, str], choices: Mapping[str, Mapping[str, str]]
) -> tuple[str, str, str]:
    """Name, value in words and the address without this part of the filter."""
    rest = {other: kept for other, kept in asked.items() if other != name}
    words = formats.day(parse_date(value)) if name in ("since", "until") else value
    return str(ASKED[name]), choices.get(name, {}).get(value, words), reverse("structure:log", query=rest)


def _wanted(sent: QueryDict) -> Wanted:
    person = sent.get("person", "")
    return Wanted(
        person=ids.parse(person) if person else None,
        kind=sent.get("kind", "")[:40],
        verb=sent.get("verb", "")[:60],
        since=_day(sent.get("since", ""), "since"),
        until=_day(sent.get("until", ""), "until"),
        address=sent.get("address", "").strip()[:45],
    )


def _day(text: str, name: str) -> date | None:
    return parse_date(text, field=name) if text else None
