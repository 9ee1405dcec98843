"""Departments: a tree without cycles, twenty deep at most, also under simultaneous edits (T02, R4.05)."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid, NotFound
from opora.kit.text import clean, is_blank
from opora.people.access import Access
from opora.people.circles import may_manage, note
from opora.people.directory import is_active
from opora.people.models import Department, User
from opora.people.models.structure import DEPARTMENT_DEPTH
from opora.timeline.events import Ref


@dataclass(frozen=True)
class DepartmentDraft:
    """What a form about a department says. `members` None leaves its people and its head as they are."""

    name: str
    parent_id: int | None = None
    members: frozenset[int] | None = None
    head_id: int | None = None


def get(department_id: int) -> Department:
    """One department. Raises `NotFound`."""
    found = Department.objects.select_related("parent").filter(pk=department_id).first()
    if found is None:
        raise NotFound()
    return found


def by_name() -> list[Department]:
    """All departments by name."""
    return sorted(Department.objects.all(), key=lambda one: one.name.casefold())


def choices() -> list[tuple[str, str]]:
    """Every department in the order of the tree, its name moved in by its depth, for a list to choose from.

    The order comes from the names along the stored paths, so broken data can't make it endless.
    """
    rows = by_name()
    names = {str(one.pk): one.name.casefold() for one in rows}
    along = [([names.get(step, "") for step in one.path.strip("/").split("/")], one) for one in rows]
    along.sort(key=lambda pair: pair[0])
    return [(str(one.pk), "\u2003" * (len(steps) - 1) + one.name) for steps, one in along]


def paths_of_people() -> list[str]:
    """The path of each person's department."""
    return list(User.objects.filter(department__isnull=False).values_list("department__path", flat=True))


@transaction.atomic
def create(access: Access, draft: DepartmentDraft, *, via: str) -> Department:
    """A new department. Raises `Forbidden`, `Invalid` (a name that is empty or taken beside it, too deep)."""
    may_manage(access)
    tree = _locked()
    made = Department()
    _place(tree, made, draft)
    made.save(force_insert=True)
    note(access, "department.created", Ref("department", made.pk), via, {"name": [None, made.name]})
    return made


@transaction.atomic
def save(access: Access, department_id: int, draft: DepartmentDraft, *, via: str) -> Department:
    """Rename, move and fill a department; everything below moves with it.

    Raises `Forbidden`, `NotFound`, `Invalid`: `department_cycle` for a parent that lies below it or that would make
    the tree deeper than `DEPARTMENT_DEPTH`.
    """
    may_manage(access)
    tree = _locked()
    found = tree.get(department_id)
    if found is None:
        raise NotFound()
    before = _stored(found)
    old_path = found.path
    _place(tree, found, draft)
    if draft.members is not None:
        _set_members(found, draft.members)
        _set_head(found, draft.head_id)
    found.save()
    _follow(tree, found, old_path)
    after = _stored(found)
    changes = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
    if changes:
        note(access, "department.changed", Ref("department", found.pk), via, changes)
    return found


@transaction.atomic
def remove(access: Access, department_id: int, *, via: str) -> None:
    """Remove a department with nothing below it; its people go to the one above. Raises `Forbidden`, `Invalid`."""
    may_manage(access)
    tree = _locked()
    found = tree.get(department_id)
    if found is None:
        raise NotFound()
    if any(one.parent_id == department_id for one in tree.values()):
        raise Invalid({"": _("There are departments in it. Move them first.")})
    User.objects.filter(department=found).update(department_id=found.parent_id)
    note(access, "department.removed", Ref("department", found.pk), via, {"name": [found.name, None]})
    found.delete()


def _stored(department: Department) -> dict[str, Any]:
    """What the log compares."""
    return {
        "name": department.name,
        "parent": department.parent_id,
        "members": members_of(department),
        "head": department.head_id,
    }


def _locked() -> dict[int, Department]:
    """The whole tree, locked: two simultaneous moves stand one behind the other and can't close a cycle."""
    return {one.pk: one for one in Department.objects.order_by("pk").select_for_update()}


def _place(tree: dict[int, Department], department: Department, draft: DepartmentDraft) -> None:
    department.name = clean(draft.name, 100, field="name")
    if is_blank(department.name):
        raise Invalid({"name": _("Fill this in.")})
    beside = [one for one in tree.values() if one.parent_id == draft.parent_id and one.pk != department.pk]
    if any(one.name == department.name for one in beside):
        raise Invalid({"name": _("This name is taken.")})
    above = tree.get(draft.parent_id) if draft.parent_id else None
    if draft.parent_id and above is None:
        raise Invalid({"parent": _("There is no such department.")})
    if above and f"/{department.pk}/" in above.path:
        raise Invalid(
            {"parent": _("A department can't be put into itself or into one below it.")},
            code="department_cycle",
        )
    department.parent = above
    department.path = f"{above.path if above else '/'}{department.pk}/"
    if _depth(department.path) + _height(tree, department) > DEPARTMENT_DEPTH:
        words = _("Departments can't be nested deeper than %(n)d.") % {"n": DEPARTMENT_DEPTH}
        raise Invalid({"parent": words}, code="department_cycle")


def _depth(path: str) -> int:
    return path.count("/") - 1


def _height(tree: dict[int, Department], department: Department) -> int:
    """How many levels lie below a department."""
    inside = [one.path.split(f"/{department.pk}/", 1)[1] for one in tree.values() if _is_in(one, department)]
    return max((rest.count("/") for rest in inside), default=0)


def _is_in(one: Department, department: Department) -> bool:
    return f"/{department.pk}/" in one.path


def _follow(tree: dict[int, Department], moved: Department, old_path: str) -> None:
    below = [one for one in tree.values() if one.pk != moved.pk and one.path.startswith(old_path)]
    for one in below:
        one.path = moved.path + one.path[len(old_path) :]
    Department.objects.bulk_update(below, ["path"])


def members_of(department: Department) -> list[int]:
    """The ids of the people who stand in a department itself."""
    return sorted(User.objects.filter(department=department).values_list("pk", flat=True))


def _set_head(department: Department, head_id: int | None) -> None:
    """Put somebody who works here at the head, or nobody."""
    if head_id and head_id != department.head_id and not is_active(head_id):
        raise Invalid({"head": _("There is no such user.")})
    department.head_id = head_id


def _set_members(department: Department, members: frozenset[int]) -> None:
    if User.objects.filter(pk__in=members).count() != len(members):
        raise Invalid({"add": _("There is no such user.")})
    User.objects.filter(department=department).exclude(pk__in=members).update(department=None)
    User.objects.filter(pk__in=members).update(department=department)
