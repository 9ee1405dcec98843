"""What one person may do now, loaded once for a request with at most two queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    Manager,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast

from opora.people.models import AccountKind, DefaultShare, Department, GroupMember, ModuleGate, User
from opora.people.models.token import TokenScope
from opora.people.scopes import Scope, scope_of
from opora.people.switches import LEADS, PHONE_SEE, SWITCHES
from opora.tenancy.prepared import Prepared

NOBODY = frozenset[int]()
TOKEN_VERBS: Mapping[str, frozenset[str]] = {
    TokenScope.LEADS: frozenset(),
    TokenScope.READ: frozenset({"see"}),
    TokenScope.WRITE: frozenset({"see", "create", "edit", "delete", "take"}),
    TokenScope.EXPORT: frozenset({"see", "export"}),
    TokenScope.ADMIN: frozenset({"see", "create", "edit", "delete", "take", "export"}),
}


@dataclass(frozen=True)
class Access:
    """A person's rights and the people around that the scopes speak of.

    `circles` maps a scope to the ids of the people in it; `closed` are the kinds that are switched off (O30).
    `verbs` is None for a person and narrows a token.
    """

    user_id: int = 0
    name: str = ""
    role_name: str = ""
    kind: str = AccountKind.MANAGER
    may_enter: bool = False
    scopes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    leader_scopes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    switches: frozenset[str] = frozenset()
    groups: frozenset[int] = NOBODY
    circles: Mapping[str, frozenset[int]] = field(default_factory=dict)
    led: frozenset[int] = NOBODY
    default_shares: Mapping[str, str] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    verbs: frozenset[str] | None = None

    @classmethod
    def of(cls, user: User) -> "Access":
        """The rights of a user as they stand now: one query, and one more when the role is not loaded yet."""
        around = _Around(user)
        return cls(
            user_id=user.id,
            name=user.name,
            role_name=str(user.role),
            kind=user.kind,
            may_enter=user.may_enter,
            scopes=user.role.scopes,
            leader_scopes=user.role.leader_scopes,
            switches=frozenset(user.role.switches),
            groups=around.ids("g") | around.ids("l"),
            circles={
                Scope.OWN: frozenset({user.id}),
                Scope.GROUP: around.ids("f") | {user.id},
                Scope.TEAM: around.ids("t") | {user.id},
                Scope.DEPARTMENT: around.ids("d") | {user.id},
                Scope.BRANCH: around.ids("b") | {user.id},
            },
            led=around.ids("m"),
            default_shares=around.shares,
            closed=frozenset(around.closed),
        )

    @classmethod
    def nobody(cls) -> "Access":
        """The rights of whoever is not signed in: none."""
        return cls()

    @classmethod
    def console(cls) -> "Access":
        """The rights of the command line: whoever runs it owns the installation."""
        return cls(kind=AccountKind.DIRECTOR, may_enter=True)

    @property
    def is_director(self) -> bool:
        """Whether this is the one superuser, whom no role limits (I02)."""
        return self.kind == AccountKind.DIRECTOR

    @property
    def principals(self) -> frozenset[int]:
        """Everyone a record may be shared with so that this person reaches it."""
        return self.groups | {self.user_id}

    def narrowed(self, token_scopes: Iterable[str]) -> "Access":
        """The same rights through a token: never more than the person's own (R6.09)."""
        scopes = set(token_scopes)
        verbs = frozenset().union(*(TOKEN_VERBS[name] for name in scopes))
        switches = frozenset(name for name in all_switches() if self.has(name))
        if TokenScope.ADMIN not in scopes:
            leads = TokenScope.LEADS in scopes
            kept = {PHONE_SEE.name} | ({LEADS.name} if leads else set())
            switches &= kept if TokenScope.WRITE not in scopes else kept | {"triage", "phone.edit"}
        return replace(self, verbs=verbs, switches=switches)

    def leaves(self, verb: str) -> bool:
        """Whether the key of this request leaves the verb to its owner; without a key nothing is narrowed (R6.09)."""
        return self.verbs is None or verb in self.verbs

    def has(self, switch: str) -> bool:
        """Whether a switch of the role is on; the director has all. Raises `KeyError` for an unknown switch."""
        known = SWITCHES[switch].name
        director = self.is_director and self.verbs is None
        return self.may_enter and (director or known in self.switches)

    def may_reach(self, kind: str) -> bool:
        """Whether the person may use this kind of record at all."""
        return self.may_enter and kind not in self.closed

    def scope(self, kind: str, verb: str) -> Scope:
        """How far a verb reaches on a kind of record."""
        if not self.may_reach(kind) or (self.verbs is not None and verb not in self.verbs):
            return Scope.NONE
        return Scope.ALL if self.is_director else scope_of(self.scopes, kind, verb)

    def owners(self, kind: str, verb: str) -> frozenset[int] | None:
        """The people whose records the role's scope reaches; None when it reaches all."""
        scope = self.scope(kind, verb)
        if scope == Scope.ALL:
            return None
        found = self.circles.get(scope, NOBODY)
        if self.led and self._leads(kind, verb):
            found |= self.led
        return found

    def _leads(self, kind: str, verb: str) -> bool:
        allowed = self.may_reach(kind) and (self.verbs is None or verb in self.verbs)
        return allowed and scope_of(self.leader_scopes, kind, verb) == Scope.GROUP


def all_switches() -> tuple[str, ...]:
    """The names of all switches that apps have declared."""
    return tuple(name for name, _switch in SWITCHES.items())


class _Around:
    """The people around a user, read in one query: each row is a letter, an id and (for shares) two words."""

    def __init__(self, user: User) -> None:
        self.shares: dict[str, str] = {}
        self.closed: set[str] = set()
        self._ids: dict[str, set[int]] = {}
        for letter, number, word, level in _Shape.of(user).question.rows(
            me=user.id,
            head=user.head_id or 0,
            branch=user.branch_id or 0,
            below=f"{user.department.path if user.department else ''}%",
        ):
            if letter == "s":
                self.shares[word] = level
            elif letter == "x":
                self.closed.add(word)
            else:
                self._ids.setdefault(letter, set()).add(number)

    def ids(self, letter: str) -> frozenset[int]:
        """The ids of one letter."""
        return frozenset(self._ids.get(letter, ()))


@dataclass(frozen=True)
class _Shape:
    """What the question about the people around depends on besides the ids and the path in it."""

    needed: frozenset[str]
    kind: str
    has_head: bool
    has_department: bool
    has_branch: bool

    @classmethod
    def of(cls, user: User) -> "_Shape":
        needed = scopes_in_use(user)
        return cls(needed, user.kind, bool(user.head_id), bool(user.department), bool(user.branch_id))

    @property
    def question(self) -> Prepared:
        """The question in one statement, which is made once for all people of this shape."""
        return _question(self)

    def parts(self, me: int, head: int, branch: int, below: str) -> list[QuerySet[Any, Any]]:
        """The parts of the statement; `below` is the department's path with a per cent sign behind it."""
        user = User(id=me, kind=self.kind, head_id=head if self.has_head else None)
        mine = GroupMember.objects.filter(user_id=me)
        groups = mine.values("group_id")
        parts = [
            _rows(DefaultShare.objects, "s", None, word="kind", level="level"),
            _rows(mine.filter(is_leader=False), "g", "group_id"),
            _rows(mine.filter(is_leader=True), "l", "group_id"),
            _rows(_closed_to(user, groups), "x", None, word="kind"),
        ]
        if Scope.GROUP in self.needed:
            parts.append(_rows(GroupMember.objects.filter(group__in=groups), "f", "user_id"))
        if "leader" in self.needed:
            led = mine.filter(is_leader=True).values("group_id")
            parts.append(_rows(GroupMember.objects.filter(group__in=led), "m", "user_id"))
            parts.append(_rows(User.objects.filter(Exists(_headed_by(me))), "m", "id"))
        people = User.objects.all()
        if Scope.TEAM in self.needed:
            parts.append(_rows(people.filter(team_of(user)), "t", "id"))
        if Scope.DEPARTMENT in self.needed and self.has_department:
            inside = Q(department__path__startswith=below.removesuffix("%"))
            parts.append(_rows(people.filter(inside), "d", "id"))
        if Scope.BRANCH in self.needed and self.has_branch:
            parts.append(_rows(people.filter(branch_id=branch), "b", "id"))
        return parts


@lru_cache(maxsize=1000)
def _question(shape: _Shape) -> Prepared:
    def joined(**given: Any) -> QuerySet[Any, Any]:
        first, *rest = shape.parts(**given)
        return first.union(*rest, all=True)

    return Prepared(joined, me=-1, head=-2, branch=-3, below="?%")


def _headed_by(user_id: int) -> QuerySet[Department]:
    """The departments of this head that the person of the outer query is in, or below."""
    theirs = ExpressionWrapper(OuterRef("department__path"), output_field=CharField())
    return (
        Department.objects.filter(head_id=user_id).alias(theirs=theirs).filter(theirs__startswith=F("path"))
    )


def team_of(user: User) -> Q:
    """The filter of a person's team (I03-I05, R4.01).

    A head's team are those whose head he is; a manager's are the other managers of the same head, unless that head
    is the director.
    """
    below = Q(head_id=user.id)
    if user.kind != AccountKind.MANAGER or not user.head_id:
        return below
    beside = Q(head_id=user.head_id, kind=AccountKind.MANAGER) & ~Q(head__kind=AccountKind.DIRECTOR)
    return below | beside


def _closed_to(user: User, groups: QuerySet[GroupMember, Any]) -> QuerySet[ModuleGate]:
    """The gates this user does not pass; nobody passes one that is switched off."""
    chosen = ModuleGate.objects.filter(
        Q(guests__principal=user.pk) | Q(guests__principal__in=groups), opened=ModuleGate.CHOSEN
    )
    closed = ModuleGate.objects.exclude(opened=ModuleGate.EVERYBODY)
    if user.is_director:
        return closed.filter(opened=ModuleGate.NOBODY)
    return closed.exclude(pk__in=chosen.values("pk"))


def scopes_in_use(user: User) -> frozenset[str]:
    """Which circles the person's role speaks of, so that only those are read."""
    if user.is_director:
        return frozenset()
    named = {scope for verbs in user.role.scopes.values() for scope in verbs.values()}
    led = {"leader"} if user.role.leader_scopes else set()
    return frozenset(named | led)


def _rows(
    rows: QuerySet[Any] | Manager[Any],
    letter: str,
    number: str | None,
    word: str | None = None,
    level: str | None = None,
) -> QuerySet[Any, Any]:
    text = CharField()
    return rows.order_by().values_list(
        Value(letter, output_field=text),
        Cast(number, BigIntegerField()) if number else Value(0, output_field=BigIntegerField()),
        Cast(word, text) if word else Value("", output_field=text),
        Cast(level, text) if level else Value("", output_field=text),
    )
