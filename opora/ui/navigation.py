"""Where one can go: the entries of the navigation and of the settings, brought by apps, shown by the shell."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise

from opora.kit.registry import Registry


def everybody(request: HttpRequest) -> bool:
    """A place that every signed-in person may enter."""
    return True


@dataclass(frozen=True)
class Place:
    """An entry: where it leads (inside the project) and who has it; others see no trace of it.

    `group` names the part of the list it stands in, `order` its place there. `is_hot` says that its count asks for
    action. `key` is the single letter that creates such a thing, for places of the create menu.
    """

    id: str
    title: str | Promise
    icon: str
    path: str
    group: str = ""
    order: int = 100
    allowed: Callable[[HttpRequest], bool] = everybody
    is_hot: bool = False
    key: str = ""


places: Registry[Place] = Registry("place")
settings_places: Registry[Place] = Registry("settings page")
creations: Registry[Place] = Registry("thing to create")
guides: Registry[str] = Registry("help of a page")
"""The help page of an address inside the project, by the beginning of the address."""


def guide_of(path: str) -> str:
    """The help page of an address (without its leading slash): the longest beginning that is known; "" without any."""
    found = max((known for known, __ in guides.items() if path.startswith(known)), key=len, default=None)
    return "" if found is None else guides[found]


def open_to(request: HttpRequest, registry: Registry[Place]) -> list[Place]:
    """The entries a person has, in their order."""
    return sorted((place for place in registry if place.allowed(request)), key=lambda place: place.order)
