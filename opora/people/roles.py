"""What may be done to roles, by whom: make, copy, change, remove (U14, N08)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Forbidden, Invalid
from opora.kit.text import clean, is_blank
from opora.people.access import Access
from opora.people.models import AccountKind, Role
from opora.people.scopes import VERBS, Scope, Scopes
from opora.people.switches import GENERAL, ROLES, SWITCHES
from opora.timeline.events import Entry, Ref, record

NAME_LENGTH = 100
LEADER_SCOPES = (Scope.NONE, Scope.GROUP)


@dataclass(frozen=True)
class RoleDraft:
    """What a form about a role says. Scopes are `{kind: {verb: scope}}`; `leader_scopes` what leading a group adds.

    `needs_factor` asks its people for a second factor before anything else (R6.07).
    """

    name: str
    names: Mapping[str, str] = field(default_factory=dict)
    scopes: Scopes = field(default_factory=dict)
    leader_scopes: Scopes = field(default_factory=dict)
    switches: frozenset[str] = frozenset()
    needs_factor: bool = False


def all_roles() -> QuerySet[Role]:
    """The roles of the project in the order they were made, each with `people`, the number of its users."""
    return Role.objects.annotate(people=Count("users")).order_by("id")


def drafted(role: Role) -> RoleDraft:
    """A role as a form shows it."""
    return RoleDraft(
        role.name, role.names, role.scopes, role.leader_scopes, frozenset(role.switches), role.needs_factor
    )


def applied(role: Role, draft: RoleDraft) -> Role:
    """The role as it would be after saving, not stored: for the question what would change."""
    return Role(
        id=role.pk,
        key=role.key,
        name=draft.name,
        names=dict(draft.names),
        scopes=draft.scopes,
        leader_scopes=draft.leader_scopes,
        switches=sorted(draft.switches),
        needs_factor=draft.needs_factor,
    )


def differences(before: RoleDraft, after: RoleDraft) -> dict[str, list[Any]]:
    """Each right that differs, as `{"contact.see": ["own", "team"], "switch:triage": [False, True]}`."""
    found: dict[str, list[Any]] = {}
    if before.name != after.name:
        found["name"] = [before.name, after.name]
    if before.names != after.names:
        found["names"] = [dict(before.names), dict(after.names)]
    if before.needs_factor != after.needs_factor:
        found["needs_factor"] = [before.needs_factor, after.needs_factor]
    for prefix, old, new in (
        ("", before.scopes, after.scopes),
        ("leader:", before.leader_scopes, after.leader_scopes),
    ):
        found |= {f"{prefix}{key}": pair for key, pair in _changed_scopes(old, new).items()}
    for name in sorted(before.switches ^ after.switches):
        found[f"switch:{name}"] = [name in before.switches, name in after.switches]
    return found


@transaction.atomic
def create(access: Access, draft: RoleDraft, *, via: str) -> Role:
    """A new role. Raises `Forbidden` without the right, `Invalid` for a name that is empty or taken."""
    _may_manage(access)
    role = Role()
    _fill(access, role, draft, RoleDraft(""))
    role.save(force_insert=True)
    _note("role.created", role, access, via, differences(RoleDraft(""), drafted(role)))
    return role


@transaction.atomic
def save(access: Access, role_id: int, draft: RoleDraft, *, via: str) -> Role:
    """Change a role, with effect from everybody's next request (R2.08).

    Raises `Forbidden` (`last_director` for the director's role, which nobody limits), `Invalid`, `Role.DoesNotExist`.
    """
    _may_manage(access)
    role = Role.objects.select_for_update().get(pk=role_id)
    _spare_director(role)
    before = drafted(role)
    _fill(access, role, draft, before)
    changes = differences(before, drafted(role))
    if changes:
        role.save()
        _note("role.changed", role, access, via, changes)
    return role


@transaction.atomic
def remove(access: Access, role_id: int, *, via: str) -> None:
    """Remove a role nobody has. Raises `Forbidden`, `Invalid` while it has users or new accounts start with it."""
    _may_manage(access)
    role = Role.objects.select_for_update().get(pk=role_id)
    if role.key in AccountKind.values:
        raise Invalid({"": _("New users start with this role: it can't be removed.")})
    if role.users.exists():
        raise Invalid({"": _("Some users have this role. Give them another one first.")})
    _note("role.removed", role, access, via, {"name": [role.name, None]})
    role.delete()


def people_of(role: Role) -> list[Any]:
    """The users of a role who may enter, by name, each with what rights are made of loaded."""
    users = role.users.select_related("role", "department").order_by("first_name", "last_name", "id")
    return [user for user in users if user.may_enter]


def _may_manage(access: Access) -> None:
    if not access.has(ROLES.name):
        raise Forbidden(ROLES.label)


def _spare_director(role: Role) -> None:
    if role.key == AccountKind.DIRECTOR:
        raise Forbidden(_("limiting the director"), code="last_director")


def _fill(access: Access, role: Role, draft: RoleDraft, before: RoleDraft) -> None:
    _refuse_beyond(access, before.switches, draft.switches)
    name = clean(draft.name, NAME_LENGTH, field="name")
    if is_blank(name):
        raise Invalid({"name": _("Fill this in.")})
    if Role.objects.filter(name=name).exclude(pk=role.pk).exists():
        raise Invalid({"name": _("A role with this name already exists.")})
    role.name = name
    role.names = {code: clean(text, NAME_LENGTH, field="name") for code, text in draft.names.items() if text}
    role.scopes = _checked(draft.scopes, tuple(Scope))
    role.leader_scopes = _checked(draft.leader_scopes, LEADER_SCOPES)
    role.switches = sorted(draft.switches)
    role.needs_factor = draft.needs_factor


def _refuse_beyond(access: Access, before: frozenset[str], after: frozenset[str]) -> None:
    """Rights of finance and of authorisation are given and taken only by who has them (N08)."""
    for name in before ^ after:
        switch = SWITCHES.get(name)
        if switch is None and name in after:
            raise Invalid({"switches": _("There is no such right.")})
        if switch and switch.area != GENERAL and not access.has(name):
            raise Forbidden(switch.label)


def _checked(scopes: Scopes, allowed: Iterable[str]) -> dict[str, dict[str, str]]:
    known = set(allowed)
    for verbs in scopes.values():
        if not set(verbs) <= set(VERBS) or not set(verbs.values()) <= known:
            raise Invalid({"scopes": _("There is no such right.")})
    return {kind: {verb: str(scope) for verb, scope in verbs.items()} for kind, verbs in scopes.items()}


def _changed_scopes(old: Scopes, new: Scopes) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for kind in {**old, **new}:
        for verb in VERBS:
            pair = [_said(old, kind, verb), _said(new, kind, verb)]
            if pair[0] != pair[1]:
                found[f"{kind}.{verb}"] = pair
    return found


def _said(scopes: Scopes, kind: str, verb: str) -> str:
    """The scope in force for a kind, also when only `*` names it."""
    for name in (kind, "*"):
        if verb in scopes.get(name, {}):
            return str(scopes[name][verb])
    return str(Scope.NONE)


def _note(name: str, role: Role, access: Access, via: str, changes: dict[str, list[Any]]) -> None:
    record([Entry(name, Ref("role", role.pk), changes=changes)], actor_id=access.user_id or None, via=via)
