"""The mark beside a record's name: open to everyone, limited, or shared with the reader (O07, O15, R4.06).

It takes no query: a record of a page that nothing but its shares lets through is one that is shared with the reader.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from opora.people import rights
from opora.people.access import Access
from opora.people.models.role import ShareLevel
from opora.records.kinds import Kind
from opora.ui.jinja import icon


@dataclass(frozen=True)
class Mark:
    """An icon and the words of its tooltip."""

    icon: str
    words: str


def marks_of(access: Access, kind: Kind, records: Iterable[Any]) -> dict[int, Mark]:
    """The marks of visible records by id; most records have none."""
    if kind.seen_through:
        return {}
    default = default_level(access, kind)
    rule = rights.compiled(access, kind.name)
    found = {record.id: _mark(record.access, default, is_reached=rule.holds(record)) for record in records}
    return {number: mark for number, mark in found.items() if mark}


def default_level(access: Access, kind: Kind) -> str:
    """What everyone may do with a record of a kind that has no level of its own."""
    return str(
        access.default_shares.get(kind.name) or rights.DEFAULT_SHARES.get(kind.name) or ShareLevel.NONE
    )


def _mark(own: str, default: str, *, is_reached: bool) -> Mark | None:
    """`own` is the record's level ("" for the default); what all records of a kind have is no mark."""
    if not is_reached:
        return Mark("user-share", _("Shared with you"))
    level = own or default
    if level == default:
        return None
    if level == ShareLevel.NONE:
        return Mark("lock", _("Access is limited"))
    if level == ShareLevel.READ:
        return Mark("world", _("Everyone reads it"))
    return Mark("world", _("Everyone reads and edits it"))


def drawn(mark: Mark) -> Markup:
    """A mark as it stands beside a name."""
    return Markup('<span class="mark" title="{0}">{1}<span class="sr">{0}</span></span>').format(
        mark.words, icon(mark.icon, "icon--14")
    )
