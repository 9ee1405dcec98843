"""What a change of a role would do: for each person, how many records of each kind are gained and lost."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from opora.people import rights
from opora.people.access import Access
from opora.people.models import Role, User
from opora.people.rules import All, Nothing, OwnerIn, Rule
from opora.records import listing, sight
from opora.records.kinds import Kind

EXAMPLES = 3
PEOPLE_SHOWN = 12


@dataclass(frozen=True)
class Shift:
    """How a kind's records change for one person. A number above `listing.COUNT_CAP` means "more than that"."""

    kind: Kind
    gained: int = 0
    lost: int = 0
    gained_for_example: tuple[tuple[int, str], ...] = ()
    lost_for_example: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Effect:
    """What changes for one person."""

    person: User
    shifts: tuple[Shift, ...]

    @property
    def is_any(self) -> bool:
        """Whether anything changes at all."""
        return any(shift.gained or shift.lost for shift in self.shifts)


def effects(asker: Access, people: Iterable[User], role: Role, kinds: Iterable[Kind]) -> list[Effect]:
    """The effect of giving `role` (which need not be stored) to these people instead of the one they have.

    Numbers and examples are of records the asker sees too, and of no others (R2.06); numbers are exact up to the cap.
    """
    weighed = _Weighing(asker)
    shown = list(kinds)
    return [weighed.effect(person, role, shown) for person in people]


class _Weighing:
    """Compares two compiled trees by SQL; people for whom both are the same share one answer."""

    def __init__(self, asker: Access) -> None:
        self._asker = asker
        self._known: dict[tuple[str, Rule, Rule], Shift] = {}

    def effect(self, person: User, role: Role, kinds: list[Kind]) -> Effect:
        before = Access.of(person)
        changed = User.objects.select_related("role", "department").get(pk=person.pk)
        changed.role = role
        after = Access.of(changed)
        return Effect(person, tuple(self._shift(kind, before, after) for kind in kinds))

    def _shift(self, kind: Kind, before: Access, after: Access) -> Shift:
        old = rights.compiled(before, kind.name)
        new = rights.compiled(after, kind.name)
        key = (kind.name, old, new)
        if key not in self._known:
            self._known[key] = Shift(kind) if old == new else self._compared(kind, old, new)
        return self._known[key]

    def _compared(self, kind: Kind, old: Rule, new: Rule) -> Shift:
        seen = sight.reach(self._asker, kind)
        gained, lost = (_beyond(kind, wide, narrow).filter(seen) for wide, narrow in ((new, old), (old, new)))
        return Shift(
            kind,
            listing.capped_count(gained),
            listing.capped_count(lost),
            _examples(gained),
            _examples(lost),
        )


def sees_all(asker: Access, kinds: Iterable[Kind]) -> bool:
    """Whether the asker sees every record of these kinds, so that nothing is left out of the numbers."""
    return all(isinstance(rights.compiled(asker, kind.name), All) for kind in kinds)


def _examples(records: QuerySet[Any]) -> tuple[tuple[int, str], ...]:
    return tuple(records.order_by("-stamp", "-pk").values_list("pk", "title")[:EXAMPLES])


def _beyond(kind: Kind, wider: Rule, narrower: Rule) -> QuerySet[Any]:
    """The records that `wider` reaches and `narrower` does not, over as few owners as can be told beforehand."""
    records = kind.model._default_manager.filter(trashed_at__isnull=True)
    if isinstance(wider, Nothing):
        return records.none()
    wide, narrow = wider.owner_ids(), narrower.owner_ids()
    if narrow is None:
        return records.none()
    if wide is not None and _others(wider) == _others(narrower):
        return records.filter(responsible_id__in=sorted(wide - narrow)).exclude(_without_owners(narrower))
    return records.filter(wider.q()).exclude(pk__in=records.filter(narrower.q()).values("pk"))


def _others(rule: Rule) -> frozenset[Rule]:
    return frozenset(part for part in rule.parts() if not isinstance(part, OwnerIn | Nothing))


def _without_owners(rule: Rule) -> Q:
    joined = Q(pk__in=[])
    for part in _others(rule):
        joined |= part.q()
    return joined
