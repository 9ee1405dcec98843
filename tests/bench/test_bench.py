"""`opora bench` measures a real server, and its floor is nowhere else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import RequestFactory

from config.bench import floor
from opora.kit.errors import NotFound
from tests import addresses
from tests.clients import ProjectClient

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = "import sys; from config.cli import main; sys.argv[0] = 'opora'; sys.exit(main())"


def test_a_small_bench_prints_its_table_and_writes_its_file(tmp_path: Path) -> None:
    check_bench("sqlite", tmp_path)


@pytest.mark.long
def test_it_measures_postgresql_too(installation: object, tmp_path: Path) -> None:
    if addresses.database_address() == "sqlite":
        pytest.skip("the run on PostgreSQL measures it")
    check_bench("postgresql", tmp_path)


def check_bench(database: str, tmp_path: Path) -> None:
    """The table and the file of a bench over a hundred contacts."""
    out = tmp_path / "bench.json"
    said = subprocess.run(
        [
            *(sys.executable, "-c", COMMAND, "bench", "--contacts", "100", "--deals", "20"),
            *("--quick", "--database", database, "--out", str(out)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr[-3000:]
    found = json.loads(out.read_text("utf-8"))
    pages = {page["name"]: page for page in found["pages"]}
    assert {"list", "search", "card", "create", "board"} <= set(pages)
    for page in pages.values():
        assert page["database"] == database
        assert page["floor_ms"] > 0
        assert page["ratio"] == pytest.approx(page["p50_ms"] / page["floor_ms"], rel=0.05)
        assert page["p50_ms"] <= page["p95_ms"]
        assert page["rps"] > 0
        assert page["queries"] > 0
        assert page["name"] in said.stdout
    assert found["memory"][0]["loaded"]["processes"] >= 2
    assert found["cold_start"][0]["seconds"] > 0


@pytest.mark.req("R9.01")
def test_the_floor_is_not_mounted_and_knows_no_customer(client: ProjectClient) -> None:
    assert not settings.BENCH
    assert client.get("/bench/list/").status_code == 404
    with pytest.raises(NotFound):
        floor.read(RequestFactory().get("/", {"bytes": "100"}), "list")
    with pytest.raises(NotFound):
        floor.write(RequestFactory().post("/?id=1"))
