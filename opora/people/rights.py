"""The visibility compiler: one answer to "may this person do this to that record" ("One answer": Rights).

`visible` is the list filter; a single-object check is the same filter with the key added; `may` asks whether a verb
can reach anything at all; `why` explains, from the same compiled tree, why someone sees a record or does not.
"""

from collections.abc import Iterable

from django.db.models import Q

from opora.kit.registry import Registry
from opora.people.access import Access
from opora.people.models.role import Share, ShareLevel
from opora.people.rules import (
    All,
    Everyone,
    Nothing,
    OwnerIn,
    Rule,
    Seen,
    SharedRow,
    SharedWith,
    Unassigned,
    any_of,
)
from opora.people.switches import TRIAGE

SHAREABLE = frozenset({"see", "edit"})
DEFAULT_SHARES: Registry[str] = Registry("default share")


def declare_kind(kind: str, default_share: str = ShareLevel.NONE) -> None:
    """Make a kind of record known to the compiler, with what everyone may do to its records by default.

    A project may change the default with a `DefaultShare` row.
    """
    DEFAULT_SHARES.register(kind, str(default_share))


def visible(access: Access, kind: str, verb: str = "see") -> Q:
    """The filter of the records of a kind that a verb reaches, over `id`, `responsible_id` and `access`."""
    return compiled(access, kind, verb).q()


def may(access: Access, kind: str, verb: str) -> bool:
    """Whether a verb can reach any record of the kind at all; for `create`, whether one may be created."""
    if verb == "create":
        return access.owners(kind, verb) != frozenset()
    return not isinstance(compiled(access, kind, verb), Nothing)


def allows(access: Access, kind: str, verb: str, record: Seen) -> bool:
    """Whether a verb reaches a record as it stands in memory, for checks after a change."""
    rule = compiled(access, kind, verb)
    if isinstance(rule, Nothing):
        return False
    return rule.holds(record) or rule.holds(record, shares_of(kind, record.id))


def compiled(access: Access, kind: str, verb: str = "see") -> Rule:
    """The tree of reasons by which a verb reaches records of a kind."""
    if not access.may_reach(kind):
        return Nothing()
    if verb == "take":
        return _untaken(access, kind)
    rules: list[Rule] = [_scoped(access, kind, verb)]
    if verb == "see" and access.has(TRIAGE.name):
        rules.append(Unassigned())
    if verb in SHAREABLE and (access.verbs is None or verb in access.verbs):
        rules += _shared(access, kind, verb)
    return any_of(rules)


def shares_of(kind: str, record_id: int) -> list[SharedRow]:
    """With whom a record is shared."""
    rows = Share.objects.filter(kind=kind, record_id=record_id).values_list("principal", "level")
    return [SharedRow(principal, level) for principal, level in rows]


def _scoped(access: Access, kind: str, verb: str) -> Rule:
    """The reach of the role's scope. No verb reaches further than seeing does."""
    owners, seen = access.owners(kind, verb), access.owners(kind, "see")
    if verb != "see" and seen is not None:
        owners = seen if owners is None else owners & seen
    if owners is None:
        return All()
    return OwnerIn(owners, access.scope(kind, verb)) if owners else Nothing()


def _untaken(access: Access, kind: str) -> Rule:
    """Taking a record that nobody is responsible for: the switch, or the right to edit everything."""
    narrowed = access.verbs is not None and "take" not in access.verbs
    everything = isinstance(_scoped(access, kind, "edit"), All)
    return Unassigned() if not narrowed and (everything or access.has(TRIAGE.name)) else Nothing()


def _shared(access: Access, kind: str, verb: str) -> Iterable[Rule]:
    """What sharing adds: reading is given by "read" and "write", editing only by "write" (R4.06)."""
    levels = {ShareLevel.WRITE.value} | ({ShareLevel.READ.value} if verb == "see" else set())
    default = access.default_shares.get(kind) or DEFAULT_SHARES.get(kind) or ShareLevel.NONE
    yield Everyone(frozenset(levels | ({""} if default in levels else set())))
    yield SharedWith(kind, access.principals, frozenset(levels))
