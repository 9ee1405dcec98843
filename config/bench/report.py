"""The table and bench.json."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HEADS = ("page", "database", "p50 ms", "p95 ms", "req/s", "queries", "bytes", "floor ms", "ratio")
KEYS = ("name", "database", "p50_ms", "p95_ms", "rps", "queries", "bytes", "floor_ms", "ratio")


def table(parts: Sequence[dict[str, Any]]) -> str:
    """What a person reads: a line a page, then memory and cold start of each database."""
    rows = [HEADS, *(tuple(str(page[key]) for key in KEYS) for part in parts for page in part["pages"])]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    lines = [
        "  ".join(
            _cell(text, width, place) for place, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    for part in parts:
        idle, loaded = part["memory"]["idle"], part["memory"]["loaded"]
        lines.append(
            f"{part['memory']['database']}: {idle['processes']:.0f} processes, memory idle {idle['own']:.0f} MB, "
            f"loaded {loaded['own']:.0f} MB (resident {idle['resident']:.0f} and {loaded['resident']:.0f}); "
            f"cold start to the first page {part['cold_start']['seconds']:.2f} s"
        )
    return "\n".join(lines)


RIGHTS = (
    "reader",
    "order",
    "database",
    "ms",
    "by_hand_ms",
    "by_hand",
    "ratio",
    "statements",
    "rights_queries",
)


def rights_table(rows: Sequence[dict[str, Any]]) -> str:
    """A line a reader and order; a star where more than 5 ms or more than 1.5 times the best SQL by hand are taken."""
    lines = [RIGHTS, *(tuple(str(row[key]) for key in RIGHTS) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(RIGHTS))]
    stars = ["", *("*" if row["ms"] > MOST_MS or row["ratio"] > MOST_RATIO else "" for row in rows)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + star
        for line, star in zip(lines, stars, strict=True)
    )


MOST_MS, MOST_RATIO = 5.0, 1.5


def add_rights(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Put the rows into bench.json beside whatever stands there."""
    content = json.loads(path.read_text("utf-8")) if path.exists() else {}
    path.write_text(json.dumps({**content, "rights": rows}, indent=2) + "\n", "utf-8")


def _cell(text: str, width: int, place: int) -> str:
    return text.ljust(width) if place < 2 else text.rjust(width)


def write(parts: Sequence[dict[str, Any]], sizes: dict[str, int], path: Path) -> None:
    """bench.json: all pages of all databases in one list."""
    content = {
        "sizes": sizes,
        "pages": [page for part in parts for page in part["pages"]],
        "memory": [part["memory"] for part in parts],
        "cold_start": [part["cold_start"] for part in parts],
    }
    path.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
