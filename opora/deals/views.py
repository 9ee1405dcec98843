"""Pages of deals alone: the people of one, and what all of them promise."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opora.deals.forecast import LATE, LATER, Forecast
from opora.deals.forecast import forecast as promised
from opora.deals.manifest import DEAL
from opora.deals.pace import pace
from opora.deals.people import ROLES
from opora.kit import ids
from opora.kit.errors import Invalid
from opora.people import directory
from opora.people.guards import right
from opora.people.middleware import access_of
from opora.records import definitions
from opora.records.actions import perform
from opora.records.definitions import ProcessOf
from opora.records.screens import inputs
from opora.records.screens.acts import act_of, address, done, versions_of
from opora.records.screens.cards import card_of
from opora.records.screens.moves import shown
from opora.ui import formats
from opora.ui.render import page


@right("deal.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, record_id: int) -> HttpResponse:
    """Add a person to a deal in a role; what was typed stays when it is refused."""
    refusal: Invalid | None = None
    if request.method == "POST" and "_find" not in request.POST:
        sent: dict[str, Any] = {name: request.POST.get(name, "") for name in ("contact", "role")}
        try:
            outcome = perform("involve", DEAL, act_of(request), [record_id], **sent)
        except Invalid as found:
            if found.code == "idempotency_mismatch":
                raise
            refusal = found
        else:
            return done(request, outcome, _("Added to the deal"), address(DEAL, record_id))
    return _asked(request, record_id, refusal)


def _asked(request: HttpRequest, record_id: int, refusal: Invalid | None) -> HttpResponse:
    card = card_of(request, DEAL.name, record_id, "edit")
    field = definitions.current().fields(DEAL.name)["contact"]
    words = [str(word) for word in refusal.fields.get("contact", ())] if refusal else []
    roles = [str(word) for word in refusal.fields.get("role", ())] if refusal else []
    data: Any = request.POST if request.method == "POST" else {}
    context = {
        "card": card,
        "kind": DEAL,
        "record": card.record,
        "title": _("Add a person to the deal"),
        "current": DEAL.url,
        "back": address(DEAL, record_id),
        "one": inputs.of_typed(card.access, field, data, errors=words, is_required=True),
        "role": data.get("role", ""),
        "role_errors": roles,
        "offered": ROLES,
    }
    return shown(request, "deals/people_dialog.html", context, 422 if refusal else 200)


@right("deal.edit")
@require_POST
def out(request: HttpRequest, record_id: int) -> HttpResponse:
    """Take a person out of a deal."""
    outcome = perform(
        "release",
        DEAL,
        act_of(request),
        [record_id],
        versions=versions_of(request, record_id),
        contact=request.POST.get("contact", ""),
    )
    return done(request, outcome, _("Taken out of the deal"), address(DEAL, record_id))


@right("deal.see")
@require_safe
def forecast(request: HttpRequest) -> HttpResponse:
    """What open deals promise by month and responsible, and where their time goes."""
    access, known = access_of(request), definitions.current()
    wanted = request.GET.get("process", "")
    process = known.process(DEAL.name, ids.parse(wanted) if wanted else None)
    context: dict[str, Any] = {
        "current": DEAL.url,
        "kind": DEAL,
        "base": address(DEAL),
        "process": process,
        "processes": known.processes_of(DEAL.name),
        "is_full": request.GET.get("sum") == "full",
        "own": known.preferences.currency,
        "has_stale": known.has_stale(DEAL.name),
    }
    if process is not None:
        found = promised(access, process, timezone.localdate())
        context |= _table(process, found) | {"found": found, "pace": pace(access, process, timezone.now())}
        context["longest"] = max((row.median or 0 for row in context["pace"]), default=0)
    return page(request, "deals/forecast.html", context)


def _table(process: ProcessOf, found: Forecast) -> dict[str, Any]:
    """The columns with their names and the rows with the people, the largest promise first."""
    columns = [(at, formats.month(day, found.today)) for at, day in enumerate(found.months)]
    if found.of_column(LATE).number:
        columns.insert(0, (LATE, _("Overdue")))
    if found.of_column(LATER).number:
        columns.append((LATER, _("Later")))
    people = sorted(found.rows, key=lambda number: -found.of_person(number).weighted)
    return {
        "columns": columns,
        "late": LATE,
        "rows": [(number, directory.person(number)) for number in people],
        "list_of": lambda number=None, column=None: _list_of(process, found, number, column),
    }


def _list_of(process: ProcessOf, found: Forecast, person: int | None, column: int | None) -> str:
    """The list of the deals behind a cell: of a person (0: nobody), of a column; all for None."""
    stages = ",".join(str(stage.id) for stage in process.stages if not stage.is_closed)
    asked = [f"stage.any:{stages}"]
    if person is not None:
        asked.append(f"responsible.is:{person}" if person else "responsible.empty:")
    if column is not None:
        first, last = found.span(column)
        asked += [f"expected_close.gte:{_typed(first)}"] if first else []
        asked += [f"expected_close.lte:{_typed(last)}"] if last else []
    return f"{address(DEAL)}list/?" + urlencode([("f", text) for text in asked])


def _typed(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""
