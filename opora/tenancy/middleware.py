"""The project of a request, decided once, from its address (R3.01)."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix, set_script_prefix
from django.utils.module_loading import import_string

from opora.kit.errors import Maintenance, NotFound, Refusal
from opora.tenancy.context import ProjectRef, find_project, project
from opora.tenancy.directory import ACTIVE
from opora.tenancy.slugs import is_slug

PREFIX = "/projects/"


class ProjectMiddleware:
    """`/projects/<slug>/…` works inside that project, with inner addresses that know nothing of the prefix.

    Everything else is the site around the projects. `request.project` is the `ProjectRef` or None.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        request.project = None  # type: ignore[attr-defined]
        slug, rest = split_path(request.path_info)
        if not slug:
            request.urlconf = settings.SITE_URLCONF
            return self.get_response(request)
        found = find_project(slug=slug) if is_slug(slug) else None
        if found is None:
            return refuse(request, NotFound())
        if found.status != ACTIVE:
            return refuse(request, Maintenance())
        if not rest:
            return HttpResponseRedirect(found.address)
        return self._inside(request, found, rest)

    def _inside(self, request: HttpRequest, found: ProjectRef, rest: str) -> HttpResponseBase:
        request.project = found  # type: ignore[attr-defined]
        request.urlconf = settings.ROOT_URLCONF
        outer = get_script_prefix()
        prefix = outer.rstrip("/") + found.address
        request.path_info = rest
        request.META["PATH_INFO"] = rest
        request.META["SCRIPT_NAME"] = prefix.rstrip("/")
        set_script_prefix(prefix)
        try:
            with project(found):
                response = self.get_response(request)
        finally:
            set_script_prefix(outer)
        return keep_inside(response, found)


def split_path(path: str) -> tuple[str, str]:
    """The slug and the inner path of an address inside a project; an empty slug for any other."""
    if not path.startswith(PREFIX):
        return "", path
    slug, slash, rest = path[len(PREFIX) :].partition("/")
    return slug, "/" + rest if slash else ""


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponseBase:
    """The refusal's page, drawn outside any project by the floor that draws pages."""
    request.urlconf = settings.SITE_URLCONF
    respond: Callable[[HttpRequest, Refusal], HttpResponseBase] = import_string(settings.REFUSAL_RESPONSE)
    return respond(request, refusal)


def keep_inside(response: HttpResponseBase, found: ProjectRef) -> HttpResponseBase:
    """A streamed body is produced after the view has left its project: each piece enters it again."""
    if response.streaming and not getattr(response, "is_async", False):
        response.streaming_content = _pieces(iter(response), found)  # type: ignore[attr-defined]
    return response


def _pieces(pieces: Iterator[Any], found: ProjectRef) -> Iterator[Any]:
    while True:
        with project(found):
            try:
                piece = next(pieces)
            except StopIteration:
                return
        yield piece
