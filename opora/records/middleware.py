"""One state of the definitions and of the people for one request, and the project's own time zone and language."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from opora.people import directory
from opora.records import definitions
from opora.tenancy.context import current_project

Respond = Callable[[HttpRequest], HttpResponse]


def looked_up_once(respond: Respond) -> Respond:
    """Middleware: definitions and names are read at most once while a request lasts."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with definitions.looked_up_once(), directory.looked_up_once():
            if not _is_somebody(request):
                return respond(request)
            chosen = definitions.current().preferences
            request.default_language = chosen.language  # type: ignore[attr-defined]
            own_zone = getattr(request.user, "time_zone", "")
            with timezone.override(timezone.get_current_timezone() if own_zone else chosen.zone):
                return respond(request)

    return middleware


def _is_somebody(request: HttpRequest) -> bool:
    return current_project() is not None and getattr(request.user, "id", None) is not None
