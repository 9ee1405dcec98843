"""What stands at the right of a card: each app adds its block to the cards of other kinds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from opora.people.access import Access


@dataclass(frozen=True)
class Block:
    """A block of related records. `template` draws `records`; `add_url` opens the form that adds one.

    `count` is None when it is not told; `all_url` leads to the whole list.
    """

    name: str
    title: str | Promise
    template: str
    records: Sequence[Any] = ()
    count: int | None = None
    add_url: str = ""
    add_text: str | Promise = ""
    all_url: str = ""
    more: dict[str, Any] = field(default_factory=dict)


Build = Callable[[Access, Any], Block | None]
_blocks: list[tuple[int, str, bool, Build]] = []


def block(kind: str, *, place: int, is_late: bool = False) -> Callable[[Build], Build]:
    """Register a block of a card; lower places stand higher. It reads by one query, under the reader's rights.

    One that needs more, and that most cards lack, is late: the page asks for it when it stands.
    """

    def register(build: Build) -> Build:
        _blocks.append((place, kind, is_late, build))
        _blocks.sort(key=lambda one: one[:2])
        return build

    return register


def has_late(kind: str) -> bool:
    """Whether cards of a kind ask for blocks when they stand."""
    return any(of == kind and is_late for __, of, is_late, ___ in _blocks)


def blocks_of(kind: str, access: Access, record: Any, *, late: bool = False) -> list[Block]:
    """The blocks of a card, or its late ones, in order; one that has nothing to say is absent."""
    built = (build(access, record) for __, of, is_late, build in _blocks if of == kind and is_late == late)
    return [one for one in built if one is not None]


Count = Callable[[int], str]
_linked: list[tuple[str, Count]] = []


def goes_along(kind: str) -> Callable[[Count], Count]:
    """Register what a hand-over of a card takes along: `count` gives it in words («5 сделок»), empty for nothing."""

    def register(count: Count) -> Count:
        _linked.append((kind, count))
        return count

    return register


def along_with(kind: str, record_id: int) -> list[str]:
    """What goes along with a record that is handed over, in words."""
    return [words for of, count in _linked if of == kind and (words := count(record_id))]
