"""The product does not start with a route that declares no right, or one that names an unknown one (R2.03)."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver

from opora.people.guards import Guard, guard_of
from opora.people.switches import SWITCHES

View = Callable[..., Any]


def routes() -> Iterator[tuple[str, View]]:
    """Every route of projects and of the site around them: its pattern and its view."""
    for table in (settings.ROOT_URLCONF, settings.SITE_URLCONF):
        yield from _walk(import_module(table).urlpatterns, "")


@register(Tags.security)
def every_route_declares_a_right(app_configs: object, **options: object) -> list[CheckMessage]:
    """Django's system check over `routes`."""
    return [error for pattern, view in routes() for error in _faults(pattern, guard_of(view))]


def _faults(pattern: str, guard: Guard | None) -> Iterator[CheckMessage]:
    if guard is None:
        yield Error(
            f"The route {pattern!r} declares no right.", hint="See opora.people.guards.", id="people.E001"
        )
        return
    for name in guard.switches:
        if name not in SWITCHES:
            yield Error(f"The route {pattern!r} asks for the unknown switch {name!r}.", id="people.E002")


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, View]]:
    for pattern in patterns:
        place = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, place)
        elif isinstance(pattern, URLPattern):
            yield place, pattern.callback
