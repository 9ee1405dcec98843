"""The form of a new record: a page, or a dialog over the page that asked for it (O08)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from opora.kit.errors import Invalid, NotFound
from opora.people.access import Access
from opora.people.guards import right
from opora.people.middleware import access_of
from opora.people.returning import safe_next
from opora.records import about, definitions, sight
from opora.records.actions import Outcome, perform
from opora.records.fields import Field
from opora.records.kinds import Kind, kinds
from opora.records.screens import checks, inputs
from opora.records.screens.acts import act_of, address, asks_dialog, in_dialog, told, undo_address
from opora.records.screens.faces import face_of
from opora.ui import htmx, render

FILTER_INPUT = re.compile(r"^v\d{1,3}$", re.ASCII)
WIDE = ("textarea", "multiselect", "tags", "phone", "address", "record", "file")


@dataclass(frozen=True)
class FormSection:
    """A section of a form with its inputs."""

    title: str
    inputs: Sequence[inputs.Input]


class NewForm:
    """The form of a new record of a kind, with what was typed or named in the address."""

    def __init__(
        self, access: Access, kind: Kind, data: Mapping[str, Any], refusal: Invalid | None = None
    ) -> None:
        self.access, self.kind, self.data, self.refusal = access, kind, data, refusal
        self.face = face_of(kind.name)
        self.fields = writable(access, kind)

    @property
    def values(self) -> dict[str, Any]:
        """What stands in the form: the typed, or the kind's own beginnings."""
        start = {"responsible": str(self.access.user_id)} | {
            f.name: f.type.edited(f.type.load(f.default), f) for f in self.fields if f.default is not None
        }
        start |= {f.name: str(default) for f in self.fields if (default := self._model_default(f))}
        return start | {name: str(value) for name, value in self.kind.initial.items()}

    def _model_default(self, field: Field) -> Any:
        """What a built-in choice starts with: a new contact is a person."""
        if not field.column or field.type.input != "select":
            return None
        column: Any = self.kind.model._meta.get_field(field.column)
        return column.get_default()

    def sections(self) -> list[FormSection]:
        """The sections with their inputs, without the fields that do not concern such a record."""
        hidden = {*self.face.hidden(self._plain()), *self.face.apart}
        found = []
        for section in definitions.current().sections(self.access, self.kind):
            here = [self._input(f) for f in self.fields if f.section == section.name and f.name not in hidden]
            if here:
                found.append(FormSection(section.shown, here))
        return found

    def _plain(self) -> dict[str, Any]:
        plain = {f.name: self.data.get(f.name) or self.values.get(f.name, "") for f in self.fields}
        money = [f"{f.name}_currency" for f in self.fields if f.type.input == "money"]
        return plain | {name: self.data.get(name, "") for name in money}

    def _input(self, field: Field) -> inputs.Input:
        errors = [str(w) for w in self.refusal.fields.get(field.name, ())] if self.refusal else []
        data = self.data if field.name in self.data or self._was_sent() else self._with_start(field)
        return inputs.of_typed(self.access, field, data, errors=errors, is_required=field.is_required)

    def _was_sent(self) -> bool:
        return "_key" in self.data

    def _with_start(self, field: Field) -> Mapping[str, Any]:
        return {
            field.name: self.values.get(field.name, ""),
            f"_q_{field.name}": self.data.get(f"_q_{field.name}"),
        }

    def error_rows(self) -> list[tuple[str, str, str]]:
        """Rows of the error summary: the input, its label, the words."""
        if self.refusal is None:
            return []
        labels = {f.name: f.shown_label for f in self.fields}
        return [
            (f"f-{name}" if name in labels else "", labels.get(name, ""), str(words))
            for name, all_words in self.refusal.fields.items()
            for words in all_words
        ]

    def typed(self, name: str) -> str:
        """What was typed into an input of the kind's own template."""
        return str(self.data.get(name) or self.values.get(name, ""))


def writable(access: Access, kind: Kind) -> list[Field]:
    """The fields of a kind that a person fills in a form."""
    fields = definitions.current().readable(access, kind.name).values()
    return [f for f in fields if f.writable and f.section]


@right("{kind}.create")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """The form of a new record, and its saving. Values in the address stand in it from the start."""
    of = kinds[kind]
    if request.method != "POST":
        return _form(request, NewForm(access_of(request), of, _asked(request.GET)))
    if "_find" in request.POST:
        return _form(request, NewForm(access_of(request), of, request.POST))
    try:
        outcome = _create(request, of)
    except Invalid as refusal:
        if refusal.code == "idempotency_mismatch":
            raise
        return _form(request, NewForm(access_of(request), of, request.POST, refusal), status=422)
    return _created(request, of, outcome)


def _asked(query: QueryDict) -> QueryDict:
    kept = query.copy()
    kept.pop("_key", None)
    return kept


def _create(request: HttpRequest, kind: Kind) -> Outcome:
    access = access_of(request)
    values = inputs.sent(writable(access, kind), request.POST)
    hidden = face_of(kind.name).hidden(values)
    values = {name: value for name, value in values.items() if name not in hidden}
    more: dict[str, Any] = {"about": request.POST["about"]} if request.POST.get("about") else {}
    return perform("create", kind, act_of(request), values=values, **more)


def _created(request: HttpRequest, kind: Kind, outcome: Outcome) -> HttpResponse:
    """To the new card; to an empty form for the next one; or just a toast over the page that asked."""
    words = str(face_of(kind.name).made_text or _("Saved"))
    undo = undo_address(outcome)
    if request.POST.get("_next") == "new":
        again = f"{address(kind)}new/" + _kept_query(request)
        if not htmx.is_fragment(request):
            return htmx.redirect(request, again, words, undo)
        response = _form(request, NewForm(access_of(request), kind, _kept(request)))
        htmx.toast(response, words, undo)
        htmx.trigger(response, "records:changed")
        return response
    card = address(kind, outcome.ids[0]) if outcome.ids else address(kind)
    if asks_dialog(request) and request.POST.get("_stay"):
        response = HttpResponse(status=204)
        htmx.toast(response, words, undo)
        return told(response)
    return htmx.redirect(request, safe_next(request.POST.get("next"), card), words, undo)


KEPT = ("contact", "company", "about", "type")


def _kept(request: HttpRequest) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name in KEPT:
        if request.POST.get(name):
            kept[name] = request.POST[name]
    return kept


def _kept_query(request: HttpRequest) -> str:
    kept = _kept(request)
    return f"?{kept.urlencode()}" if kept else ""


def _form(request: HttpRequest, form: NewForm, status: int = 200) -> HttpResponse:
    kind = form.kind
    stands = _standing_on(form)
    context = {
        "form": form,
        "kind": kind,
        "sections": form.sections(),
        "form_errors": form.error_rows(),
        "title": str(form.face.new_text or kind.label),
        "current": kind.url,
        "action": f"{address(kind)}new/",
        "about": form.data.get("about", ""),
        "stands": stands,
        "next": form.data.get("next", ""),
        "stays": form.data.get("_stay", ""),
        "list_url": address(kind),
        "cancel_url": safe_next(form.data.get("next"), address(kind)),
        "wide": WIDE,
        "check_url": checks.address_of(kind.name),
    }
    if htmx.target(request) == "form-fields":
        return render.part(request, "records/form_fields.html", context, status)
    if asks_dialog(request):
        return in_dialog(render.part(request, "records/form_dialog.html", context, status))
    return render.page(
        request, "records/form.html", context, fragment="records/form_body.html", status=status
    )


def _standing_on(form: NewForm) -> str:
    """The title of the card a new task is set on; an unseen card is not found."""
    ref = about.parse(str(form.data.get("about") or ""))
    if ref is None:
        return ""
    titles = sight.titles(form.access, [ref])
    if ref not in titles:
        raise NotFound()
    return titles[ref]


@right("{kind}.see")
@require_safe
def options(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """The records that a field may name, found by what was typed (`_q_<field>`); `into` names the filter's input."""
    access = access_of(request)
    field = definitions.current().readable(access, kind).get(name)
    if field is None or field.type.input != "record":
        raise NotFound()
    one = inputs.of_typed(access, field, request.GET)
    into = request.GET.get("into", "")
    context = {"one": one, "into": into if FILTER_INPUT.match(into) else ""}
    return render.part(request, "records/record_options.html", context)
