"""What a person typed into a refused form, so that it can be shown and sent again (R1.04)."""

from typing import NamedTuple

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException

SECRET_PARTS = ("password", "token", "secret")
INNER = frozenset({"csrfmiddlewaretoken"})


class Typed(NamedTuple):
    """One value of a form that was sent."""

    name: str
    value: str


def typed_again(request: HttpRequest) -> list[Typed]:
    """Every value of the sent form except secrets; empty when the body can't be read."""
    if request.method != "POST":
        return []
    try:
        pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    except (RequestDataTooBig, TooManyFieldsSent, MultiPartParserError, RawPostDataException, OSError):
        return []
    return [
        Typed(name, str(value))
        for name, value in pairs
        if name not in INNER and not any(part in name.casefold() for part in SECRET_PARTS)
    ]
