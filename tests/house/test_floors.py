"""The floors of the house stand: imports look down, and none hides in a function."""

import subprocess
import sys
from pathlib import Path

from tools.house.modules import inner_imports

ROOT = Path(__file__).resolve().parents[2]


def test_no_floor_looks_up():
    linter = Path(sys.executable).with_name("lint-imports")
    said = subprocess.run([linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr


def test_no_import_hides_in_a_function():
    assert [str(fault) for fault in inner_imports()] == []
