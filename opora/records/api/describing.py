"""The description of a project's API (OpenAPI 3.1): its kinds with its own fields, as one person may know them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from pydantic import TypeAdapter

from opora.people.access import Access
from opora.records import definitions
from opora.records.actions import Action, action_for
from opora.records.api.calls import parameters
from opora.records.api.operations import own_operations
from opora.records.fields import Field
from opora.records.kinds import Kind, kinds
from opora.tenancy.context import require_project

Json = dict[str, Any]
PROBLEM = {
    "type": "object",
    "properties": {
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "title": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "current": {"type": "object"},
    },
}
FILTER = {
    "name": "f",
    "in": "query",
    "description": "field.operator:value",
    "schema": {"type": "array", "items": {"type": "string"}},
}
_known: dict[str, tuple[tuple[Any, ...], Json]] = {}


def described(api: NinjaAPI, access: Access) -> Json:
    """The description; kept for each project until a definition, the language or the reader's fields change."""
    project, now = require_project(), definitions.current()
    readable = {kind.name: now.readable(access, kind.name) for kind in kinds}
    state = (now.version, get_language(), tuple(name for fields in readable.values() for name in fields))
    known = _known.get(project.key)
    if known is None or known[0] != state:
        known = _known[project.key] = (state, _describe(api, readable))
    return known[1] | {"servers": [{"url": f"{project.address}api/v1"}]}


def _describe(api: NinjaAPI, readable: Mapping[str, Mapping[str, Field]]) -> Json:
    found: Json = dict(api.get_openapi_schema(path_prefix=""))
    schemas: Json = {"Problem": PROBLEM}
    for kind in kinds:
        schemas |= _schemas(kind, readable[kind.name])
    found["components"] = {
        "schemas": schemas,
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
    }
    found["security"] = [{"key": []}]
    for path in found["paths"].values():
        for operation in path.values():
            kind_name, __, verb = operation["operationId"].partition(".")
            if (named := kinds.get(kind_name)) is not None:
                _complete(operation, named, verb)
    return found


def _name(kind: Kind) -> str:
    return kind.name.title().replace("_", "")


def _schemas(kind: Kind, fields: Mapping[str, Field]) -> Json:
    """What comes out of a kind, and what goes in."""
    properties = {name: {"title": f.shown_label, **f.type.schema(f)} for name, f in fields.items()}
    fixed = {"id": {"type": "string"}, "version": {"type": "integer"}}
    written = {name: properties[name] for name, f in fields.items() if f.writable}
    required = [name for name, f in fields.items() if f.is_required]
    given = {} if kind.name in own_operations else _arguments(action_for(kind, "create"))
    new = {**given, **written}
    new.pop("values", None)
    return {
        _name(kind): {"type": "object", "title": str(kind.label), "properties": fixed | properties},
        f"New{_name(kind)}": {
            "type": "object", "properties": new, "required": required, "additionalProperties": False
        },
        f"{_name(kind)}Changes": {
            "type": "object", "properties": fixed | written | {"id": False}, "additionalProperties": False
        },
    }  # fmt: skip


def _arguments(action: Action) -> Json:
    return {name: TypeAdapter(each.annotation).json_schema() for name, each in parameters(action).items()}


def _complete(operation: Json, kind: Kind, verb: str) -> None:
    """Give an operation its words, what it takes and what it answers."""
    one = {"$ref": f"#/components/schemas/{_name(kind)}"}
    operation["summary"] = _words(kind, verb)
    answer: Json = one
    if verb in ("list", "feed"):
        items = one if verb == "list" else {"type": "object"}
        answer = {"type": "object", "properties": {
            "items": {"type": "array", "items": items}, "next": {"type": ["string", "null"]},
        }}  # fmt: skip
    if verb == "list":
        operation["parameters"].append(FILTER)
    operation["responses"] = {
        "201" if verb == "create" else "200": {"description": "OK", "content": _json(answer)},
        "default": {
            "description": "Problem",
            "content": {"application/problem+json": {"schema": _ref("Problem")}},
        },
    }
    own = own_operations.get(kind.name)
    if own is not None and verb == "create":
        operation["requestBody"] = {"content": {"multipart/form-data": {"schema": dict(own.sent)}}}
    elif (body := _body(kind, verb)) is not None:
        operation["requestBody"] = {"content": _json(body)}


def _body(kind: Kind, verb: str) -> Json | None:
    if verb in ("list", "get", "feed", "trash"):
        return None
    if verb in ("create", "edit"):
        return _ref(f"New{_name(kind)}" if verb == "create" else f"{_name(kind)}Changes")
    named = parameters(action := action_for(kind, verb))
    required = [name for name, each in named.items() if each.default is each.empty]
    return {"type": "object", "properties": _arguments(action), "required": required}


def _words(kind: Kind, verb: str) -> str:
    words = {"list": _("List"), "get": _("Card"), "feed": _("History")}
    return f"{kind.label_plural}: {words.get(verb) or action_for(kind, verb).label}"


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}
