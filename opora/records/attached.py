"""Files that fields hold: which of those that were sent a field may name is told by the app that keeps files."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from opora.kit.registry import Registry

if TYPE_CHECKING:
    from opora.records.fields import Field
    from opora.records.work import Work

Entries = Sequence[Mapping[str, Any]]
Resolve = Callable[["Work", "Field", Sequence[str], Entries], list[dict[str, Any]]]
keepers: Registry[Resolve] = Registry("keeper of files")


def named(
    work: "Work", field: "Field", sent: Sequence[str] | None, before: Entries | None
) -> list[dict[str, Any]] | None:
    """The files of these ids as the field will hold them. Raises `Invalid` for one that may not be named."""
    return keepers["files"](work, field, sent or (), before or ()) or None
