"""The rows that search finds by, a row a record, written with the record."""

from collections.abc import Sequence
from typing import Any

from opora.kit.text import digits, fold
from opora.records.kinds import Kind
from opora.records.models import SearchRow
from opora.records.steps import derived_from
from opora.records.work import Saved, Work
from opora.tenancy import rowwriting

FOUND_BY = ("text", "phones", "start")


@derived_from("*")
def refresh_search(work: Work, saved: Sequence[Saved]) -> None:
    """Write the search rows of new and changed records.

    Where nothing changed that a record is found by, its stamp alone is written: the trigram index stays untouched.
    """
    if not saved or not saved[0].kind.has_search:
        return
    kind = saved[0].kind
    new, told, touched = [], [], []
    for each in saved:
        row = row_of(kind, each.record)
        if each.before is None:
            new.append(row)
        elif _differs(row, row_of(kind, _as_it_was(each))):
            told.append(row)
        else:
            touched.append(row)
    rowwriting.insert(new)
    rowwriting.put(told, key="record_id", columns=[*FOUND_BY, "stamp"])
    rowwriting.put(touched, key="record_id", columns=["stamp"])


def _as_it_was(saved: Saved) -> Any:
    assert saved.before is not None
    before = type(saved.record)(**saved.before)
    before.refresh_title()
    return before


def _differs(row: SearchRow, other: SearchRow) -> bool:
    return any(getattr(row, name) != getattr(other, name) for name in FOUND_BY)


def row_of(kind: Kind, record: Any) -> SearchRow:
    """The search row of a record: its title and what the kind adds, folded, each word once; phone digits reversed."""
    parts = kind.search_text(record) if kind.search_text else {}
    phones = " ".join(digits(number)[::-1] for number in parts.get("phones", "").split(",") if digits(number))
    text = fold(" ".join([record.title, parts.get("text", "")]))
    return SearchRow(
        record_id=record.id,
        kind=kind.name,
        text=" ".join(dict.fromkeys(text.split())),
        start=record.title_key[:100],
        phones=phones[:255],
        stamp=record.stamp,
    )
