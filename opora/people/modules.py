"""Kinds of record that are open to some, or to nobody (O30).

A closed kind is absent from everything that asks the compiler: navigation, search, lists, API (403 section_closed).
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.people.access import Access
from opora.people.circles import may_manage, note
from opora.people.models import Group, ModuleGate, ModuleGuest, User
from opora.timeline.events import Ref


def gates() -> dict[str, tuple[str, frozenset[int]]]:
    """For each kind that is not open to everybody: to whom it is, and the ids of the people and groups chosen."""
    rows = ModuleGate.objects.prefetch_related("guests").all()
    return {row.kind: (row.opened, frozenset(guest.principal for guest in row.guests.all())) for row in rows}


@transaction.atomic
def open_to(access: Access, kind: str, opened: str, principals: Iterable[int], *, via: str) -> None:
    """Say to whom a kind is open: `everybody`, `nobody` (the director neither), or the chosen and the director.

    Raises `Forbidden`, `Invalid` for a principal that is neither a user nor a group.
    """
    may_manage(access)
    wanted = frozenset(principals) if opened == ModuleGate.CHOSEN else frozenset()
    _check(opened, wanted)
    before = gates().get(kind, (ModuleGate.EVERYBODY, frozenset()))
    gate, __ = ModuleGate.objects.update_or_create(kind=kind, defaults={"opened": opened})
    gate.guests.all().delete()
    ModuleGuest.objects.bulk_create(ModuleGuest(gate=gate, principal=one) for one in sorted(wanted))
    if before != (opened, wanted):
        changes: dict[str, list[Any]] = {
            "kind": [kind, kind],
            "opened": [before[0], opened],
            "principals": [sorted(before[1]), sorted(wanted)],
        }
        note(access, "module.changed", Ref("module", 0), via, changes)


def _check(opened: str, principals: frozenset[int]) -> None:
    if opened not in {value for value, __ in ModuleGate._meta.get_field("opened").choices or ()}:
        raise Invalid({"opened": _("Choose one of the list.")})
    people = set(User.objects.filter(pk__in=principals).values_list("pk", flat=True))
    groups = set(Group.objects.filter(pk__in=principals).values_list("pk", flat=True))
    if principals - people - groups:
        raise Invalid({"principals": _("There is no such user.")})
