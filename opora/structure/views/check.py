"""Settings › "Проверить за сотрудника": why a person sees a record, and the CRM through that person's eyes."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from opora.kit import ids
from opora.kit.errors import Invalid, NotFound
from opora.people import accounts, directory, rights, viewing
from opora.people.access import Access
from opora.people.guards import Guard, guarded, switch
from opora.people.middleware import access_of, user_of, viewer_of
from opora.people.models import User
from opora.people.switches import ROLES
from opora.people.why import why
from opora.records import sight
from opora.records.kinds import Kind, kind_named
from opora.records.screens.acts import address
from opora.structure import chains, matrix
from opora.tenancy.context import require_project
from opora.ui import htmx
from opora.ui.render import page

may_check = switch(ROLES.name)


@may_check
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """The answer for a person and a record, both from the address; without them only the questions."""
    person = _person(request.GET.get("person", ""))
    context: dict[str, Any] = {
        "people": [("", "—")] + [(str(one.id), one.name) for one in directory.active()],
        "person": person,
        "person_id": str(person.pk) if person else "",
        "kinds": [(kind.name, kind.label) for kind in matrix.own_kinds()],
        "settings_item": "check",
        "may_view": person is not None and viewing.may_view(access_of(request), person),
        "record": None,
        "kind": None,
        "number": request.GET.get("id", ""),
    }
    if context["number"]:
        kind = kind_named(request.GET.get("kind", ""))
        record = sight.get_visible(access_of(request), kind, _number(context["number"]))
        context |= {"record": record, "kind": kind, "record_url": address(kind, record.pk)}
        context |= _answer(person, kind, record) if person else {}
    return page(request, "structure/check.html", context)


@may_check
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """See the CRM as this person does, read-only."""
    person = _person(request.POST.get("person", ""))
    if person is None:
        raise Invalid({"person": _("There is no such user.")})
    response = htmx.redirect(request, require_project().address)
    viewing.begin(request, response, request.session_row, person)  # type: ignore[attr-defined]
    return response


@guarded(Guard(ends_viewing=True, with_old_password=True))
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Be oneself again, back where the person was chosen."""
    viewer, target = viewer_of(request), user_of(request)
    if viewer is None:
        return htmx.redirect(request, require_project().address)
    response = htmx.redirect(request, reverse("structure:check", query={"person": target.pk}))
    viewing.end(response, viewer, target)
    return response


def _answer(person: User, kind: Kind, record: Any) -> dict[str, Any]:
    access = Access.of(person)
    verbs = {
        words: rights.allows(access, kind.name, verb, record)
        for verb, words in matrix.VERB_NAMES.items()
        if verb != "create"
    }
    return {
        "sees": rights.allows(access, kind.name, "see", record),
        "sentence": why(access, kind.name, record),
        "chain": chains.chain(access, person, kind, record),
        "may": [words for words, can in verbs.items() if can],
        "may_not": [words for words, can in verbs.items() if not can],
    }


def _person(text: str) -> User | None:
    if not text:
        return None
    found = accounts.find(ids.parse(text))
    if found is None:
        raise NotFound()
    return found


def _number(text: str) -> str:
    """The record's number, also from a pasted address of its card."""
    return text.rstrip("/").rpartition("/")[2]
