"""Where one person belongs: CRM groups, a department, a branch, as the form about the person says (N05, T02, T06, U03).

The same memberships are changed from the other end, many people at once, by `circles` and `departments`.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Forbidden, Invalid
from opora.people.access import Access
from opora.people.journal import note
from opora.people.models import Branch, Department, Group, GroupMember, User
from opora.people.switches import USERS


@dataclass(frozen=True)
class Belonging:
    """The ids of a person's groups, department and branch."""

    groups: frozenset[int] = frozenset()
    department_id: int | None = None
    branch_id: int | None = None


def of(user: User) -> Belonging:
    """Where a stored user belongs now."""
    groups = frozenset(user.memberships.values_list("group_id", flat=True))
    return Belonging(groups, user.department_id, user.branch_id)


def check(wanted: Belonging) -> None:
    """Raise `Invalid` for a group, a department or a branch that is not there."""
    if Group.objects.filter(pk__in=wanted.groups).count() != len(wanted.groups):
        raise Invalid({"groups": _("There is no such group.")})
    if wanted.department_id and not Department.objects.filter(pk=wanted.department_id).exists():
        raise Invalid({"department": _("There is no such department.")})
    if wanted.branch_id and not Branch.objects.filter(pk=wanted.branch_id).exists():
        raise Invalid({"branch": _("There is no such branch.")})


@transaction.atomic
def put(access: Access, user: User, wanted: Belonging, *, via: str) -> None:
    """Make a stored user belong exactly there; rights change with the next request (R2.08).

    Whoever leads a group and stays in it goes on leading it. Raises `Forbidden` for all but those who manage users
    (a head's forms don't reach this, R4.04), `Invalid` as `check` does.
    """
    before = of(user)
    if before == wanted:
        return
    if not access.has(USERS.name):
        raise Forbidden(USERS.label)
    check(wanted)
    said = _words(before)
    user.memberships.filter(group_id__in=before.groups - wanted.groups).delete()
    GroupMember.objects.bulk_create(
        GroupMember(group_id=group_id, user=user) for group_id in sorted(wanted.groups - before.groups)
    )
    user.department_id, user.branch_id = wanted.department_id, wanted.branch_id
    user.save(update_fields=["department", "branch"])
    now = _words(wanted)
    changes = {name: [said[name], now[name]] for name in said if said[name] != now[name]}
    note("user.placed", user, via=via, actor=access.user_id or None, changes=changes)


def _words(place: Belonging) -> dict[str, Any]:
    """The names the log keeps: a group that is removed later is still called by its name there."""
    departments = Department.objects.filter(pk=place.department_id or 0)
    branches = Branch.objects.filter(pk=place.branch_id or 0)
    return {
        "groups": sorted(Group.objects.filter(pk__in=place.groups).values_list("name", flat=True)),
        "department": departments.values_list("name", flat=True).first(),
        "branch": branches.values_list("name", flat=True).first(),
    }
