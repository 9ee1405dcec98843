"""The addresses of the API, each with what it asks of a key; every refusal is problem+json."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import ValidationError

from opora.kit.errors import Invalid
from opora.people.guards import Guard, guarded
from opora.people.models.token import TokenScope
from opora.records.api import general, pages
from opora.records.api.operations import router_of
from opora.records.kinds import Kind, kinds
from opora.ui.refusals import refusal_of, respond

SCOPES = (TokenScope.READ, TokenScope.WRITE, TokenScope.EXPORT, TokenScope.ADMIN)


def _refuse(request: HttpRequest, error: Any) -> HttpResponse:
    """A refusal as problem+json; a fault of ours goes on to where faults are counted."""
    refusal = refusal_of(error)
    if refusal is None:
        raise error
    return respond(request, refusal)


def _misread(request: HttpRequest, error: Any) -> HttpResponse:
    """A parameter of the address that is of another type."""
    names = {str(each["loc"][-1]): _("A value of another type is expected here.") for each in error.errors}
    return respond(request, Invalid(names))


def build() -> NinjaAPI:
    """The API over all kinds that are registered."""
    api = NinjaAPI(title="Opora", version="1", docs_url=None, openapi_url=None, urls_namespace="api")
    api.add_exception_handler(Exception, _refuse)
    api.add_exception_handler(ValidationError, _misread)
    api.add_router("", general.router)
    for kind in kinds:
        api.add_router(f"/{kind.url}", router_of(kind))
    return api


def _guard(kind: Kind | None) -> Callable[[Any], Any]:
    """A key that reads or writes, or a person; a kind with rights of its own must not be closed to whoever asks."""
    rights = (f"{kind.name}.see",) if kind and not kind.seen_through else ()
    return guarded(Guard(takes_key=True, key_scopes=tuple(map(str, SCOPES)), rights=rights))


def addresses(api: NinjaAPI) -> list[URLPattern]:
    """The routes below `api/v1/`."""
    by_url = {kind.url: kind for kind in kinds}
    routes = [route for route in api.urls[0] if isinstance(route, URLPattern) and route.name != "api-root"]
    for route in routes:
        _guard(by_url.get(str(route.pattern).partition("/")[0]))(route.callback)
    docs = [
        path("openapi.json", pages.schema(api), name="schema"),
        path("docs/", pages.docs(api), name="docs"),
    ]
    return [*docs, *routes]
