"""The body of a lead: JSON or the fields of a form, as texts by name. Nothing in it is trusted (R9.02, R9.08)."""

import codecs
import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid, TooLarge
from opora.records.api.bodies import read_json, storable

LARGEST = 64 * 1024
MOST_NAMES = 1000
Sent = dict[str, list[str]]


def read(body: bytes, content_type: str) -> Sent:
    """The texts that were sent, by name; a name may come several times.

    Raises `TooLarge` above 64 KB, `Invalid` (`bad_body`) for what is neither an object of JSON nor a form.
    """
    if len(body) > LARGEST:
        raise TooLarge(LARGEST)
    kind, options = parse_header_parameters(content_type)
    if kind == "multipart/form-data":
        return _texts(_multipart(body, content_type))
    if kind.endswith("json") or body.lstrip()[:1] == b"{":
        return _texts(read_json(body))
    return _texts(_form(body, options.get("charset", "")))


def _form(body: bytes, charset: str) -> Mapping[str, list[Any]]:
    try:
        encoding = codecs.lookup(charset or "utf-8").name
        return dict(QueryDict(body, encoding=encoding).lists())
    except (LookupError, ValueError, SuspiciousOperation):
        raise unreadable() from None


def _multipart(body: bytes, content_type: str) -> Mapping[str, list[Any]]:
    """The fields of a form; files in it are left out."""
    meta = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": len(body)}
    try:
        fields, _files = MultiPartParser(meta, BytesIO(body), [], "utf-8").parse()
    except (MultiPartParserError, SuspiciousOperation, ValueError, LookupError):
        raise unreadable() from None
    return dict(fields.lists())


def _texts(found: Mapping[str, Any]) -> Sent:
    if len(found) > MOST_NAMES:
        raise unreadable()
    return {storable(str(name)): _list(value) for name, value in found.items()}


def _list(value: Any) -> list[str]:
    """A value as texts: `{"value": …}` is how our own API writes a phone."""
    if isinstance(value, list):
        return [text for item in value for text in _list(item)]
    if isinstance(value, dict):
        return _list(value["value"]) if "value" in value else [_text(value)]
    return [] if value is None else [_text(value)]


def _text(value: Any) -> str:
    return storable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def unreadable() -> Invalid:
    """The refusal of a body that can't be read."""
    return Invalid(message=_("The body must be a JSON object or the fields of a form."), code="bad_body")
