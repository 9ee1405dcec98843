"""Views of a list: those every project has from the start, and those people save (own and shared)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid, NotFound
from opora.people import rights
from opora.people.access import Access
from opora.people.switches import SETTINGS
from opora.records import definitions, saved_views
from opora.records.conditions import Condition
from opora.records.fields import Field
from opora.records.kinds import Kind
from opora.records.models import SavedView
from opora.records.places import Place, can_leave
from opora.records.words import in_language


@dataclass(frozen=True)
class View:
    """A named state of a list. `row` is the stored one, None for a view that code brings."""

    key: str
    title: str | Promise
    conditions: tuple[Condition, ...] = ()
    sort: str = ""
    columns: tuple[str, ...] = ()
    q: str = ""
    place: Place = Place.LISTS
    row: SavedView | None = field(default=None, compare=False)
    has_lost: bool = False

    @property
    def is_trash(self) -> bool:
        """Whether it is the list of what is deleted."""
        return self.place is Place.TRASH

    @property
    def is_aside(self) -> bool:
        """Whether it is the list of those taken out of all others (N20)."""
        return self.place is Place.ASIDE

    def order(self, kind: Kind) -> str:
        """The order of the view, the kind's own unless it has one."""
        return self.sort or kind.default_sort

    def is_own(self, access: Access) -> bool:
        """Whether this person may rename, change and delete it: the owner, or for a shared one who sets up."""
        if self.row is None:
            return False
        return self.row.owner_id == access.user_id or (
            self.row.owner_id is None and access.has(SETTINGS.name)
        )


def _when(*texts: str) -> tuple[Condition, ...]:
    return tuple(Condition.read(text) for text in texts)


_brought: dict[str, Sequence[View]] = {}


def bring(kind: str, *brought: View) -> None:
    """Let a kind start with views of its own instead of the usual ones. The first is what its list opens with."""
    _brought[kind] = brought


def _usual(kind: Kind) -> Sequence[View]:
    if kind.name in _brought:
        return _brought[kind.name]
    mine = "responsible.is:me"
    views = [View("all", _("All")), View("mine", _("Mine"), _when(mine))]
    if kind.has_stages:
        views.append(View("work", _("Mine in progress"), _when(mine, "stage.any:group:new,group:work")))
        idle = _when("next_step_at.empty:", "stage.none:group:won,group:lost")
        views.append(View("idle", _("Without a next step"), idle))
        if definitions.current().has_stale(kind.name):
            views.append(View("stale", _("Standing too long"), _when("stage.any:stale")))
    return views


def views_of(access: Access, kind: Kind, fields: Mapping[str, Field]) -> list[View]:
    """The tabs of a list: usual, shared and own ones, those set aside, and the trash for whoever may empty it.

    One query.
    """
    rows = saved_views.of_kind(access.user_id, kind.name)
    found = [*_usual(kind), *(_stored(row, fields) for row in rows)]
    if can_leave(kind):
        found.append(View("aside", _("Not clients"), place=Place.ASIDE))
    if rights.may(access, kind.name, "delete"):
        found.append(View("trash", _("Deleted"), place=Place.TRASH))
    return found


def _stored(row: SavedView, fields: Mapping[str, Field]) -> View:
    """A saved view; what stands on a field that is gone or closed to the reader is left out and said to be lost."""
    conditions = _when(*row.query.get("f", ()))
    columns = tuple(row.query.get("cols", ()))
    sort = str(row.query.get("sort") or "")
    kept = tuple(c for c in conditions if c.field in fields and fields[c.field].is_filterable)
    return View(
        str(row.id),
        in_language(row.name, row.names),
        kept,
        sort if sort.removeprefix("-") in (*fields, "stamp") else "",
        tuple(name for name in columns if name in fields),
        str(row.query.get("q") or ""),
        row=row,
        has_lost=len(kept) != len(conditions),
    )


def chosen(views: Sequence[View], key: str) -> View:
    """The view of an address, the first one when it names none. Raises `NotFound` for somebody else's or none such."""
    if not key:
        return views[0]
    found = next((view for view in views if view.key == key), None)
    if found is None:
        raise NotFound()
    return found


def pinned(access: Access) -> list[SavedView]:
    """The views that this person keeps under "Favourites"; one query."""
    return list(saved_views.of_person(access.user_id).filter(is_pinned=True))


def own_row(access: Access, view_id: str | int) -> SavedView:
    """A stored view that this person may change. Raises `NotFound` for anything else."""
    row = saved_views.find(view_id)
    if row is None or not View("", "", row=row).is_own(access):
        raise NotFound()
    return row


def keep(access: Access, kind: Kind, name: str, query: dict[str, Any], *, shared: bool) -> SavedView:
    """Save a view, for everyone when `shared` and this person sets up the project. Raises `Invalid` without a name."""
    owner = None if shared and access.has(SETTINGS.name) else access.user_id
    return saved_views.add(kind.name, named(name), owner, query)


def named(name: str) -> str:
    """The name of a view, checked."""
    plain = " ".join(name.replace("\0", "").split())[:80]
    if not plain:
        raise Invalid({"name": _("Name the view.")})
    return plain
