"""The description of the API, for people who are signed in only (R9.01)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from opora.people.guards import signed_in
from opora.people.middleware import access_of
from opora.records.api.describing import described
from opora.ui.render import page

View = Callable[[HttpRequest], HttpResponse]


def schema(api: NinjaAPI) -> View:
    """The OpenAPI document of the project."""

    @signed_in
    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        return JsonResponse(described(api, access_of(request)))

    return view


def docs(api: NinjaAPI) -> View:
    """The same as a page to read."""

    @signed_in
    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        found = described(api, access_of(request))
        rows = [
            (method.upper(), path, operation)
            for path, operations in found["paths"].items()
            for method, operation in operations.items()
        ]
        context = {"api": found, "rows": rows, "current": "help"}
        return page(request, "records/api.html", context)

    return view
