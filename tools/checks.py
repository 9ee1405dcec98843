"""The house rules over the whole tree: `python -m tools.checks` prints what is broken and exits 1.

An exception stands in tools/allowed.toml with its reason; one that excuses nothing any more is a fault itself.
"""

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from tools.house import lines, modules, words
from tools.house.tree import ROOT, Fault


@dataclass(frozen=True)
class Allowance:
    """A place where a rule may be broken; `text` is a part of the line, '' for the whole file."""

    rule: str
    path: str
    reason: str
    text: str = ""

    def excuses(self, fault: Fault) -> bool:
        """Whether the fault is the one meant here."""
        return fault.rule == self.rule and fault.path == self.path and self.text in fault.text


def allowances() -> list[Allowance]:
    """The exceptions of tools/allowed.toml."""
    rows = tomllib.loads((ROOT / "tools/allowed.toml").read_text("utf-8")).get("allow", [])
    return [Allowance(**row) for row in rows]


def all_faults() -> Iterator[Fault]:
    """Every broken rule, excused or not."""
    for rule in lines.RULES:
        yield from rule.faults()
    for question in (*modules.ALL, *words.ALL):
        yield from question()


def faults() -> list[str]:
    """What remains after the exceptions, each as a line for the reader."""
    allowed = allowances()
    found = list(all_faults())
    left = [str(fault) for fault in found if not any(one.excuses(fault) for one in allowed)]
    idle = [one for one in allowed if not any(one.excuses(fault) for fault in found)]
    return left + [f"tools/allowed.toml: {one.rule} in {one.path} is allowed but not there" for one in idle]


def main() -> int:
    """Print the faults; 1 when there are any."""
    lines_left = faults()
    print("\n".join(lines_left) or "house: all rules kept")
    return 1 if lines_left else 0


if __name__ == "__main__":
    sys.exit(main())
