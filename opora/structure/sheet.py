"""Rows as CSV that no spreadsheet takes for formulas (R7.10)."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

DANGEROUS = frozenset("=+-@|%\t\r")
BOM = "\ufeff"


def cell(text: str) -> str:
    """The text as a cell: what could start a formula, also behind blanks or in full width, gets an apostrophe."""
    plain = unicodedata.normalize("NFKC", text)
    first = next(
        (c for c in plain if c in DANGEROUS or not (c.isspace() or unicodedata.category(c)[0] == "C")), ""
    )
    return f"'{text}" if first in DANGEROUS and first else text


def written(rows: Iterable[Sequence[str]], mark: str = BOM) -> str:
    """The rows as CSV text; the byte order mark before the first lets spreadsheets read it as UTF-8."""
    out = io.StringIO()
    out.write(mark)
    csv.writer(out).writerows([cell(one) for one in row] for row in rows)
    return out.getvalue()
