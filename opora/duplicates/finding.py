"""Finding duplicates: of what is being typed, of one record, and all in groups; only what the person may see."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from opora.duplicates.keys import EMAIL, NAME, PHONE, Keys, any_of, finds, keys_in, keys_of
from opora.duplicates.models import Apart, DuplicateKey
from opora.duplicates.names import key_of
from opora.kit.errors import Invalid
from opora.kit.text import other_layout
from opora.people.access import Access
from opora.records import definitions, sight
from opora.records.kinds import Kind
from opora.records.places import reachable

MOST_SHOWN = 5
MOST_ROWS = 2000
MOST_GROUPS = 50


@dataclass(frozen=True)
class Twin:
    """A record that is probably the same client, and by which sorts of keys."""

    record: Any
    sorts: frozenset[str]


@dataclass(frozen=True)
class Group:
    """Records that are probably one client. `sorts` are what they have in common."""

    records: Sequence[Any]
    sorts: frozenset[str]

    @property
    def is_exact(self) -> bool:
        """Whether there is hardly a doubt: an own field agrees, or two things do."""
        return len(self.sorts) > 1 or not self.sorts <= {PHONE, EMAIL, NAME}

    @property
    def ids(self) -> list[int]:
        """The ids of the records."""
        return [record.id for record in self.records]


def typed_keys(access: Access, kind: Kind, typed: Mapping[str, Any]) -> Keys:
    """The keys of what stands in a form; what can't be read yet says nothing. A name is tried in both layouts."""
    fields = definitions.current().readable(access, kind.name)
    values: dict[str, Any] = {}
    for name, raw in typed.items():
        field = fields.get(name)
        if field is None or not (field.type.name in ("phone", "email") or finds(field)):
            continue
        try:
            values[name] = field.type.parse(raw, field)
        except Invalid:
            continue
    name = str(typed.get("company_name") or f"{typed.get('first_name', '')} {typed.get('last_name', '')}")
    found = keys_in(values, fields, name)
    return found | ({(NAME, key)} if (key := key_of(other_layout(name))) else set())


def alike(access: Access, kind: Kind, keys: Keys, *, but: int | None = None) -> list[Twin]:
    """The newest visible records that have one of these keys, at most five; without `but` and what is apart from it.

    Who is no client is found too: else the same one would be added anew (N20).
    """
    if not keys:
        return []
    same = DuplicateKey.objects.filter(any_of(keys), kind=kind.name)
    rows = list(same.values_list("record_id", "sort")[:MOST_ROWS])
    if not rows:
        return []
    is_whole = len(rows) < MOST_ROWS
    among: Any = [number for number, _sort in rows] if is_whole else same.values("record_id")
    found = sight.visible(access, kind, trashed=None).filter(reachable(kind), pk__in=among)
    if but is not None:
        found = found.exclude(pk__in=[but, *apart_from(kind, but)])
    records = list(found.order_by("-stamp")[:MOST_SHOWN])
    if not is_whole:
        rows = list(same.filter(record_id__in=[r.id for r in records]).values_list("record_id", "sort"))
    sorts: dict[int, set[str]] = {}
    for number, sort in rows:
        sorts.setdefault(number, set()).add(sort)
    return [Twin(record, frozenset(sorts.get(record.id, ()))) for record in records]


def open_keys(access: Access, kind: Kind, record: Any) -> Keys:
    """The keys of a record that come from fields the person may read (R5.06)."""
    readable = definitions.current().readable(access, kind.name)
    return {
        (sort, key) for sort, key in keys_of(kind, record) if sort in (PHONE, EMAIL, NAME) or sort in readable
    }


def twins_of(access: Access, kind: Kind, record: Any) -> list[Twin]:
    """The records that are probably the same client as this one."""
    return alike(access, kind, open_keys(access, kind, record), but=record.id)


def apart_from(kind: Kind, record_id: int) -> list[int]:
    """The records somebody put apart from this one."""
    pairs = Apart.objects.filter(kind=kind.name)
    seconds = pairs.filter(first=record_id).values_list("second", flat=True)
    firsts = pairs.filter(second=record_id).values_list("first", flat=True)
    return [*seconds, *firsts]


def groups(access: Access, kind: Kind, *, put_off: bool = False) -> list[Group]:
    """The groups of probable duplicates among the records a person sees, newest first, at most fifty.

    With `put_off` those that somebody said are different clients.
    """
    readable = definitions.current().readable(access, kind.name)
    sorts = [PHONE, EMAIL, NAME, *(f.name for f in readable.values() if finds(f))]
    rows = DuplicateKey.objects.filter(
        kind=kind.name, is_shared=True, sort__in=sorts, record_id__in=sight.visible(access, kind).values("pk")
    )
    holders: dict[tuple[str, str], list[int]] = {}
    for sort, key, number in rows.order_by("-record_id").values_list("sort", "key", "record_id")[:MOST_ROWS]:
        holders.setdefault((sort, key), []).append(number)
    pairs: dict[tuple[int, int], set[str]] = {}
    for (sort, _key), numbers in holders.items():
        for pair in combinations(sorted(set(numbers))[:20], 2):
            pairs.setdefault(pair, set()).add(sort)
    apart = _apart(kind, {number for pair in pairs for number in pair})
    chosen = {pair: found for pair, found in pairs.items() if (pair in apart) == put_off}
    return _grouped(access, kind, chosen)


def _apart(kind: Kind, numbers: Collection[int]) -> set[tuple[int, int]]:
    rows = Apart.objects.filter(kind=kind.name, first__in=numbers)
    return set(rows.values_list("first", "second"))


def _grouped(access: Access, kind: Kind, pairs: Mapping[tuple[int, int], set[str]]) -> list[Group]:
    """Pairs that touch make one group."""
    of: dict[int, set[int]] = {}
    for first, second in pairs:
        joined = of.get(first, {first}) | of.get(second, {second})
        for number in joined:
            of[number] = joined
    members = {min(group): group for group in of.values()}
    newest = sorted(members.values(), key=max, reverse=True)[:MOST_GROUPS]
    records = {
        r.id: r for r in sight.visible(access, kind).filter(pk__in=set().union(*newest) if newest else ())
    }
    found = []
    for group in newest:
        sorts = set().union(*(sorts for pair, sorts in pairs.items() if pair[0] in group))
        found.append(Group([records[n] for n in sorted(group) if n in records], frozenset(sorts)))
    return [group for group in found if len(group.records) > 1]


def put_apart(kind: Kind, numbers: Iterable[int]) -> None:
    """Remember that these records are different clients."""
    pairs = [Apart(kind=kind.name, first=a, second=b) for a, b in combinations(sorted(set(numbers)), 2)]
    Apart.objects.bulk_create(pairs, ignore_conflicts=True)


def put_together(kind: Kind, numbers: Iterable[int]) -> None:
    """Forget that these records were said to be different clients."""
    among = list(numbers)
    Apart.objects.filter(kind=kind.name, first__in=among, second__in=among).delete()
