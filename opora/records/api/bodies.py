"""Bodies in JSON, read under the limits of R9.08."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid, TooLarge

LARGEST = 256 * 1024
DEEPEST = 20
MOST_KEYS = 1000


def read_json(body: bytes) -> dict[str, Any]:
    """The object in a body; an empty body is an empty one.

    Raises `TooLarge` above 256 KB, `Invalid` (`bad_body`) for what is no JSON object, is nested deeper than 20 levels
    or has more than 1,000 keys.
    """
    if len(body) > LARGEST:
        raise TooLarge(LARGEST)
    try:
        found = json.loads(body.decode(), parse_constant=_refuse, parse_float=str) if body.strip() else {}
        is_fine = isinstance(found, dict) and _keys(found, 1) <= MOST_KEYS
    except (ValueError, RecursionError):
        is_fine = False
    if not is_fine:
        raise Invalid(message=_("The body must be a JSON object."), code="bad_body")
    cleaned: dict[str, Any] = _storable(found)
    return cleaned


def storable(text: str) -> str:
    """The text without what no database stores: NUL and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(key): _storable(item) for key, item in value.items()}
    return [_storable(item) for item in value] if isinstance(value, list) else value


def _keys(value: Any, depth: int) -> int:
    """How many keys and items are inside. Raises `ValueError` for what is too deep."""
    if depth > DEEPEST:
        raise ValueError("too deep")
    if isinstance(value, dict):
        return len(value) + sum(_keys(item, depth + 1) for item in value.values())
    return sum(_keys(item, depth + 1) for item in value) if isinstance(value, list) else 0


def _refuse(word: str) -> Any:
    """NaN and Infinity are no numbers."""
    raise ValueError(word)
