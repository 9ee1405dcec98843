"""What other apps add to the generic screens of a kind: a look at what is being typed, a way from its list."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

_while_typing: dict[str, str] = {}


def while_typing(kind_name: str, view_name: str) -> None:
    """Register the view that a form of this kind is posted to as it is filled; its answer stands below the inputs."""
    _while_typing[kind_name] = view_name


def address_of(kind_name: str) -> str:
    """The address of that view; empty for a kind that nobody checks."""
    name = _while_typing.get(kind_name)
    return reverse(name) if name else ""


@dataclass(frozen=True)
class Way:
    """A way from a list to a page of another app about the same records; `path` is inside the project."""

    title: str | Promise
    icon: str
    path: str


_ways: dict[str, list[Way]] = {}


def from_list(kind_name: str, way: Way) -> None:
    """Register a way from the list of a kind."""
    _ways.setdefault(kind_name, []).append(way)


def ways_of(kind_name: str) -> list[Way]:
    """The ways from the list of a kind."""
    return _ways.get(kind_name, [])
