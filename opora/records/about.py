"""The card that a task or a note stands on, and the one at the top of its chain."""

from functools import lru_cache
from typing import Any

from opora.kit import ids
from opora.kit.errors import NotFound
from opora.records import sight
from opora.records.kinds import kind_named, kind_of, kinds
from opora.records.work import Work
from opora.tenancy.prepared import Prepared
from opora.timeline.events import Ref


def parse(text: str) -> Ref | None:
    """The card named as `contact:42`, or None for an empty text. Raises `NotFound` for what names none."""
    if not text:
        return None
    kind_name, __, number = text.partition(":")
    return Ref(kind_named(kind_name).name, ids.parse(number))


def stand_on(work: Work, record: Any, about: str) -> None:
    """Put a new task or note onto a card: `about` is `contact:42`; the top of that card's chain becomes its root.

    Raises `NotFound` when the person does not see the card or it lies in the trash.
    """
    ref = parse(about)
    card = _card(work, ref)
    if ref is None or card is None:
        raise NotFound()
    record.about_kind, record.about_id = ref.kind, ref.id
    top = top_of(card)
    if top is not None:
        record.root_kind, record.root_id = top.kind, top.id


def _card(work: Work, ref: Ref | None) -> Any | None:
    if ref is None or not work.act.is_trusted:
        card = sight.find(work.access, ref)
    else:
        card = next(iter(_by_id(kind_named(ref.kind).name).rows(number=ref.id)), None)
    return None if card is None or card.is_trashed else card


@lru_cache(maxsize=100)
def _by_id(kind_name: str) -> Prepared:
    return Prepared(lambda number: kinds[kind_name].model._default_manager.filter(pk=number), number=-1)


def top_of(card: Any) -> Ref | None:
    """The last of a card's parents: a deal's client, a task's topmost card; None for a card that stands by itself."""
    parents = list(kind_of(card).parents(card))
    return parents[-1] if parents else None
