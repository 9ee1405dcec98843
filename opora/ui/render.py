"""One view, one address: the page, or the part of it that htmx asked for."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from opora.ui import htmx


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    fragment: str | Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page `template`, or its `fragment` when htmx asks for a part.

    `fragment` is one template, or templates by the id of the element they go into ("" for any other).
    """
    chosen = template
    if fragment and htmx.is_fragment(request):
        parts = {"": fragment} if isinstance(fragment, str) else fragment
        chosen = parts.get(htmx.target(request)) or parts.get("", template)
    response = HttpResponse(render_to_string(chosen, dict(context or {}), request=request), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def part(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A fragment that has no page of its own (a cell, a menu, an answer to a form)."""
    return HttpResponse(render_to_string(template, dict(context or {}), request=request), status=status)
