"""What a program asks for: the act it carries out, the version it saw, the words of a verb."""

import hashlib
import inspect
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from pydantic import TypeAdapter, ValidationError

from opora.kit.errors import Conflict, Invalid
from opora.people.access import Access
from opora.people.addresses import client_address
from opora.people.middleware import access_of
from opora.records import definitions, sight
from opora.records.actions import Action, Outcome, perform
from opora.records.api import shapes
from opora.records.kinds import Kind
from opora.records.operations import Act

KEY_LENGTH = 64
BY_NAME = inspect.Parameter.KEYWORD_ONLY


def act_of(request: HttpRequest) -> Act:
    """Who acts, through the API; the header `Idempotency-Key` makes a repeat harmless (R11.06)."""
    key = request.headers.get("Idempotency-Key", "")
    return Act(
        access_of(request),
        via="api",
        key=key if len(key) <= KEY_LENGTH else hashlib.sha256(key.encode()).hexdigest(),
        request=getattr(request, "number", ""),
        address=client_address(request),
    )


def versions(request: HttpRequest, record_id: int, body: dict[str, Any]) -> dict[int, int]:
    """The version the program saw, taken out of the body's `version` or from `If-Match`.

    Raises `Invalid` for what is no number.
    """
    told = (
        str(body.pop("version", "") or request.headers.get("If-Match", ""))
        .strip()
        .removeprefix("W/")
        .strip('"')
    )
    if told in ("", "*"):
        return {}
    if not (told.isascii() and told.isdigit() and len(told) < 10):
        raise Invalid({"version": _("This is no version.")})
    return {record_id: int(told)}


def parameters(action: Action) -> dict[str, inspect.Parameter]:
    """What a verb is given by name."""
    given = inspect.signature(action.body).parameters
    return {name: each for name, each in given.items() if each.kind is BY_NAME}


def arguments(action: Action, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a request as the arguments of a verb.

    Raises `Invalid`: `unknown_field` for a name the verb doesn't have, `required` for a missing one.
    """
    known = parameters(action)
    unknown = [name for name in body if name not in known]
    if unknown:
        raise Invalid({name: _("There is no such field.") for name in unknown}, code="unknown_field")
    lacking = [name for name, each in known.items() if each.default is each.empty and name not in body]
    if lacking:
        raise Invalid({name: _("Fill in this field.") for name in lacking}, code="required")
    return {name: _checked(name, known[name].annotation, value) for name, value in body.items()}


def _checked(name: str, annotation: Any, value: Any) -> Any:
    try:
        return TypeAdapter(annotation).validate_python(value)
    except ValidationError:
        raise Invalid({name: _("A value of another type is expected here.")}) from None


def new_record(action: Action, body: dict[str, Any]) -> dict[str, Any]:
    """The body of a new record: what the verb takes by name, and all the rest as values of fields."""
    named = {name: body.pop(name) for name in parameters(action) if name != "values" and name in body}
    return arguments(action, {**named, "values": body})


def carry_out(
    request: HttpRequest, verb: str, kind: Kind, record_id: int, versions: Any = None, **sent: Any
) -> Any:
    """One verb on one record, and the record as it is then. A conflict tells what is stored."""
    act = act_of(request)
    try:
        outcome = perform(verb, kind, act, [record_id], versions=versions, **sent)
    except Conflict as refusal:
        _tell(refusal, act.access, kind, record_id)
        raise
    return answer(request, kind, outcome, record_id)


def _tell(refusal: Conflict, access: Access, kind: Kind, record_id: int) -> None:
    """Put the stored values of the contested fields into a conflict, by the names and in the shapes of the API."""
    record = sight.get_visible(access, kind, record_id)
    fields = definitions.current().readable(access, kind.name).values()
    names = [f.name for f in fields if {f.name, f.column, f"{f.column or f.name}_id"} & set(refusal.current)]
    stored = shapes.shown(access, kind, [record])[0]
    clash = {name: stored[name] for name in names}
    refusal.current = {
        name: {"stored": value} for name, value in {"version": record.version, **clash}.items()
    }


def answer(
    request: HttpRequest, kind: Kind, outcome: Outcome, record_id: int, status: int = 200
) -> JsonResponse:
    """The record after an act: the status of the first answer, or 200 with `Idempotent-Replay` for a repeat."""
    access = access_of(request)
    found = sight.visible(access, kind, trashed=None).filter(pk=record_id)
    shown = shapes.shown(access, kind, list(found))
    body = shown[0] if shown else {"id": str(record_id)}  # handing over may give it out of one's sight
    response = JsonResponse(body, status=200 if outcome.is_replay else status)
    if "version" in body:
        response.headers["ETag"] = f'"{body["version"]}"'
    if outcome.is_replay:
        response.headers["Idempotent-Replay"] = "true"
    return response
