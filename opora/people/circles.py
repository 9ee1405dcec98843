"""Groups, categories and branches: who is in them, and who leads a group (N05, T02, T06)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Forbidden, Invalid, NotFound
from opora.kit.text import clean, is_blank
from opora.people.access import Access
from opora.people.models import Branch, Category, Group, GroupMember, ModuleGuest, Share, User
from opora.people.switches import ROLES
from opora.timeline.events import Entry, Ref, record

GROUP, CATEGORY, BRANCH = "group", "category", "branch"
MODELS: Mapping[str, type[models.Model]] = {GROUP: Group, CATEGORY: Category, BRANCH: Branch}


@dataclass(frozen=True)
class CircleDraft:
    """What a form about a circle says: its name, the ids of its people, and for a group those who lead it."""

    name: str
    members: frozenset[int] = frozenset()
    leaders: frozenset[int] = frozenset()


def all_of(sort: str) -> QuerySet[Any]:
    """The circles of a sort by name, each with `people`, the number of its members."""
    related = "user" if sort == BRANCH else "members"
    return MODELS[sort]._default_manager.annotate(people=Count(related, distinct=True)).order_by("name", "id")


def group_names(ids: Collection[int]) -> dict[int, str]:
    """The names of those of these principals that are groups; no look for none."""
    return dict(Group.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def get(sort: str, circle_id: int) -> Any:
    """One circle. Raises `NotFound`."""
    found = all_of(sort).filter(pk=circle_id).first()
    if found is None:
        raise NotFound()
    return found


def drafted(sort: str, circle: Any) -> CircleDraft:
    """A circle as a form shows it."""
    if sort == GROUP:
        rows = list(GroupMember.objects.filter(group=circle).values_list("user_id", "is_leader"))
        return CircleDraft(
            circle.name,
            frozenset(user for user, _leads in rows),
            frozenset(user for user, leads in rows if leads),
        )
    people = User.objects.filter(branch=circle) if sort == BRANCH else circle.members.all()
    return CircleDraft(circle.name, frozenset(people.values_list("pk", flat=True)))


@transaction.atomic
def create(access: Access, sort: str, draft: CircleDraft, *, via: str) -> Any:
    """A new circle. Raises `Forbidden` without the right, `Invalid` for a name that is empty or taken."""
    may_manage(access)
    circle = MODELS[sort]()
    _name(sort, circle, draft.name)
    circle.save(force_insert=True)
    _people(sort, circle, CircleDraft(""), draft)
    note(access, f"{sort}.created", Ref(sort, circle.pk), via, {"name": [None, draft.name]})
    return circle


@transaction.atomic
def save(access: Access, sort: str, circle_id: int, draft: CircleDraft, *, via: str) -> Any:
    """Change the name and the people of a circle; rights change with the next request (R2.08).

    Raises `Forbidden`, `NotFound`, `Invalid`.
    """
    may_manage(access)
    circle: Any = MODELS[sort]._default_manager.select_for_update().filter(pk=circle_id).first()
    if circle is None:
        raise NotFound()
    before = drafted(sort, circle)
    _name(sort, circle, draft.name)
    circle.save()
    _people(sort, circle, before, draft)
    changes = _differences(before, drafted(sort, circle))
    if changes:
        note(access, f"{sort}.changed", Ref(sort, circle.pk), via, changes)
    return circle


@transaction.atomic
def remove(access: Access, sort: str, circle_id: int, *, via: str) -> None:
    """Remove a circle; what was shared with a group is no longer shared with it. Raises `Forbidden`, `NotFound`."""
    may_manage(access)
    circle: Any = MODELS[sort]._default_manager.select_for_update().filter(pk=circle_id).first()
    if circle is None:
        raise NotFound()
    if sort == BRANCH:
        User.objects.filter(branch=circle).update(branch=None)
    if sort == GROUP:
        Share.objects.filter(principal=circle_id).delete()
        ModuleGuest.objects.filter(principal=circle_id).delete()
    note(access, f"{sort}.removed", Ref(sort, circle_id), via, {"name": [circle.name, None]})
    circle.delete()


def may_manage(access: Access) -> None:
    """Raise `Forbidden` for who may not change the structure: belonging somewhere gives rights."""
    if not access.has(ROLES.name):
        raise Forbidden(ROLES.label)


def note(access: Access, name: str, subject: Ref, via: str, changes: Mapping[str, list[Any]]) -> None:
    """Write a change of the structure to the log (R16.01)."""
    record([Entry(name, subject, changes=dict(changes))], actor_id=access.user_id or None, via=via)


def _name(sort: str, circle: Any, name: str) -> None:
    circle.name = clean(name, 100, field="name")
    if is_blank(circle.name):
        raise Invalid({"name": _("Fill this in.")})
    if MODELS[sort]._default_manager.filter(name=circle.name).exclude(pk=circle.pk).exists():
        raise Invalid({"name": _("This name is taken.")})


def _people(sort: str, circle: Any, before: CircleDraft, draft: CircleDraft) -> None:
    _known(draft.members - before.members)
    if sort == GROUP:
        _set_group(circle, before, draft)
    elif sort == CATEGORY:
        circle.members.set(draft.members)
    else:
        User.objects.filter(pk__in=before.members - draft.members).update(branch=None)
        User.objects.filter(pk__in=draft.members - before.members).update(branch=circle)


def _set_group(group: Group, before: CircleDraft, draft: CircleDraft) -> None:
    rows = GroupMember.objects.filter(group=group)
    rows.filter(user_id__in=before.members - draft.members).delete()
    GroupMember.objects.bulk_create(
        GroupMember(group=group, user_id=user_id) for user_id in sorted(draft.members - before.members)
    )
    rows.exclude(user_id__in=draft.leaders).filter(is_leader=True).update(is_leader=False)
    rows.filter(user_id__in=draft.leaders).update(is_leader=True)


def _known(user_ids: Collection[int]) -> None:
    if User.objects.filter(pk__in=user_ids).count() != len(user_ids):
        raise Invalid({"add": _("There is no such user.")})


def _differences(before: CircleDraft, after: CircleDraft) -> dict[str, list[Any]]:
    pairs: dict[str, list[Any]] = {
        "name": [before.name, after.name],
        "members": [sorted(before.members), sorted(after.members)],
        "leaders": [sorted(before.leaders), sorted(after.leaders)],
    }
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
