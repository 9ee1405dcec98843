"""How many statements a request sent to the databases: said in a header when the client asks."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from django.db import connection, connections
from django.http import HttpRequest, HttpResponse

ASKED, SAID = "X-Bench-Count", "X-Bench-Queries"


def counted(respond: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, mounted only while OPORA_BENCH=1; stands right inside the one that enters the project."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if ASKED not in request.headers:
            return respond(request)
        number = 0

        def count(execute: Any, *given: Any) -> Any:
            nonlocal number
            number += 1
            return execute(*given)

        with ExitStack() as stack:
            for database in _databases():
                stack.enter_context(database.execute_wrapper(count))
            response = respond(request)
        response.headers[SAID] = str(number)
        return response

    return middleware


def _databases() -> Sequence[Any]:
    """The connections this thread may use here: the project's, which asking makes, and the directory's."""
    assert connection.vendor
    return connections.all()
