"""`opora bench --rights` finds the same page by the product and by hand, and tells what both cost."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = "import sys; from config.cli import main; sys.argv[0] = 'opora'; sys.exit(main())"


@pytest.mark.long
@pytest.mark.req("R17.02", "R2.08")
def test_a_small_measurement_of_rights_prints_its_table_and_adds_to_the_file(tmp_path: Path) -> None:
    database = os.environ.get("OPORA_TEST_DATABASE", "sqlite")
    out = tmp_path / "bench.json"
    out.write_text('{"pages": []}', "utf-8")
    said = subprocess.run(
        [
            *(
                sys.executable,
                "-c",
                COMMAND,
                "bench",
                "--rights",
                "--contacts",
                "2000",
                "--database",
                database,
            ),
            *("--order=-stamp", "--order=title", "--out", str(out)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr[-3000:]
    found = json.loads(out.read_text("utf-8"))
    assert found["pages"] == []
    readers = {row["reader"] for row in found["rights"]}
    assert {"all", "1 dense", "1000 sparse, shares"} <= readers
    assert len(found["rights"]) == 2 * len(readers)
    for row in found["rights"]:
        assert row["by_hand"] != "none", row
        assert row["rights_queries"] <= 2
        assert row["ms"] > 0
        assert row["reader"] in said.stdout
