"""Mutation testing (R15.15): the wrong changes are the ones we mean; of the compiler's none lives."""

import ast
import subprocess
import sys

import pytest

from tools.house.tree import ROOT
from tools.mutation.__main__ import SUBJECTS
from tools.mutation.mutants import mutants

SOURCE = '''"""A module."""
MOST = 3

def reach(ids, limit=MOST, *, deep=False):
    """Whether anything is reached."""
    if not ids:
        return _("nothing")
    return len(ids) < limit and 7 in ids
'''


def test_the_mutants_of_a_module_are_small_slips_each_by_its_own_name() -> None:
    names = [mutant.name for mutant in mutants("house.reach", SOURCE)]
    assert names == [
        "reach.MOST: 3 -> 4",
        "reach.reach: False -> True",
        "reach.reach: if not ids: return _('nothing') -> pass",
        "reach.reach: not ids -> ids",
        "reach.reach: return _('nothing') -> return None",
        "reach.reach: _('nothing') -> _()",
        "reach.reach: return len(ids) < limit and 7 in ids -> return None",
        "reach.reach: len(ids) < limit and 7 in ids -> len(ids) < limit or 7 in ids",
        "reach.reach: len(ids) < limit and 7 in ids -> 7 in ids",
        "reach.reach: len(ids) < limit and 7 in ids -> len(ids) < limit",
        "reach.reach: len(ids) < limit -> len(ids) <= limit",
        "reach.reach: len(ids) -> len()",
        "reach.reach: 7 in ids -> 7 not in ids",
        "reach.reach: 7 -> 8",
    ]


def test_the_source_is_whole_again_after_every_mutant() -> None:
    found = list(mutants("house.reach", SOURCE))
    plain = compile(ast.parse(SOURCE), "<mutant of house.reach>", "exec")
    assert len({mutant.code.co_consts for mutant in found} - {plain.co_consts}) == len(found)


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.req("R15.15")
@pytest.mark.parametrize("module", SUBJECTS)
def test_no_mutant_of_the_compiler_lives(module: str) -> None:
    """On SQLite alone: what differs between the databases is not the compiler's."""
    words = [sys.executable, "-m", "tools.mutation", module]
    run = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-4000:]
