"""Duplicates: the page of the probable ones, the warning while typing, the choice field by field, and the way back."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opora.contacts.manifest import CONTACT
from opora.duplicates import finding, keys, merges, ties
from opora.duplicates.actions import MOST, WITHIN
from opora.duplicates.choice import Row, outcome, rows
from opora.duplicates.words import sorts_in_words
from opora.kit import ids
from opora.kit.dates import now
from opora.kit.errors import Invalid, NotFound
from opora.people import directory
from opora.people.access import Access
from opora.people.guards import right
from opora.people.middleware import access_of
from opora.records import definitions, sight
from opora.records.actions import perform
from opora.records.kinds import Kind
from opora.records.places import reachable
from opora.records.screens import inputs
from opora.records.screens.acts import act_of, address
from opora.records.screens.rows import name_of, value_html
from opora.ui import htmx
from opora.ui.render import page, part

LOOKS = ("all", "exact", "probable", "apart", "merged")


@right("contact.edit")
@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """Groups of probable duplicates among what the person sees, or what was merged lately."""
    access, show = access_of(request), request.GET.get("show", "all")
    show = show if show in LOOKS else "all"
    context: dict[str, Any] = {"kind": CONTACT, "current": CONTACT.url, "show": show, "tabs": _tabs(show)}
    if show == "merged":
        context["merges"] = _merges(access, CONTACT)
    else:
        found = finding.groups(access, CONTACT, put_off=show == "apart")
        wanted = {"exact": True, "probable": False}.get(show)
        chosen = [group for group in found if wanted is None or group.is_exact == wanted]
        context["groups"] = [_shown(access, CONTACT, group) for group in chosen]
    return page(request, "duplicates/list.html", context)


def _tabs(show: str) -> list[dict[str, Any]]:
    words = {
        "all": _("All"), "exact": _("Certain"), "probable": _("Probable"), "apart": _("Put apart"),
        "merged": _("Merged"),
    }  # fmt: skip
    at = reverse("duplicates:list")
    return [{"title": words[name], "url": f"{at}?show={name}", "current": name == show} for name in LOOKS]


def _shown(access: Access, kind: Kind, group: finding.Group) -> dict[str, Any]:
    """A group with the values of its records that agree, and the address where it is merged."""
    fields = definitions.current().readable(access, kind.name)
    columns = [f for f in fields.values() if f.type.name in ("phone", "email") and f.column]
    columns += [f for f in fields.values() if keys.finds(f)][:1]
    found = []
    for record in group.records:
        own = keys.keys_of(kind, record)
        others = set().union(*(keys.keys_of(kind, r) for r in group.records if r.id != record.id))
        shared = {sort for sort, _key in own & others}
        cells = [
            (value_html(f, record), (f.type.name if f.type.is_multiple else f.name) in shared)
            for f in columns
        ]
        found.append(
            {"record": record, "name": name_of(record), "url": address(kind, record.id), "cells": cells}
        )
    query = {"ids": ",".join(str(record.id) for record in group.records[:MOST])}
    return {
        "rows": found,
        "is_exact": group.is_exact,
        "words": sorts_in_words(group.sorts, fields),
        "ids": [str(number) for number in group.ids],
        "merge_url": reverse("duplicates:merge", query=query),
    }


def _merges(access: Access, kind: Kind) -> list[dict[str, Any]]:
    """What was merged lately into records the person sees."""
    return [
        {
            "merge": row,
            "record": record,
            "name": name_of(record),
            "url": address(kind, row.target_id),
            "by": directory.name_of(row.by_id),
            "can_undo": row.undone_at is None and now() - row.at <= WITHIN,
        }
        for row, record in merges.lately(access, kind)
    ]


@right("contact.see")
@require_POST
def typed(request: HttpRequest) -> HttpResponse:
    """The records that what stands in the form may be the same client as; nothing when there are none."""
    access = access_of(request)
    fields = definitions.current().readable(access, CONTACT.name)
    values = inputs.sent(fields.values(), request.POST)
    found = finding.alike(access, CONTACT, finding.typed_keys(access, CONTACT, values))
    twins = [
        {
            "name": name_of(twin.record),
            "url": address(CONTACT, twin.record.id),
            "words": sorts_in_words(twin.sorts, fields),
            "aside": twin.record.is_aside,
            "owner": directory.name_of(twin.record.responsible_id),
        }
        for twin in found
    ]
    return part(request, "duplicates/typed.html", {"twins": twins})


@right("contact.edit")
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Look for duplicates among what was written since the last look, at once."""
    keys.look.using(key="duplicates:look").enqueue()
    return htmx.redirect(
        request, reverse("duplicates:list"), _("Looking: new duplicates appear in a moment.")
    )


@right("contact.edit")
@require_POST
def apart(request: HttpRequest) -> HttpResponse:
    """Say that records are different clients (`together` takes it back). Raises `NotFound` for unseen ones."""
    chosen = _chosen(access_of(request), CONTACT, request.POST.getlist("ids"))
    numbers = [record.id for record in chosen]
    if request.POST.get("together"):
        finding.put_together(CONTACT, numbers)
        return htmx.redirect(request, reverse("duplicates:list"), _("They may be duplicates again."))
    finding.put_apart(CONTACT, numbers)
    return htmx.redirect(request, reverse("duplicates:list"), _("They are different clients."))


def _chosen(access: Access, kind: Kind, numbers: Sequence[str]) -> list[Any]:
    """Two to ten records that the person may change, in the order given. Raises `NotFound`, `Invalid`."""
    wanted = list(dict.fromkeys(ids.parse(number) for number in numbers if number))
    if not 2 <= len(wanted) <= MOST:
        raise Invalid({"ids": _("From two to ten records are merged at once.")})
    among = sight.visible(access, kind, "edit", trashed=None).filter(reachable(kind), pk__in=wanted)
    found = {record.id: record for record in among}
    if len(found) != len(wanted):
        raise NotFound()
    return [found[number] for number in wanted]


@right("contact.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest) -> HttpResponse:
    """The choice field by field with what will come out; POST merges."""
    data = request.POST if request.method == "POST" else request.GET
    access = access_of(request)
    records = _chosen(access, CONTACT, data.get("ids", "").split(","))
    target = next((record for record in records if str(record.id) == data.get("target")), records[0])
    take = {name[5:]: str(value) for name, value in data.items() if name.startswith("take.")}
    if request.method != "POST":
        return _choice(request, access, records, target, take)
    sources = [str(record.id) for record in records if record.id != target.id]
    try:
        perform("merge", CONTACT, act_of(request), [target.id], sources=sources, take=take)
    except Invalid as refusal:
        if refusal.code == "idempotency_mismatch":
            raise
        return _choice(request, access, records, target, take, refusal)
    made = merges.last_into(CONTACT, target.id)
    undo = reverse("duplicates:unmerge", args=[made.id]) if made else None
    return htmx.redirect(request, address(CONTACT, target.id), _("Merged"), undo)


def _choice(
    request: HttpRequest,
    access: Access,
    records: Sequence[Any],
    target: Any,
    take: dict[str, str],
    refusal: Invalid | None = None,
) -> HttpResponse:
    compared = [row for row in rows(access, CONTACT, records, target, take) if not row.is_empty]
    foreign = CONTACT.foreign(target)
    compared = [row for row in compared if row.field.name not in foreign]
    compared.sort(key=lambda row: row.is_same)
    own = _verbs(access, records, target, take)
    gone = len(records) - 1
    context = {
        "kind": CONTACT, "current": CONTACT.url, "target": target, "records": records, "names": _names(records),
        "rows": [_row(row, records, target) for row in [*own, *compared]],
        "outcome": [(row.field, _drawn(row, records, target)) for row in [*own, *compared]],
        "along": [(each.label_plural, number) for each, number in _along(records, target)],
        "ids": ",".join(str(record.id) for record in records),
        "until": now() + WITHIN,
        "errors": [str(w) for words in refusal.fields.values() for w in words] if refusal else [],
        "stays": ngettext(
            "“%(name)s” stays, %(n)d card goes into the trash and leads here.",
            "“%(name)s” stays, %(n)d cards go into the trash and lead here.",
            gone,
        ) % {"n": gone, "name": name_of(target)},
    }  # fmt: skip
    return page(request, "duplicates/merge.html", context, status=422 if refusal else 200)


def _names(records: Sequence[Any]) -> dict[int, str]:
    return {record.id: name_of(record) for record in records}


def _verbs(access: Access, records: Sequence[Any], target: Any, take: dict[str, str]) -> list[Row]:
    """Stage and responsible person: chosen like fields, changed by verbs of their own."""
    fields = definitions.current().readable(access, CONTACT.name)
    found = []
    for name in ("responsible", "stage"):
        values = [fields[name].get(record) for record in records]
        wanted = next((record.id for record in records if str(record.id) == take.get(name)), target.id)
        row = Row(fields[name], values, wanted, True)
        if not row.is_empty and not row.is_same:
            found.append(row)
    return found


def _row(row: Row, records: Sequence[Any], target: Any) -> dict[str, Any]:
    cells = [
        {
            "id": record.id,
            "html": "" if value in (None, [], "") else value_html(row.field, record),
            "is_on": row.chosen == record.id or (row.chosen is None and value not in (None, [], "")),
        }
        for record, value in zip(records, row.values, strict=True)
    ]
    return {"field": row.field, "cells": cells, "is_open": row.is_open and not row.is_same, "why": row.why,
            "is_same": row.is_same}  # fmt: skip


def _drawn(row: Row, records: Sequence[Any], target: Any) -> Any:
    """The value as it will stand in the card that stays."""
    if row.chosen is not None:
        return value_html(row.field, next(record for record in records if record.id == row.chosen))
    return row.field.type.show(outcome(row, records, target), row.field)


def _along(records: Sequence[Any], target: Any) -> list[tuple[Kind, int]]:
    return list(ties.counted(CONTACT, {record.id for record in records if record.id != target.id}))


@right("contact.edit")
@require_POST
def unmerge(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Take a merge apart: the cards come back with their ties."""
    made = merges.row_of(merge_id)
    perform("unmerge", CONTACT, act_of(request), [made.target_id], merge=str(made.id))
    return htmx.redirect(request, address(CONTACT, made.target_id), _("Taken apart: the cards are back."))
