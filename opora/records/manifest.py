"""What records register with the floors below: verbs, derived rows, sight for live pages, indexes after migrations."""

from collections.abc import Collection, Iterator
from typing import Any

from opora.jobs import health, live, schedules
from opora.people import rights
from opora.people.access import Access
from opora.people.models import User
from opora.records import (
    aside,
    autofill,
    checklist,
    fulltext,
    indexes,
    keptfields,
    keys,
    operations,
    rates,
    searchrows,
    sight,
    totals,
    traces,
    undo,
    verbs,
)
from opora.records.kinds import kinds
from opora.tenancy import hooks
from opora.tenancy.context import ProjectRef

__all__ = [
    "aside",
    "autofill",
    "checklist",
    "keptfields",
    "keys",
    "rates",
    "searchrows",
    "totals",
    "undo",
    "verbs",
]


def seen_by(user_id: int, kind_name: str, changed: live.Changed) -> Collection[int]:
    """Which changed records an open page may be told of: what its reader sees, and what he saw before (R6.10)."""
    user = User.objects.select_related("role", "department").filter(pk=user_id).first()
    return _told(Access.of(user), kind_name, changed) if user else ()


def _told(access: Access, kind_name: str, changed: live.Changed) -> set[int]:
    kind = kinds.get(kind_name)
    if kind is None:
        return set()
    seen = sight.visible_ids(access, kind, changed)
    if not kind.seen_through:
        rule = rights.compiled(access, kind.name)
        seen |= {number for number, left in changed.items() if traces.reached(rule, number, left)}
    return seen - _for_others(access, {number: changed[number] for number in seen})


def _for_others(access: Access, changed: live.Changed) -> set[int]:
    """The cards that ring only for records on them which this reader neither sees nor saw (R2.06)."""
    because = {number: found for number, left in changed.items() if (found := traces.causes(left))}
    by_kind: dict[str, dict[int, list[Any]]] = {}
    for found in because.values():
        for name, record_id, left in found:
            by_kind.setdefault(name, {}).setdefault(record_id, []).extend(left)
    told = {(name, number) for name, each in by_kind.items() for number in _told(access, name, each)}
    return {
        number for number, found in because.items() if not any((name, one) in told for name, one, _ in found)
    }


@hooks.after_migrate.register
def what_a_migration_dropped(project: ProjectRef) -> None:
    """A migration may have rebuilt a table and dropped run-time indexes and triggers (R13.07)."""
    fulltext.reconcile()
    indexes.reconcile()


@health.checks.add("indexes")
def check_indexes() -> Iterator[health.Finding]:
    """The run-time indexes of own fields and the triggers of search (R13.07)."""
    lacking = sorted({*indexes.wanted()} - indexes.standing()) + sorted(fulltext.missing())
    if lacking:
        yield health.Finding(
            "wrong", f"indexes are missing: {', '.join(lacking)}. `opora migrate` makes them"
        )
    else:
        yield health.Finding("fine", "run-time indexes stand")


live.see_with(seen_by)
schedules.every("forget_keys", operations.forget_keys, 3600)
