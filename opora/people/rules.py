"""The compiled form of a right: a small tree of plain rules.

From one tree come the list filter (`q`), the check of a loaded record (`holds`) and the sentence that explains it,
so the three can't disagree. A tree is one rule or an `AnyOf`: records are seen by *any* of their reasons, and what
narrows a verb (nobody edits what he can't see) is settled while compiling, by intersecting owners.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q, QuerySet

from opora.people.models import Share
from opora.people.scopes import Scope


class Seen(Protocol):
    """The columns of a record that rights are made of."""

    id: int
    responsible_id: int | None
    access: str


@dataclass(frozen=True)
class SharedRow:
    """A share of the record in question: with whom, and to do what."""

    principal: int
    level: str


@dataclass(frozen=True)
class Rule:
    """One reason to reach a record."""

    def q(self) -> Q:
        """The filter over a record's own columns."""
        raise NotImplementedError

    def holds(self, record: Seen, shares: Iterable[SharedRow] = ()) -> bool:
        """Whether a loaded record is reached; `shares` are all the shares of that record."""
        raise NotImplementedError

    def parts(self) -> Iterator["Rule"]:
        """The single reasons, in the order in which an explanation prefers them."""
        yield self

    def owner_ids(self) -> frozenset[int] | None:
        """The persons whose records are reached by scope; None when the scope has no border."""
        return frozenset()


@dataclass(frozen=True)
class Nothing(Rule):
    """Nothing is reached."""

    def q(self) -> Q:
        return Q(pk__in=[])

    def holds(self, record: Seen, shares: Iterable[SharedRow] = ()) -> bool:
        return False


@dataclass(frozen=True)
class All(Rule):
    """Everything is reached, also what nobody is responsible for."""

    def q(self) -> Q:
        return Q()

    def holds(self, record: Seen, shares: Iterable[SharedRow] = ()) -> bool:
        return True

    def owner_ids(self) -> frozenset[int] | None:
        return None


@dataclass(frozen=True)
class OwnerIn(Rule):
    """Records of these people; `scope` tells where the set of people came from."""

    ids: frozenset[int]
    scope: Scope

    def q(self) -> Q:
        return Q(responsible_id__in=sorted(self.ids))

    def holds(self, record: Seen, shares: Iterable[SharedRow] = ()) -> bool:
        return record.responsible_id in self.ids

    def owner_ids(self) -> frozenset[int] | None:
        return self.ids


@dataclass(frozen=True)
class Unassigned(Rule):
    """Records nobody is responsible for yet, for those who take new ones."""

    def q(self) -> Q:
        return Q(responsible_id__isnull=True)

    def holds(self, record: Seen, shares: Iterable[SharedRow] = ()) -> bool:
        return record.responsible_id is None


@dataclass(frozen=True)
class Everyone(Rule):
    """Records open to everyone: their `access` is one of these; "" means that the kind's default applies."""

    access: frozenset[str]

    def q(self) -> Q:
        return Q(access__in=sorted(self.access))

    def holds(self, record: Seen, shares: Iterable[SharedRow] = ()) -> bool:
        return record.access in self.access


@dataclass(frozen=True)
class SharedWith(Rule):
    """Records of a kind shared with one of these principals (a person and the person's groups)."""

    kind: str
    principals: frozenset[int]
    levels: frozenset[str]

    def shares(self) -> QuerySet[Share]:
        """The rows that name the shared records."""
        return Share.objects.filter(
            kind=self.kind, principal__in=sorted(self.principals), level__in=sorted(self.levels)
        )

    def q(self) -> Q:
        return Q(id__in=self.shares().values("record_id"))

    def holds(self, record: Seen, shares: Iterable[SharedRow] = ()) -> bool:
        return any(row.principal in self.principals and row.level in self.levels for row in shares)


@dataclass(frozen=True)
class AnyOf(Rule):
    """Reached for at least one of several reasons."""

    rules: tuple[Rule, ...]

    def q(self) -> Q:
        joined = Q()
        for rule in self.rules:
            joined |= rule.q()
        return joined

    def holds(self, record: Seen, shares: Iterable[SharedRow] = ()) -> bool:
        rows = list(shares)
        return any(rule.holds(record, rows) for rule in self.rules)

    def parts(self) -> Iterator[Rule]:
        yield from self.rules

    def owner_ids(self) -> frozenset[int] | None:
        return frozenset().union(*(rule.owner_ids() or () for rule in self.rules))


def any_of(rules: Iterable[Rule]) -> Rule:
    """The simplest tree of several reasons: `All` swallows the rest, no reason at all is `Nothing`."""
    kept = tuple(rule for rule in rules if not isinstance(rule, Nothing))
    if any(isinstance(rule, All) for rule in kept):
        return All()
    if len(kept) > 1:
        return AnyOf(kept)
    return kept[0] if kept else Nothing()
