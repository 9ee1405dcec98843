"""The stored views of lists: who has which, and how they are kept."""

from typing import Any

from django.db.models import Q, QuerySet

from opora.kit import ids
from opora.records.models import SavedView
from opora.tenancy.prepared import Prepared


def of_person(user_id: int) -> QuerySet[SavedView]:
    """The views a person has: own ones and those shared with everybody."""
    return SavedView.objects.filter(Q(owner=None) | Q(owner_id=user_id))


def of_kind(user_id: int, kind: str) -> list[SavedView]:
    """The views a person has on the list of a kind, in their order; one query."""
    return _OF_KIND.rows(user_id=user_id, kind=kind)


def pinned(user_id: int) -> list[SavedView]:
    """The views in a person's favourites, a dozen at most."""
    return _PINNED.rows(user_id=user_id)


_OF_KIND = Prepared(lambda user_id, kind: of_person(user_id).filter(kind=kind), user_id=-1, kind="?")
_PINNED = Prepared(
    lambda user_id: of_person(user_id).filter(is_pinned=True).order_by("position", "id")[:12], user_id=-1
)


def find(view_id: str | int) -> SavedView | None:
    """The view of that id, whoever owns it. Raises `NotFound` for what is no id."""
    return SavedView.objects.filter(pk=ids.parse(view_id)).first()


def add(kind: str, name: str, owner_id: int | None, query: dict[str, Any]) -> SavedView:
    """A new view, the last one of its list; without an owner it is everybody's."""
    last = SavedView.objects.filter(kind=kind).count()
    return SavedView.objects.create(kind=kind, name=name, owner_id=owner_id, query=query, position=last)
