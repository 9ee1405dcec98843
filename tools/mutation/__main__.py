"""`python -m tools.mutation [module …] [--only words]`: 1 when a mutant lives that equal.toml doesn't explain.

Words of `equal.toml`: `mutant` is the name as printed, `reason` tells why no test can tell it from the real code.
"""

import argparse
import sys
import tomllib

import pytest

from tools.house.tree import ROOT
from tools.mutation.run import Run

SUBJECTS = (
    "opora.people.scopes",
    "opora.people.rules",
    "opora.people.rights",
)
TESTS = (
    "tests/people/test_access.py",
    "tests/people/test_people_compiler.py",
    "tests/people/test_people_hierarchy.py",
    "tests/people/test_wider.py",
    "tests/records/test_sight.py",
    "tests/structure/test_modules.py",
)


def equal() -> dict[str, str]:
    """The mutants that are the same program in other words, each with the reason."""
    rows = tomllib.loads((ROOT / "tools/mutation/equal.toml").read_text("utf-8")).get("equal", [])
    return {row["mutant"]: row["reason"] for row in rows}


def main() -> int:
    """Run the mutants of the modules; print what lived and the explanations that explain nothing any more."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", default=SUBJECTS)
    parser.add_argument("--only", default="", help="only mutants whose name has these words")
    parser.add_argument(
        "--at-most", type=int, default=10_000, help="only so many tests a mutant: a quick first look"
    )
    parser.add_argument("--tests", nargs="+", default=TESTS, help="other tests than the chosen ones")
    given = parser.parse_args()
    run = Run(list(given.modules), given.only, at_most=given.at_most)
    code = pytest.main(
        ["-q", "-p", "no:randomly", "-p", "no:xdist", "--no-header", *given.tests], plugins=[run]
    )
    if code or not run.tried:
        return 1
    known, alive = equal(), {mutant.name for mutant in run.alive}
    short = {name.rpartition(".")[2] for name in given.modules}
    about = {name for name in known if name.partition(".")[0] in short and given.only in name}
    print(f"mutation: {run.tried} mutants, {len(alive)} live, {len(alive & about)} of them the same program")
    for name in sorted(alive - about):
        print(f"survivor: {name}")
    for name in sorted(about - alive):
        print(f"explained but noticed or gone: {name}")
    return 1 if alive != about else 0


if __name__ == "__main__":
    sys.exit(main())
