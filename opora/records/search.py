"""Search: one side table of folded text, a row a record, read through `visible`.

SQLite finds by an FTS5 trigram index, PostgreSQL by pg_trgm; telephone numbers by their reversed digits. The hits
are capped before they are ordered, so a common word costs no more than a rare one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models.lookups import In

from opora.kit import phones
from opora.kit.errors import Invalid
from opora.kit.text import digits, fold, other_layout, words
from opora.people.access import Access
from opora.people.switches import PHONE_SEE
from opora.records import definitions, sight
from opora.records.kinds import Kind, kinds
from opora.records.models import FieldKey, SearchRow
from opora.records.steps import derived_from
from opora.records.work import Saved, Work

HITS = 2000
WRITTEN = ("text", "phones", "start", "stamp")
SHORTEST_TRIGRAM = 3
SHORTEST_NUMBER, SURE_NUMBER = 3, 7
"""From how many digits on a text may be a part of a phone number, and from how many it is nothing else."""


@dataclass(frozen=True)
class Hit:
    """A record that was found."""

    kind: Kind
    record: Any


@derived_from("*")
def refresh_search(work: Work, saved: Sequence[Saved]) -> None:
    """Write the search rows of new and changed records."""
    if saved and saved[0].kind.has_search:
        write(saved[0].kind, [s.record for s in saved], is_new=all(s.is_new for s in saved))


def write(kind: Kind, records: Sequence[Any], *, is_new: bool = False) -> None:
    """Bring the search rows of these records up to date; `is_new` says that none of them has one yet."""
    rows = [row_of(kind, record) for record in records]
    if is_new or (len(rows) == 1 and not _rewritten(rows[0])):
        SearchRow.objects.bulk_create(rows)
    elif len(rows) > 1:
        _write_many(rows)


def _write_many(rows: Sequence[SearchRow]) -> None:
    found = SearchRow.objects.filter(record_id__in=[row.record_id for row in rows])
    known = dict(found.values_list("record_id", "id"))
    stale = [row for row in rows if row.record_id in known]
    for row in stale:
        row.id = known[row.record_id]
    SearchRow.objects.bulk_create([row for row in rows if row.record_id not in known])
    SearchRow.objects.bulk_update(stale, WRITTEN, batch_size=200)


def _rewritten(row: SearchRow) -> bool:
    """Write the one row of a record anew, which is most of all writes; False when it has none yet."""
    values = {name: getattr(row, name) for name in WRITTEN}
    return bool(SearchRow.objects.filter(record_id=row.record_id).update(**values))


def row_of(kind: Kind, record: Any) -> SearchRow:
    """The search row of a record: its title and what the kind adds, folded; phone digits reversed."""
    parts = {"text": record.title, **(kind.search_text(record) if kind.search_text else {})}
    phones = " ".join(digits(number)[::-1] for number in parts.get("phones", "").split(",") if digits(number))
    text = fold(" ".join([record.title, parts.get("text", "")]))
    return SearchRow(
        record_id=record.id,
        kind=kind.name,
        text=text,
        start=record.title_key[:100],
        phones=phones[:255],
        stamp=record.stamp,
    )


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
            return [record_id for _name, record_id in found]
    return []


def _search(access: Access, text: str, among: list[Kind], limit: int) -> list[Hit]:
    if not text:
        return []
    found = _candidates(text, [kind.name for kind in among], access.has(PHONE_SEE.name))
    hits: list[Hit] = []
    for kind in among:
        numbers = [record_id for name, record_id in found if name == kind.name]
        if numbers:
            seen = sight.visible(access, kind).filter(pk__in=numbers).order_by("-stamp", "-pk")[:limit]
            hits += [Hit(kind, record) for record in seen]
    return sorted(hits, key=lambda hit: -hit.record.stamp)[:limit]


def _candidates(text: str, names: list[str], by_parts: bool) -> list[tuple[str, int]]:
    rows = SearchRow.objects.filter(In(Unindexed(models.F("kind")), names))
    number = _number(text)
    by_phone: list[tuple[str, int]] = []
    if len(number) >= SHORTEST_NUMBER and not any(c.isalpha() for c in text):
        holding = rows.filter(_by_phone(number) if by_parts else _by_whole_phone(text))
        by_phone = list(holding.order_by("-stamp").values_list("kind", "record_id")[:HITS])
        if len(number) >= SURE_NUMBER:
            return by_phone
    if min((len(w) for w in words(text)), default=0) < SHORTEST_TRIGRAM and len(text) < SHORTEST_TRIGRAM:
        starting = rows.filter(start__gte=text, start__lt=text + "\U0010ffff")
        return list(starting.order_by("start").values_list("kind", "record_id")[:HITS])
    by_words = _by_words(rows, text).order_by("-stamp").values_list("kind", "record_id")
    return list(dict.fromkeys([*by_phone, *by_words[:HITS]]))


def _number(text: str) -> str:
    """The digits that were typed; a number written with 8 by habit is stored with 7."""
    number = digits(text)
    return "7" + number[1:] if len(number) == 11 and number[0] == "8" else number


def _by_phone(number: str) -> models.Q:
    """Numbers ending so (a b-tree on reversed digits), or holding these digits anywhere."""
    back = number[::-1]
    return models.Q(phones__gte=back, phones__lt=back + "\U0010ffff") | _holds("phones", back)


def _by_whole_phone(text: str) -> models.Q:
    """Records with exactly this number, however it is written."""
    try:
        number = digits(phones.parse(text, country=definitions.current().preferences.country).e164)
    except Invalid:
        return models.Q(pk__in=[])
    whole = FieldKey.objects.filter(key=number).values("record_id")
    return models.Q(record_id__in=whole, phones__contains=number[::-1])


def _by_words(rows: models.QuerySet[SearchRow], text: str) -> models.QuerySet[SearchRow]:
    """Rows that hold every word. SQLite's trigram index is asked once for all words: it intersects them itself."""
    pieces = text.split()
    longer = [piece for piece in pieces if len(piece) >= SHORTEST_TRIGRAM]
    if connection.vendor == "sqlite" and longer:
        rows = rows.filter(pk__in=Matching("text", *longer))
    for piece in pieces:
        rows = rows.filter(text__contains=piece)
    return rows


def _holds(column: str, piece: str) -> models.Q:
    """That a column holds a piece: the trigram index where the piece is long enough for one."""
    if connection.vendor == "sqlite" and len(piece) >= SHORTEST_TRIGRAM:
        return models.Q(pk__in=Matching(column, piece), **{f"{column}__contains": piece})
    return models.Q(**{f"{column}__contains": piece})


class Matching(models.expressions.RawSQL):
    """The ids of search rows that hold every trigram of pieces (SQLite's FTS5); the caller compares the pieces itself.

    The index keeps no positions (a third of the size), so it knows trigrams and not their order.
    """

    def __init__(self, column: str, *pieces: str) -> None:
        trigrams = dict.fromkeys(piece[i : i + 3] for piece in pieces for i in range(len(piece) - 2))
        quoted = " AND ".join('"' + trigram.replace('"', '""') + '"' for trigram in trigrams)
        sql = "SELECT rowid FROM records_search_fts WHERE records_search_fts MATCH %s"
        super().__init__(sql, (f"{column} : ({quoted})",))


class Unindexed(models.Func):
    """A column that SQLite may not choose an index for: it walked all rows of the kinds instead of the few matches."""

    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """With the unary plus that SQLite's planner understands so (100,000 records: 44 ms without, 1 ms with it)."""
        return super().as_sql(compiler, connection, template="+%(expressions)s", **extra)
