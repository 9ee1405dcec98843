"""Installations of earlier days come up under today's code with everything in them (tests/tenancy/keep.py)."""

import json
import zipfile

import pytest

from opora.tenancy.backup.archive import read_archive
from tests.tenancy.keep import KEPT

pytestmark = [pytest.mark.req("R13.06", "R13.07"), pytest.mark.timeout(600)]

COUNT = "SELECT '{0}', count(*) FROM {0}"


def counted(machine, facts):
    sql = " UNION ALL ".join(COUNT.format(table) for table in facts)
    return dict(machine.inside({"kept": [sql]})["kept"])


@pytest.mark.parametrize("kept", sorted(KEPT.glob("*.sqlite.zip")), ids=lambda path: path.name)
def test_a_kept_data_folder_is_upgraded(on_sqlite, machine, kept):
    with zipfile.ZipFile(kept) as archive:
        archive.extractall(machine.data)
    facts = json.loads(kept.with_suffix(".json").read_text())
    assert "kept\tmigrated" in machine.opora("migrate")
    assert counted(machine, facts) == facts
    assert [path.read_text() for path in machine.data.glob("projects/*/files/ab/kept.txt")] == ["kept\n"]
    assert "WRONG" not in machine.opora("doctor")


@pytest.mark.parametrize("kept", sorted(KEPT.glob("*.postgresql.opora")), ids=lambda path: path.name)
def test_a_kept_backup_is_restored_and_upgraded(on_postgresql, machine, kept):
    facts = json.loads(kept.with_suffix(".json").read_text())
    assert "migrated" in machine.opora("restore", str(kept))
    assert counted(machine, facts) == facts
    assert [path.read_text() for path in machine.data.glob("projects/*/files/ab/kept.txt")] == ["kept\n"]
    assert "WRONG" not in machine.opora("doctor")


def test_a_kept_backup_says_what_it_is():
    for kept in KEPT.glob("*.opora"):
        with read_archive(kept) as (_archive, manifest):
            assert (manifest.slug, manifest.vendor) == ("kept", "postgresql")
