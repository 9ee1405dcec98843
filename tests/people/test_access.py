"""The compiler on rights written by hand, without a database: every switch of its reasoning, one by one."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db.models import Q

from opora.kit.registry import Registry
from opora.people import rights
from opora.people.access import TOKEN_VERBS, Access, all_switches, scopes_in_use, team_of
from opora.people.models import AccountKind, Role, User
from opora.people.models.role import ShareLevel
from opora.people.rights import compiled, declare_kind, may, visible
from opora.people.rules import (
    All,
    AnyOf,
    Everyone,
    Nothing,
    OwnerIn,
    SharedRow,
    SharedWith,
    Unassigned,
    any_of,
)
from opora.people.scopes import VERBS, Scope, scope_of, uniform

pytestmark = pytest.mark.req("R15.15")
ME, MATE, LED = 1, 2, 3
GROUP = 9
OWN = OwnerIn(frozenset({ME}), Scope.OWN)
TEAM = OwnerIn(frozenset({ME, MATE}), Scope.TEAM)
KIND = "contact"


@dataclass
class Row:
    """A record reduced to what rights are made of."""

    responsible_id: int | None
    access: str = "none"
    id: int = 1


def person(scope: Scope = Scope.OWN, *switches: str, **more: Any) -> Access:
    """A manager in one group whose role treats all kinds alike."""
    given: dict[str, Any] = {
        "user_id": ME,
        "may_enter": True,
        "scopes": uniform(scope),
        "switches": frozenset(switches),
        "groups": frozenset({GROUP}),
        "circles": {Scope.OWN: frozenset({ME}), Scope.TEAM: frozenset({ME, MATE})},
    }
    return Access(**{**given, **more})


def shared(verb: str, *, default: str = "none") -> tuple[Everyone, SharedWith]:
    """What sharing adds to a verb."""
    levels = frozenset({"read", "write"} if verb == "see" else {"write"})
    opened = levels | ({""} if default in levels else set())
    return Everyone(opened), SharedWith(KIND, frozenset({ME, GROUP}), levels)


@pytest.fixture(autouse=True)
def _counters() -> None:
    """Nobody signs in here: without the counters no database is needed, and these tests run in no time."""


@pytest.mark.parametrize("verb", [*VERBS, "take"])
def test_every_verb_is_compiled_into_exactly_these_reasons(verb: str) -> None:
    expected = {
        "see": AnyOf((OWN, *shared("see"))),
        "create": OWN,
        "edit": AnyOf((OWN, *shared("edit"))),
        "delete": OWN,
        "export": OWN,
        "take": Nothing(),
    }
    assert compiled(person(), KIND, verb) == expected[verb]
    with_triage = expected | {"see": AnyOf((OWN, Unassigned(), *shared("see"))), "take": Unassigned()}
    assert compiled(person(Scope.OWN, "triage"), KIND, verb) == with_triage[verb]


def test_seeing_is_what_is_asked_when_no_verb_is_named() -> None:
    assert compiled(person(), KIND) == compiled(person(), KIND, "see")
    viewer = person(Scope.TEAM, groups=frozenset(), scopes=uniform(Scope.TEAM, delete=Scope.OWN))
    assert visible(viewer, KIND, "delete") == OWN.q()


@pytest.mark.req("O15", "R4.06")
def test_a_kind_says_what_everyone_may_do_with_its_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "DEFAULT_SHARES", Registry("default share of a test"))
    declare_kind("open", ShareLevel.READ)
    declare_kind("closed")
    assert Everyone(frozenset({"", "read", "write"})) in compiled(person(), "open").parts()
    assert Everyone(frozenset({"write"})) in compiled(person(), "open", "edit").parts()
    assert Everyone(frozenset({"read", "write"})) in compiled(person(), "closed").parts()
    with pytest.raises(ValueError, match="default share of a test"):
        declare_kind("open")
    monkeypatch.undo()
    with pytest.raises(ValueError, match=r"^default share 'contact'"):
        declare_kind("contact", ShareLevel.WRITE)


def test_who_sees_all_needs_no_other_reason_and_edits_all_takes_all() -> None:
    everything = person(Scope.ALL)
    assert [compiled(everything, KIND, verb) for verb in VERBS] == [All()] * 5
    assert compiled(everything, KIND, "take") == Unassigned()
    only_sees = person(scopes=uniform(Scope.OWN, see=Scope.ALL))
    assert compiled(only_sees, KIND, "take") == Nothing()
    assert compiled(only_sees, KIND, "delete") == OWN
    for wider in (Scope.ALL, Scope.TEAM):
        narrowed = compiled(person(scopes=uniform(wider, see=Scope.OWN)), KIND, "delete")
        assert narrowed == OwnerIn(OWN.ids, wider)
    assert compiled(person(scopes=uniform(Scope.OWN, see=Scope.TEAM)), KIND, "delete") == OWN


def test_taking_is_a_verb_of_its_own_for_a_key() -> None:
    for scope, switches in ((Scope.ALL, ()), (Scope.OWN, ("triage",))):
        key = person(scope, *switches, verbs=frozenset({"see", "edit"}))
        assert compiled(key, KIND, "take") == Nothing()
        assert compiled(replace(key, verbs=key.verbs | {"take"}), KIND, "take") == Unassigned()


@pytest.mark.parametrize("level", ["none", "read", "write"])
def test_the_default_share_of_the_project_stands_before_that_of_the_kind(level: str) -> None:
    viewer = person(default_shares={KIND: level})
    for verb in ("see", "edit"):
        assert compiled(viewer, KIND, verb) == AnyOf((OWN, *shared(verb, default=level)))
    elsewhere = person(default_shares={"deal": "write"})
    assert compiled(elsewhere, KIND) == AnyOf((OWN, *shared("see")))


@pytest.mark.parametrize(
    "scopes", [("leads",), ("read",), ("write",), ("export",), ("admin",), ("read", "export")]
)
def test_a_key_keeps_of_each_verb_what_its_scopes_say(scopes: tuple[str, ...]) -> None:
    left = {
        ("leads",): set(),
        ("read",): {"see"},
        ("write",): {"see", "create", "edit", "delete", "take"},
        ("export",): {"see", "export"},
        ("admin",): {"see", "create", "edit", "delete", "take", "export"},
        ("read", "export"): {"see", "export"},
    }[scopes]
    key = person(Scope.OWN, "triage").narrowed(scopes)
    for verb in (*VERBS, "take"):
        assert key.leaves(verb) is (verb in left)
        whole = compiled(person(Scope.OWN, "triage"), KIND, verb)
        if verb == "see" and "see" in left and not {"write", "admin"} & set(scopes):
            whole = AnyOf((OWN, *shared("see")))
        assert compiled(key, KIND, verb) == (whole if verb in left else Nothing()), verb
        assert may(key, KIND, verb) is (verb in left)
    assert set(TOKEN_VERBS) == {"leads", "read", "write", "export", "admin"}


@pytest.mark.req("R6.09")
@pytest.mark.parametrize(
    ("scopes", "left"),
    [
        (("leads",), {"phone.see", "leads.create"}),
        (("read",), {"phone.see"}),
        (("export",), {"phone.see"}),
        (("write",), {"phone.see", "triage", "phone.edit"}),
        (("write", "leads"), {"phone.see", "triage", "phone.edit", "leads.create"}),
        (("admin",), None),
        (("admin", "read"), None),
    ],
)
def test_a_key_keeps_of_the_switches_what_its_scopes_say(
    scopes: tuple[str, ...], left: set[str] | None
) -> None:
    everything = set(all_switches())
    for owner in (person(Scope.OWN, *everything), person(kind=AccountKind.DIRECTOR)):
        key = owner.narrowed(scopes)
        assert {name for name in everything if key.has(name)} == (everything if left is None else left)
    assert not any(person(Scope.OWN).narrowed(scopes).has(name) for name in everything)


def test_a_switch_is_on_by_the_role_or_for_the_director_and_never_from_outside() -> None:
    assert person(Scope.OWN, "triage").has("triage")
    assert not person(Scope.OWN, "triage").has("log.read")
    assert person(kind=AccountKind.DIRECTOR).has("log.read")
    assert not person(kind=AccountKind.HEAD).has("log.read")
    assert not person(kind=AccountKind.DIRECTOR, verbs=frozenset({"see"})).has("log.read")
    assert not person(Scope.OWN, "triage", may_enter=False).has("triage")
    assert not person(kind=AccountKind.DIRECTOR, may_enter=False).has("triage")
    with pytest.raises(KeyError):
        person().has("fly")


def test_nobody_reaches_nothing_and_the_console_everything() -> None:
    nobody, console = Access.nobody(), Access.console()
    assert nobody == Access()
    assert (nobody.kind, nobody.name, nobody.role_name, nobody.user_id) == (AccountKind.MANAGER, "", "", 0)
    assert not nobody.may_enter
    assert [compiled(nobody, KIND, verb) for verb in (*VERBS, "take")] == [Nothing()] * 6
    assert console.is_director
    assert [compiled(console, KIND, verb) for verb in VERBS] == [All()] * 5
    assert all(console.has(name) for name in all_switches())
    assert nobody.leaves("see")
    assert console.leaves("export")


@pytest.mark.req("O30")
def test_a_closed_kind_is_closed_also_to_the_director_and_no_other_kind_with_it() -> None:
    for viewer in (person(Scope.ALL, "triage"), person(kind=AccountKind.DIRECTOR)):
        shut = replace(viewer, closed=frozenset({"deal"}))
        assert (shut.may_reach(KIND), shut.may_reach("deal")) == (True, False)
        assert [shut.scope("deal", verb) for verb in VERBS] == [Scope.NONE] * 5
        assert [compiled(shut, "deal", verb) for verb in (*VERBS, "take")] == [Nothing()] * 6
        assert compiled(shut, KIND) == All()
    assert not person(may_enter=False).may_reach(KIND)


def test_a_leader_reaches_the_led_besides_the_own_where_the_role_says_so() -> None:
    led = frozenset({LED})
    leads = person(led=led, leader_scopes=uniform(Scope.GROUP))
    assert leads.owners(KIND, "see") == {ME, LED}
    assert person(led=led).owners(KIND, "see") == {ME}
    assert person(led=led, leader_scopes=uniform(Scope.OWN)).owners(KIND, "see") == {ME}
    assert person(leader_scopes=uniform(Scope.GROUP)).owners(KIND, "see") == {ME}
    only_sees = person(led=led, leader_scopes=uniform(Scope.NONE, see=Scope.GROUP))
    assert [only_sees.owners(KIND, verb) for verb in ("see", "edit")] == [{ME, LED}, {ME}]
    assert leads.narrowed(["read"]).owners(KIND, "see") == {ME, LED}
    assert leads.narrowed(["read"]).owners(KIND, "edit") == frozenset()
    assert replace(leads, closed=frozenset({KIND})).owners(KIND, "see") == frozenset()
    assert replace(leads, may_enter=False).owners(KIND, "see") == frozenset()
    assert replace(leads, scopes=uniform(Scope.ALL)).owners(KIND, "see") is None


def test_a_scope_without_its_circle_reaches_nobody() -> None:
    assert person(Scope.BRANCH).owners(KIND, "see") == frozenset()
    assert compiled(person(Scope.BRANCH), KIND, "delete") == Nothing()
    assert compiled(person(Scope.TEAM), KIND, "delete") == TEAM
    assert person(Scope.NONE).owners(KIND, "see") == frozenset()


def test_creating_asks_for_any_reach_at_all() -> None:
    assert may(person(Scope.ALL), KIND, "create")
    assert may(person(Scope.OWN), KIND, "create")
    assert not may(person(scopes=uniform(Scope.OWN, create=Scope.NONE)), KIND, "create")
    assert may(person(scopes=uniform(Scope.NONE, create=Scope.OWN)), KIND, "create")
    assert not may(person(Scope.NONE), KIND, "delete")
    assert may(person(Scope.NONE), KIND, "see"), "something may be shared"


def test_a_scope_is_that_of_the_kind_else_of_any_kind_else_none() -> None:
    scopes = {KIND: {"see": "team"}, "*": {"see": "own", "edit": "all"}}
    assert scope_of(scopes, KIND, "see") == Scope.TEAM
    assert scope_of(scopes, KIND, "edit") == Scope.ALL
    assert scope_of(scopes, "deal", "see") == Scope.OWN
    assert scope_of(scopes, "deal", "export") == scope_of({}, KIND, "see") == Scope.NONE
    assert uniform(Scope.OWN, edit=Scope.NONE) == {
        "*": {"see": "own", "create": "own", "edit": "none", "delete": "own", "export": "own"}
    }


def test_rules_hold_by_owner_by_nobody_by_access_by_share() -> None:
    mine, new, theirs = Row(ME), Row(None), Row(MATE, access="read")
    assert [OWN.holds(row) for row in (mine, new, theirs)] == [True, False, False]
    assert [Unassigned().holds(row) for row in (mine, new, theirs)] == [False, True, False]
    assert [Everyone(frozenset({"read"})).holds(row) for row in (mine, new, theirs)] == [False, False, True]
    assert [All().holds(new), Nothing().holds(new)] == [True, False]
    by_name = SharedWith(KIND, frozenset({ME}), frozenset({"write"}))
    rows = [SharedRow(ME, "read"), SharedRow(MATE, "write")]
    assert not by_name.holds(theirs)
    assert not by_name.holds(theirs, rows)
    assert by_name.holds(theirs, [*rows, SharedRow(ME, "write")])
    both = AnyOf((OWN, by_name))
    assert both.holds(mine)
    assert both.holds(theirs, iter([SharedRow(ME, "write")]))
    assert not both.holds(theirs, rows)
    assert not AnyOf((by_name, by_name)).holds(theirs, iter(rows))
    twice = AnyOf((SharedWith(KIND, frozenset({5}), frozenset({"read"})), by_name))
    assert twice.holds(theirs, iter([SharedRow(ME, "write")])), "each rule is shown all shares"


def test_rules_tell_their_filter_their_parts_and_their_owners() -> None:
    assert (All().q(), Nothing().q(), Unassigned().q()) == (
        Q(),
        Q(pk__in=[]),
        Q(responsible_id__isnull=True),
    )
    assert TEAM.q() == Q(responsible_id__in=[ME, MATE])
    assert Everyone(frozenset({"write", "read"})).q() == Q(access__in=["read", "write"])
    assert AnyOf((TEAM, Unassigned())).q() == TEAM.q() | Unassigned().q()
    assert (All().owner_ids(), Nothing().owner_ids(), TEAM.owner_ids()) == (None, frozenset(), {ME, MATE})
    assert Unassigned().owner_ids() == frozenset()
    assert AnyOf((TEAM, OwnerIn(frozenset({LED}), Scope.GROUP), Unassigned())).owner_ids() == {ME, MATE, LED}
    assert list(TEAM.parts()) == [TEAM]
    assert list(AnyOf((TEAM, Unassigned())).parts()) == [TEAM, Unassigned()]


def test_the_simplest_tree_of_several_reasons() -> None:
    assert any_of([]) == any_of([Nothing(), Nothing()]) == Nothing()
    assert any_of([Nothing(), OWN]) == OWN
    assert any_of([OWN, Nothing(), Unassigned()]) == AnyOf((OWN, Unassigned()))
    assert any_of([OWN, All(), Unassigned()]) == All()


@pytest.mark.req("I03", "I04", "I05")
def test_the_team_of_a_head_and_of_a_manager() -> None:
    below = Q(head_id=ME)
    beside = Q(head_id=7, kind="manager") & ~Q(head__kind="director")
    assert team_of(User(id=ME, kind="head", head_id=7)) == below
    assert team_of(User(id=ME, kind="manager")) == below
    assert team_of(User(id=ME, kind="manager", head_id=7)) == below | beside


def test_only_the_circles_that_a_role_speaks_of_are_read() -> None:
    role = Role(scopes={KIND: {"see": "team"}, "*": {"see": "own", "edit": "group"}})
    assert scopes_in_use(User(kind="manager", role=role)) == {"team", "own", "group"}
    role.leader_scopes = uniform(Scope.GROUP)
    assert scopes_in_use(User(kind="head", role=role)) == {"team", "own", "group", "leader"}
    assert scopes_in_use(User(kind="director", role=role)) == frozenset()
