"""Who sees a record by the scope of a role, whatever its sharing says: what limiting a record does not end (R4.06).

Roles and scopes are named, never people: a reader of the card may not know of all of them (R4.03). That these are the
very people the compiler lets through is proved by `tests/people/test_wider.py`.
"""

from dataclasses import dataclass

from opora.people.models import AccountKind, Department, GroupMember, ModuleGate, Role, User
from opora.people.models.user import Status
from opora.people.rules import Seen
from opora.people.scopes import Scope, scope_of
from opora.people.switches import TRIAGE


@dataclass(frozen=True)
class Wider:
    """The people of one role who see a record by one scope, other than its responsible person.

    The scope "none" stands for those who see it because they take new records.
    """

    role: str
    scope: Scope
    people: frozenset[int]


def wider(kind: str, record: Seen) -> list[Wider]:
    """Who sees the record by role, role by role; five queries at most."""
    around = _Around(kind, record.responsible_id)
    found: dict[tuple[int, Scope], set[int]] = {}
    roles: dict[int, Role] = {}
    for person in around.people:
        scope = around.scope_that_reaches(person)
        if scope is not None:
            found.setdefault((person.role_id, scope), set()).add(person.pk)
            roles[person.role_id] = person.role
    lines = [
        Wider(str(roles[role_id]), scope, frozenset(people)) for (role_id, scope), people in found.items()
    ]
    return sorted(lines, key=lambda line: (line.scope != Scope.ALL, line.role))


class _Around:
    """The people who work in the project, seen from the person responsible for a record."""

    def __init__(self, kind: str, owner_id: int | None) -> None:
        self._kind = kind
        users = User.objects.select_related("role", "department").filter(
            status__in=(Status.ACTIVE, Status.BY_ADDRESS)
        )
        everybody = {user.pk: user for user in users}
        self._owner = everybody.pop(owner_id or 0, None) or _gone(owner_id)
        rows = list(
            GroupMember.objects.filter(group__memberships__user_id=owner_id or 0).values_list(
                "user_id", "is_leader"
            )
        )
        self._beside = {user_id for user_id, _leads in rows}
        self._leaders = {user_id for user_id, leads in rows if leads}
        self._heads = _heads_of(self._owner)
        guests = _guests(kind)
        self.people = [user for user in everybody.values() if _is_let_in(user, guests)]
        self._director_id = next((user.pk for user in users if user.is_director), 0)

    def scope_that_reaches(self, person: User) -> Scope | None:
        """The scope by which a person sees the record; None for who does not by role."""
        scope = Scope.ALL if person.is_director else scope_of(person.role.scopes, self._kind, "see")
        if scope == Scope.ALL:
            return scope
        if self._owner is None:
            return Scope.NONE if TRIAGE.name in person.role.switches else None
        if self._holds(scope, person, self._owner):
            return scope
        leads = scope_of(person.role.leader_scopes, self._kind, "see") == Scope.GROUP
        return Scope.GROUP if leads and person.pk in self._leaders | self._heads else None

    def _holds(self, scope: Scope, person: User, owner: User) -> bool:
        match scope:
            case Scope.GROUP:
                return person.pk in self._beside
            case Scope.TEAM:
                return owner.head_id == person.pk or self._is_team_mate(person, owner)
            case Scope.DEPARTMENT:
                return bool(
                    person.department
                    and owner.department
                    and owner.department.path.startswith(person.department.path)
                )
            case Scope.BRANCH:
                return person.branch_id is not None and person.branch_id == owner.branch_id
        return False

    def _is_team_mate(self, person: User, owner: User) -> bool:
        both = person.kind == owner.kind == AccountKind.MANAGER
        return both and person.head_id == owner.head_id not in (None, self._director_id)


def _heads_of(owner: User | None) -> set[int]:
    """The heads of the owner's department and of those above it."""
    if owner is None or owner.department is None:
        return set()
    above = [int(number) for number in owner.department.path.strip("/").split("/")]
    rows = Department.objects.filter(pk__in=above, head__isnull=False)
    return set(rows.values_list("head_id", flat=True))


def _gone(owner_id: int | None) -> User | None:
    """The responsible person who no longer works here; None for a record of nobody."""
    return User.objects.select_related("role", "department").filter(pk=owner_id).first() if owner_id else None


def _guests(kind: str) -> frozenset[int] | None:
    """The principals a kind is open to; None when it is open to everybody (O30)."""
    gate = ModuleGate.objects.filter(kind=kind).exclude(opened=ModuleGate.EVERYBODY).first()
    if gate is None:
        return None
    if gate.opened == ModuleGate.NOBODY:
        return frozenset()
    principals = frozenset(gate.guests.values_list("principal", flat=True))
    groups = GroupMember.objects.filter(group__in=principals).values_list("user_id", flat=True)
    director = User.objects.filter(kind=AccountKind.DIRECTOR).values_list("pk", flat=True)
    return principals | frozenset(groups) | frozenset(director)


def _is_let_in(user: User, guests: frozenset[int] | None) -> bool:
    return guests is None or user.pk in guests
