"""What higher floors add to an action: steps in the same transaction, and what follows from events."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opora.records.work import Saved, Work
    from opora.timeline.models import Event

Step = Callable[["Work", Sequence[Any]], None]
Derive = Callable[["Work", Sequence["Saved"]], None]
Follow = Callable[["Work", Sequence["Event"]], None]

_steps: dict[tuple[str, str], list[Step]] = {}
_entering: list[Step] = []
_derived: dict[str, list[Derive]] = {}
_follow: list[tuple[str, Follow]] = []


def within(kind: str, verb: str) -> Callable[[Step], Step]:
    """Register a step of an action: it runs after the body, before anything is written, and may change more records.

    `@within("contact", "hand_over")` takes the contact's deals along.
    """

    def register(step: Step) -> Step:
        _steps.setdefault((kind, verb), []).append(step)
        return step

    return register


def entering_stage(step: Step) -> Step:
    """Register what happens to records of any kind that enter a stage, on whatever road, before they are written."""
    _entering.append(step)
    return step


def derived_from(kind: str) -> Callable[[Derive], Derive]:
    """Register what is computed from saved records of a kind (`*`: any): sums, keys, search rows, next steps."""

    def register(derive: Derive) -> Derive:
        _derived.setdefault(kind, []).append(derive)
        return derive

    return register


def following(event: str) -> Callable[[Follow], Follow]:
    """Register what follows an event, by its name (`deal.moved`) or `*`: it asks for jobs, in the same transaction."""

    def register(follow: Follow) -> Follow:
        _follow.append((event, follow))
        return follow

    return register


def run_steps(work: "Work", kind: str, verb: str, records: Sequence[Any]) -> None:
    """Run the registered steps of an action on the records it changed."""
    for step in _steps.get((kind, verb), ()):
        step(work, records)


def run_entering(work: "Work", records: Sequence[Any]) -> None:
    """Run what is registered for records that enter a stage."""
    for step in _entering if records else ():
        step(work, records)


def run_derived(work: "Work", kind: str, saved: Sequence["Saved"]) -> None:
    """Bring everything derived from the saved records of one kind up to date."""
    for derive in [*_derived.get("*", ()), *_derived.get(kind, ())]:
        derive(work, saved)


def run_followers(work: "Work", events: Sequence["Event"]) -> None:
    """Let everyone who registered for these events ask for what must follow."""
    for name, follow in _follow:
        matching = [event for event in events if name in ("*", event.name)]
        if matching:
            follow(work, matching)
