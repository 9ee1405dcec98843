"""Everything installed is pinned by version and hash."""

import pytest

from tools import locks

pytestmark = pytest.mark.req("R15.14")


def test_every_package_is_pinned_with_a_hash():
    assert locks.faults() == []


def test_a_requirement_without_a_hash_would_be_seen(tmp_path, monkeypatch):
    for name in locks.NAMES:
        (tmp_path / f"{name}.in").write_text("click\n")
        (tmp_path / f"{name}.txt").write_text("click==8.0.0\n")
    monkeypatch.setattr(locks, "FOLDER", tmp_path)
    assert locks.faults() == [f"{name}.txt: no hash: click==8.0.0" for name in locks.NAMES]


def test_a_requirement_left_out_of_the_lock_would_be_seen(tmp_path, monkeypatch):
    for name in locks.NAMES:
        (tmp_path / f"{name}.in").write_text("click>=8  # words\nhttpx[brotli]\n")
        (tmp_path / f"{name}.txt").write_text("click==8.0.0 \\\n    --hash=sha256:00\n")
    monkeypatch.setattr(locks, "FOLDER", tmp_path)
    assert "run.in: httpx is not locked: make lock" in locks.faults()
