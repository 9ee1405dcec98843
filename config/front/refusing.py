"""Refusals that the front decided, drawn by the one module that draws refusals."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.front.bridge import REFUSAL
from opora.ui.refusals import respond


class FrontRefusals:
    """Answers before anything looks at the body, which the front did not take."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        refusal = request.META.get(REFUSAL)
        return respond(request, refusal) if refusal else self.get_response(request)
