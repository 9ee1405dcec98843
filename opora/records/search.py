"""Search: one side table of folded text, a row a record, read through `visible`.

Found by words or by digits of a telephone number, wherever they stand (records/fulltext.py). Of more than `HITS` that
hold what was typed the newest made count, so that a common word costs no more than a rare one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from opora.kit import phones
from opora.kit.errors import Invalid
from opora.kit.text import digits, fold, other_layout, words
from opora.people.access import Access
from opora.people.switches import PHONE_SEE
from opora.records import definitions, fulltext, sight
from opora.records.fulltext import HITS, SHORTEST_TRIGRAM, Found
from opora.records.kinds import Kind, kinds
from opora.records.models import FieldKey, SearchRow

AT_ONCE = 100
"""So many of what was found are looked at first: a page of them is seldom more than that."""
SHORTEST_NUMBER, SURE_NUMBER = 3, 7
"""From how many digits on a text may be a part of a phone number, and from how many it is nothing else."""


@dataclass(frozen=True)
class Hit:
    """A record that was found."""

    kind: Kind
    record: Any


def search(access: Access, text: str, *, among: Iterable[Kind] = (), limit: int = 20) -> list[Hit]:
    """What the person may see of what was typed, newest first; the other keyboard layout is tried when nothing is.

    Fewer than three letters find beginnings of titles only.
    """
    for attempt in dict.fromkeys([fold(text), fold(other_layout(text))]):
        hits = _search(access, attempt, list(among) or [kind for kind in kinds if kind.has_search], limit)
        if hits:
            return hits
    return []


def found_ids(access: Access, kind: Kind, text: str) -> list[int]:
    """The ids of a kind's records that hold what was typed, at most `HITS`; the caller keeps those a person sees.

    The other keyboard layout is tried when nothing is found. Whoever may not see numbers finds a phone by all its
    digits only, since its parts would tell it (R5.05).
    """
    by_parts = access.has(PHONE_SEE.name)
    for attempt in dict.fromkeys([fold(text), fold(other_layout(text))]):
        if attempt and (found := _candidates(attempt, [kind.name], by_parts)):
            return [found_row.record_id for found_row in found]
    return []


def _search(access: Access, text: str, among: list[Kind], limit: int) -> list[Hit]:
    if not text:
        return []
    by_name = {kind.name: kind for kind in among}
    found = _candidates(text, list(by_name), access.has(PHONE_SEE.name))
    found.sort(key=lambda row: -row.stamp)
    hits: list[Hit] = []
    for part in _parts(found):
        numbers: dict[str, list[int]] = {}
        for row in part:
            numbers.setdefault(row.kind, []).append(row.record_id)
        seen = [hit for name, ids in numbers.items() for hit in _seen(access, by_name[name], ids, limit)]
        hits += sorted(seen, key=lambda hit: -hit.record.stamp)
        if len(hits) >= limit:
            break
    return hits[:limit]


def _parts(found: Sequence[Found]) -> Iterator[Sequence[Found]]:
    """What was found, newest first: a page's worth, then all the rest."""
    yield found[:AT_ONCE]
    if len(found) > AT_ONCE:
        yield found[AT_ONCE:]


def _seen(access: Access, kind: Kind, numbers: Sequence[int], limit: int) -> list[Hit]:
    """Those of these records that the person sees in lists; of very many the newest."""
    if len(numbers) <= AT_ONCE:
        records = [r for r in sight.seen_among(access, kind, numbers) if r.trashed_at is None]
    else:
        records = list(sight.visible(access, kind).filter(pk__in=numbers).order_by("-stamp", "-pk")[:limit])
    return [Hit(kind, record) for record in records]


def _candidates(text: str, names: list[str], by_parts: bool) -> list[Found]:
    number = _number(text)
    by_phone: list[Found] = []
    if len(number) >= SHORTEST_NUMBER and not any(c.isalpha() for c in text):
        by_phone = _by_digits(number, names) if by_parts else _by_whole_phone(text, names)
        if len(number) >= SURE_NUMBER:
            return by_phone
    if min((len(w) for w in words(text)), default=0) < SHORTEST_TRIGRAM and len(text) < SHORTEST_TRIGRAM:
        starting = SearchRow.objects.filter(kind__in=names, start__gte=text, start__lt=text + "\U0010ffff")
        return _read(starting.order_by("start"))
    by_words = fulltext.holding({"text": text.split()}, names)
    return list(dict.fromkeys([*by_phone, *by_words]))


def _number(text: str) -> str:
    """The digits that were typed; a number written with 8 by habit is stored with 7."""
    number = digits(text)
    return "7" + number[1:] if len(number) == 11 and number[0] == "8" else number


def _by_digits(number: str, names: Sequence[str]) -> list[Found]:
    """Records with a number that holds these digits anywhere."""
    return fulltext.holding({"phones": [number[::-1]]}, names)


def _by_whole_phone(text: str, names: Sequence[str]) -> list[Found]:
    """Records with exactly this number, however it is written."""
    try:
        number = digits(phones.parse(text, country=definitions.current().preferences.country).e164)
    except Invalid:
        return []
    whole = FieldKey.objects.filter(key=number).values("record_id")
    rows = SearchRow.objects.filter(kind__in=names, record_id__in=whole, phones__contains=number[::-1])
    return _read(rows.order_by("-id"))


def _read(rows: Any) -> list[Found]:
    return [Found(*row) for row in rows.values_list("kind", "record_id", "stamp")[:HITS]]
