"""The bar of actions on selected records: at once when they are few, by a job with its progress when they are many."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from opora.jobs.models import Job, State
from opora.kit import ids
from opora.kit.errors import Invalid, NotFound
from opora.people import directory
from opora.people.middleware import access_of
from opora.records import bulk, definitions, listing
from opora.records.kinds import Kind
from opora.records.places import can_leave
from opora.records.screens.acts import CHANGED, act_of, address
from opora.records.screens.faces import face_of
from opora.records.screens.lists import Screen, screen_state
from opora.ui import htmx, render

VERBS: dict[str, str | Promise] = {
    "hand_over": _("Handing over"),
    "move": _("Moving to a stage"),
    "tag": _("Changing tags"),
    "set_aside": _("Marking as not clients"),
    "bring_back": _("Bringing back to clients"),
    "trash": _("Moving to trash"),
    "restore": _("Restoring"),
}
ASIDE = ("set_aside", "bring_back")
OVER = (State.DONE, State.DEAD, State.CANCELLED)


def start(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Carry out a verb on the picked records, or on all that the list holds (`all`).

    Raises `Invalid` without records, for a verb that is none, for an employee or stage that is none.
    """
    if request.method != "POST":
        return htmx.redirect(request, screen.url)
    verb = request.POST.get("verb", "")
    if verb not in VERBS or (verb in ASIDE and not can_leave(screen.kind)):
        raise Invalid({"verb": _("Choose what to do.")})
    sent = _sent(screen.kind, verb, request)
    chosen = _picked(request, screen)
    if not chosen:
        raise Invalid({"ids": _("Select at least one record.")})
    if len(chosen) <= bulk.AT_ONCE:
        return _at_once(request, screen, verb, chosen, sent)
    return _as_job(request, screen, verb, chosen, sent)


def _sent(kind: Kind, verb: str, request: HttpRequest) -> dict[str, Any]:
    """What the verb needs besides the records, checked before anything is begun."""
    if verb == "hand_over":
        to = request.POST.get("to", "")
        if not (to.isascii() and to.isdigit() and directory.is_active(int(to))):
            raise Invalid({"to": _("There is no such employee.")})
        return {"to": to, "with_linked": bool(request.POST.get("with_linked"))}
    if verb == "move":
        stage = request.POST.get("stage", "")
        known = definitions.current().fields(kind.name).get("stage")
        if known is None or not known.choice(stage):
            raise Invalid({"stage": _("There is no such stage.")})
        return {"stage": stage} | _beside(kind, stage, request)
    return _tags(kind, request) if verb == "tag" else {}


def _tags(kind: Kind, request: HttpRequest) -> dict[str, Any]:
    """The tags to put on and to take off, by their names or ids."""
    sent = {name: [text for text in request.POST.getlist(name) if text.strip()] for name in ("add", "drop")}
    if "tags" not in definitions.current().readable(access_of(request), kind.name) or not any(sent.values()):
        raise Invalid({"add": _("Choose at least one tag.")})
    return sent


def _beside(kind: Kind, stage: str, request: HttpRequest) -> dict[str, Any]:
    """What a move to this stage asks everybody for, and what else the kind takes with it."""
    target, face = definitions.current().stages.get(int(stage)), face_of(kind.name)
    names = face.asks_at(target) if target else ()
    if not names:
        return {}
    values = {name: request.POST[name] for name in names if request.POST.get(name)}
    along = {name: request.POST[name] for name in face.move_takes if request.POST.get(name)}
    return ({"values": values} if values else {}) | along


def _picked(request: HttpRequest, screen: Screen) -> list[int]:
    """The picked ids, or those of the whole list as it is filtered. Raises `Invalid` past `bulk.MOST`."""
    if not request.POST.get("all"):
        found = [ids.parse(text) for text in request.POST.getlist("ids")]
    else:
        listed = screen_state(request, screen, request.POST.get("query", ""))
        matching = listing.matching(
            listed.access, listed.kind, listed.fields, listed.state.asked(), listed.asker
        )
        found = list(matching.order_by("pk").values_list("pk", flat=True)[: bulk.MOST + 1])
    if len(found) > bulk.MOST:
        raise Invalid({"ids": _("At most 10 000 records at once.")})
    return list(dict.fromkeys(found))


def _at_once(
    request: HttpRequest, screen: Screen, verb: str, chosen: list[int], sent: dict[str, Any]
) -> HttpResponse:
    result = bulk.Result()
    with transaction.atomic():
        bulk.run(verb, screen.kind, act_of(request), chosen, sent, result)
    undo = f"{get_script_prefix()}undo/{result.operations[0]}/" if result.operations else None
    if not htmx.is_fragment(request):
        return htmx.redirect(request, screen.url, summary(result), undo)
    response = render.part(
        request,
        "records/list_bulk_done.html",
        {"result": result, "title": VERBS[verb], "kind_url": address(screen.kind)},
    )
    htmx.toast(response, summary(result), undo)
    htmx.trigger(response, CHANGED)
    htmx.trigger(response, "close-dialogs")
    htmx.trigger(response, "bulk:done")
    return response


def _as_job(
    request: HttpRequest, screen: Screen, verb: str, chosen: list[int], sent: dict[str, Any]
) -> HttpResponse:
    """Ask for the job; a repeat of the same form finds the first one by its key."""
    act = act_of(request)
    key = f"bulk:{act.user_id}:{act.key}"[:160]
    if not act.key:
        key = ""
    job = bulk.asked(key, act.user_id) or bulk.ask(verb, screen.kind, act, chosen, sent, key)
    where = address(screen.kind, None, "bulk", str(job.pk))
    if not htmx.is_fragment(request):
        return htmx.redirect(request, where)
    response = render.part(request, "records/list_job.html", {**_of(job, screen), "is_first": True})
    htmx.trigger(response, "close-dialogs")
    htmx.trigger(response, "bulk:done")
    return response


def show(request: HttpRequest, screen: Screen, job: str) -> HttpResponse:
    """How a bulk stands: progress, then the result for each record. A page of its own without script."""
    context = _of(bulk.own_job(job, access_of(request).user_id), screen)
    response = render.page(request, "records/list_job_page.html", context, "records/list_job.html")
    if context["is_over"]:
        htmx.trigger(response, CHANGED)
    return response


def take_back(request: HttpRequest, screen: Screen, job: str) -> HttpResponse:
    """Undo a whole bulk by another job, as far as nobody has changed the records since."""
    done = bulk.own_job(job, access_of(request).user_id)
    result = bulk.Result.from_json(done.pointer.get("result", {}))
    if request.method != "POST" or not result.operations or done.task.endswith(".take_back"):
        raise NotFound()
    act = act_of(request)
    key = f"undo:{done.pk}"
    job_row = bulk.asked(key, act.user_id) or bulk.ask_back(result.operations, key)
    if not htmx.is_fragment(request):
        return htmx.redirect(request, address(screen.kind, None, "bulk", str(job_row.pk)))
    return render.part(request, "records/list_job.html", _of(job_row, screen))


def _of(job: Job, screen: Screen) -> dict[str, Any]:
    result = bulk.Result.from_json(job.pointer.get("result", {}))
    is_undo = job.task == bulk.take_back.module_path
    verb = "" if is_undo else str(job.args[1])
    total = job.total or (len(job.args[0]) if is_undo else len(job.args[2]))
    return {
        "current": screen.kind.url,
        "job": job,
        "kind": screen.kind,
        "result": result,
        "title": _("Undoing") if is_undo else VERBS[verb],
        "is_over": job.state in OVER,
        "is_dead": job.state == State.DEAD,
        "is_undo": is_undo,
        "total": total,
        "percent": 100 * job.done // max(total, 1),
        "base": address(screen.kind),
        "url": address(screen.kind, None, "bulk", str(job.pk)),
    }


def summary(result: bulk.Result) -> str:
    """What a bulk did, in one line: «82 изменены, 3 пропущены, 1 ошибка»."""
    parts = [ngettext("%(n)d changed", "%(n)d changed", result.changed) % {"n": result.changed}]
    if result.skipped:
        parts.append(ngettext("%(n)d skipped", "%(n)d skipped", result.skipped) % {"n": result.skipped})
    if result.failed:
        parts.append(ngettext("%(n)d error", "%(n)d errors", result.failed) % {"n": result.failed})
    return gettext(", ").join(parts)
