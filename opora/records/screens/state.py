"""The state of a list is its address: view, filters, order, columns, search, page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.records.conditions import Condition, read_all
from opora.records.fields import Field
from opora.records.fields.types import Asker
from opora.records.kinds import Kind
from opora.records.listing import Asked
from opora.records.screens.views import View

MOST_COLUMNS = 30
LONGEST_SEARCH = 120
PANELS = ("filter", "columns")


@dataclass(frozen=True)
class State:
    """What an address asks of a list. Empty `columns` are the kind's default ones.

    `open` names the panel that stands open (`filter`, `columns`); it and `after` never get into a saved view.
    """

    kind: Kind
    view: View
    conditions: tuple[Condition, ...] = ()
    sort: str = ""
    columns: tuple[str, ...] = ()
    q: str = ""
    after: str = ""
    open: str = ""
    drafts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_changed(self) -> bool:
        """Whether the list differs from the view as it was saved."""
        return bool(self._differences())

    def _differences(self) -> list[tuple[str, str]]:
        """What the address must say besides the view: only what differs from it."""
        found: list[tuple[str, str]] = []
        if self.conditions != self.view.conditions:
            found += [("f", str(condition)) for condition in self.conditions] or [("f", "")]
        if self.sort != self.view.order(self.kind):
            found.append(("sort", self.sort))
        if self.columns != self.view.columns:
            found.append(("cols", ",".join(self.columns)))
        if self.q != self.view.q:
            found.append(("q", self.q))
        return found

    def pairs(self) -> list[tuple[str, str]]:
        """The canonical parameters of this state."""
        return [*([("view", self.view.key)] if self.view.key != "all" else []), *self._differences()]

    def query(self, **more: str) -> str:
        """The canonical query string with its question mark, empty for the plain list; `more` is added as it is."""
        pairs = [*self.pairs(), *more.items()]
        return "?" + urlencode(pairs) if pairs else "?"

    def with_(self, **changes: Any) -> "State":
        """The same list with something else; it starts from its first page."""
        return replace(self, **{"after": "", "open": "", **changes})

    def without(self, condition: Condition) -> "State":
        """The same list with one filter less."""
        return self.with_(conditions=tuple(c for c in self.conditions if c != condition))

    def saved(self) -> dict[str, Any]:
        """What a saved view keeps."""
        return {
            "f": [str(condition) for condition in self.conditions],
            "sort": self.sort,
            "cols": list(self.columns),
            "q": self.q,
        }

    def asked(self, limit: int | None = None) -> Asked:
        """What the listing is asked for."""
        asked = Asked(self.conditions, self.sort, self.after, place=self.view.place, q=self.q)
        return replace(asked, limit=limit) if limit else asked


def read(
    sent: QueryDict, kind: Kind, fields: Mapping[str, Field], view: View, drafts: Iterable[Condition] | None
) -> State:
    """The state an address means; what it leaves out is the view's. `drafts` are the filters of the panel's form.

    Raises `Invalid` with the same words for unknown and closed fields (R2.05).
    """
    columns = _columns(sent, fields) if "cols" in sent else view.columns
    conditions = view.conditions
    if drafts is not None:
        conditions = tuple(drafts)
    elif "f" in sent:
        conditions = tuple(read_all(text for text in sent.getlist("f") if text))
    opened = sent.get("open", "")
    return State(
        kind,
        view,
        conditions,
        sent.get("sort") or view.order(kind),
        columns,
        (sent.get("q", view.q) or "").strip()[:LONGEST_SEARCH],
        sent.get("after", ""),
        opened if opened in PANELS else "",
    )


def _columns(sent: QueryDict, fields: Mapping[str, Field]) -> tuple[str, ...]:
    names = dict.fromkeys(name for text in sent.getlist("cols") for name in text.split(",") if name)
    for name in names:
        if name not in fields:
            raise Invalid({name: _("There is no such field.")}, code="unknown_field")
    return tuple(names)[:MOST_COLUMNS]


def asker_of(request: HttpRequest) -> Asker:
    """What "me" and "today" mean in the filters of this request."""
    zone: Any = timezone.get_current_timezone()
    return Asker(request.access.user_id, timezone.localdate(), zone)  # type: ignore[attr-defined]
