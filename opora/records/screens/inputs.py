"""A field as an input, and back: what a form shows and what it sends."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import get_script_prefix
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opora.kit import ids, phones
from opora.kit.errors import NotFound
from opora.kit.money import Money
from opora.kit.text import digits
from opora.people import directory
from opora.people.access import Access
from opora.records import definitions, sight
from opora.records.fields import Field
from opora.records.fields.types.labelled import Labelled
from opora.records.kinds import kinds
from opora.records.screens.acts import address
from opora.records.screens.faces import face_of
from opora.records.search import search
from opora.timeline.events import Ref

OPTIONS = 8
PICKED = ("multiselect", "tags")


@dataclass(frozen=True)
class Row:
    """One of several values in its input; `country` is for phone numbers."""

    value: str
    label: str
    country: str = ""


@dataclass
class Input:
    """One input of a form: the field, what stands in it, and what is wrong with it."""

    field: Field
    value: Any
    errors: Sequence[str] = ()
    options: Sequence[tuple[str, str]] = ()
    is_required: bool = False
    currency: str = ""
    asks: str = ""
    id: str = ""
    suggestions: Sequence[Any] = ()
    typed: Sequence[Row] = ()

    @property
    def rows(self) -> list[Row]:
        """What stands in the rows of a field with several values, and one blank row behind them."""
        return [*self.typed, self.blank]

    @property
    def blank(self) -> Row:
        """A row that says nothing yet."""
        last = next((label for label, _words in self.labels), "")
        return Row("", last, str(self.field.options.get("country") or phones.USUAL))

    @property
    def labels(self) -> list[tuple[str, str]]:
        """The labels that a value of several may carry."""
        assert isinstance(self.field.type, Labelled)
        return [(key, str(words)) for key, words in self.field.type.labels.items()]

    @property
    def countries(self) -> Sequence[tuple[str, str]]:
        """The countries a phone number may be of."""
        return phones.countries(get_language() or "ru")

    @property
    def find_url(self) -> str:
        """Where records for this input are found."""
        return address(kinds[self.field.kind]) + f"options/{self.field.name}/"

    @property
    def upload_url(self) -> str:
        """Where files for this input are sent."""
        return f"{get_script_prefix()}api/v1/files"

    @property
    def kind(self) -> str:
        """The look of the input, from the field's type."""
        return self.field.type.input


def sent(fields: Iterable[Field], data: QueryDict, record: Any = None) -> dict[str, Any]:
    """The values of those fields that a form sent, as actions take them; a check box is sent by its shadow.

    A form that shows a field names it in `_shown`, so that an empty check box or list is an answer too.
    """
    shown = set(data.getlist("_shown"))
    return {
        field.name: _one(field, data, record) for field in fields if field.name in data or field.name in shown
    }


def _one(field: Field, data: QueryDict, record: Any) -> Any:
    raw = data.get(field.name, "")
    if field.type.input in (*PICKED, "file"):
        return data.getlist(field.name)
    if field.type.input == "money" and f"{field.name}_currency" in data:
        return {"amount": raw, "currency": data[f"{field.name}_currency"]}
    if field.type.input == "checkbox":
        return bool(raw)
    if isinstance(field.type, Labelled):
        if f"{field.name}_label" in data:
            return [vars(row) for row in _typed_rows(field, data) if row.value.strip()]
        return _labelled(field.type, raw, field.get(record) or ()) if record is not None else raw
    return raw


def _typed_rows(field: Field, data: QueryDict) -> list[Row]:
    """The rows of a field with several values as a form sent them, in order."""
    values, labels = data.getlist(field.name), data.getlist(f"{field.name}_label")
    countries = data.getlist(f"{field.name}_country") or [""] * len(values)
    return [Row(*parts) for parts in zip(values, labels, countries, strict=False)]


def _stored_rows(field: Field, value: Any) -> list[Row]:
    """The rows of what a record holds: a number stands beside its country."""
    found = []
    for item in value or ():
        label = item.get("label", "")
        if field.type.input == "phone":
            country, digits_of = phones.split(item["value"])
            found.append(Row(digits_of, label, country))
        else:
            found.append(Row(field.type.show([item], field), label))
    return found


def _labelled(kind: Labelled, raw: str, before: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Typed numbers and addresses with the labels they had; text alone would lose them."""
    labels = {_plain(item["value"]): item.get("label", "") for item in before}
    parts = kind.parts(raw)
    return [
        {"value": part, "label": labels[_plain(part)]} if labels.get(_plain(part)) else {"value": part}
        for part in parts
    ]


def _plain(value: str) -> str:
    return digits(value)[-10:] or value.casefold() if "@" not in value else value.casefold()


def of_record(access: Access, field: Field, record: Any, **more: Any) -> Input:
    """The input with what a record holds."""
    value = field.get(record)
    typed = _stored_rows(field, value) if isinstance(field.type, Labelled) else ()
    one = Input(field, _edited(field, value), currency=_currency(field, value), typed=typed, **more)
    return _filled(access, one)


def typed_files(data: Mapping[str, Any], name: str) -> list[dict[str, str]]:
    """The files that a form names, with the names it shows them by."""
    if not isinstance(data, QueryDict):
        return []
    pairs = zip(data.getlist(name), data.getlist(f"{name}_name"), strict=False)
    return [{"id": number, "name": words} for number, words in pairs]


def of_typed(access: Access, field: Field, data: Mapping[str, Any], **more: Any) -> Input:
    """The input with what was typed (a QueryDict or plain values), kept as it was."""
    if field.type.input in PICKED and isinstance(data, QueryDict):
        value: Any = data.getlist(field.name)
    elif field.type.input == "file":
        value = typed_files(data, field.name)
    else:
        value = data.get(field.name, "")
    if isinstance(field.type, Labelled):
        more["typed"] = _asked_rows(field, data)
    currency = str(data.get(f"{field.name}_currency") or _currency(field, None))
    return _filled(
        access, Input(field, value, currency=currency, **more), asked=str(data.get(f"_q_{field.name}") or "")
    )


def _asked_rows(field: Field, data: Mapping[str, Any]) -> list[Row]:
    """What was typed into the rows, or a text that an address or a default put there, a row a value."""
    if isinstance(data, QueryDict) and f"{field.name}_label" in data:
        return [row for row in _typed_rows(field, data) if row.value.strip()]
    assert isinstance(field.type, Labelled)
    home = str(field.options.get("country") or "")
    return [
        Row(part, next(iter(field.type.labels)), home)
        for part in field.type.parts(str(data.get(field.name) or ""))
    ]


def _edited(field: Field, value: Any) -> Any:
    return list(value or ()) if field.type.input in PICKED else field.type.edited(value, field)


def _currency(field: Field, value: Any) -> str:
    return value.currency if isinstance(value, Money) else str(field.options.get("currency") or "RUB")


def _filled(access: Access, one: Input, asked: str = "") -> Input:
    one.id = one.id or f"f-{one.field.name}"
    one.asks = asked
    one.suggestions = face_of(one.field.kind).suggestions.get(one.field.name, ())
    if one.kind == "record":
        one.options = record_options(access, one.field, str(one.value or ""), asked)
    elif one.kind == "user":
        one.options = [("", _("Nobody")), *((str(p.id), p.name) for p in directory.active())]
    elif one.kind in ("select", *PICKED, "stage"):
        chosen = one.value if isinstance(one.value, list) else [one.value]
        left = [choice for choice in one.field.choices if not choice.is_gone or choice.id in chosen]
        one.options = [(choice.id, choice.shown) for choice in left]
    elif one.kind == "money":
        offered = definitions.current().preferences.offered_currencies
        one.options = [(code, code) for code in dict.fromkeys([*offered, one.currency])]
    return one


def record_options(access: Access, field: Field, chosen: str, asked: str) -> list[tuple[str, str]]:
    """The record that is chosen and those found by what was typed, as far as the person sees them."""
    kind = kinds[str(field.options["kind"])]
    options = _chosen(access, kind.name, chosen)
    if asked.strip():
        hits = search(access, asked, among=[kind], limit=OPTIONS)
        options += [(str(hit.record.id), hit.record.title) for hit in hits if str(hit.record.id) != chosen]
    return options


def _chosen(access: Access, kind_name: str, chosen: str) -> list[tuple[str, str]]:
    try:
        ref = Ref(kind_name, ids.parse(chosen)) if chosen else None
    except NotFound:
        return []
    return [(chosen, title) for title in sight.titles(access, [ref]).values()] if ref else []
