"""How a record could be reached before it was changed: whoever reached it then is told that it changed (R6.10).

Else a page would go on showing a record that was handed over or is no longer shared. A trace is plain JSON, since it
travels between processes with the ring: `[responsible's id or None, access, {principal's id: level}]`. It never
leaves the server.

A card also rings for what stands on it. Then the ring names what that was, and only its readers are told: else the
card would tell that something hidden changed, and when (R2.06).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opora.people.rules import Rule, SharedRow

SHARES = "shares"
"""The name under which an event keeps the shares that stand beside a record."""

Trace = Sequence[Any]
Cause = Mapping[str, Sequence[Any]]
"""Why a card rings that did not change itself: `{"for": [kind, id, traces]}`."""


def cause(kind: str, record_id: int, left: Sequence[Trace]) -> Cause:
    """The cause of a card's ring: a record that stands on it, with the traces of its change."""
    return {"for": [kind, record_id, list(left)]}


def causes(left: Sequence[Any]) -> list[tuple[str, int, Sequence[Trace]]]:
    """For what a card rings when it rings for others only; nothing when it changed itself."""
    if not left or not all(isinstance(one, Mapping) for one in left):
        return []
    return [(kind, record_id, traces) for kind, record_id, traces in (one["for"] for one in left)]


def own(left: Sequence[Any]) -> list[Trace]:
    """The traces of a record's own changes."""
    return [one for one in left if one and not isinstance(one, Mapping)]


@dataclass
class _Past:
    """The columns of a record, as they were, that rights are made of."""

    id: int
    responsible_id: int | None
    access: str


def left_by(before: Mapping[str, Any] | None, record: Any, changes: Mapping[str, Any]) -> list[Trace]:
    """The trace of a change that may have taken a record out of somebody's sight; nothing for any other change."""
    if before is None:
        return []
    was = (before["responsible_id"], before["access"])
    if was == (record.responsible_id, record.access) and SHARES not in changes:
        return []
    shares = (changes.get(SHARES) or [None])[0] or {}
    return [[*was, dict(shares)]]


def reached(rule: Rule, record_id: int, traces: Sequence[Any]) -> bool:
    """Whether a rule reached the record as one of its traces shows it."""
    return any(
        rule.holds(
            _Past(record_id, responsible_id, access),
            [SharedRow(int(principal), level) for principal, level in shares.items()],
        )
        for responsible_id, access, shares in own(traces)
    )
