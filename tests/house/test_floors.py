"""The floors of the house stand: imports look down (that none hides in a function, test_tree.py asks)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_no_floor_looks_up():
    linter = Path(sys.executable).with_name("lint-imports")
    said = subprocess.run([linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr
