"""A project can be copied while people work in it, and brought back (R13.05, R13.06)."""

import json
import os
import stat
import threading
import zipfile
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from opora.tenancy import hooks, provisioning
from opora.tenancy.backup.errors import BadBackup, TargetTaken
from opora.tenancy.backup.restoring import restore
from opora.tenancy.backup.writing import verify_backup, write_backup
from opora.tenancy.context import find_project, project
from tests.tenancy.shelves import Book, Shelf

pytestmark = pytest.mark.req("R13.05", "R13.06")


@pytest.fixture
def places():
    """Addresses for restored projects, removed afterwards."""
    taken = ["restored", "other-place"]
    yield taken
    connections.close_all()
    for slug in taken:
        if find_project(slug=slug):
            provisioning.remove_project(slug)
        provisioning.Project.objects.filter(slug=slug).delete()


def keep_file(ref, name, content):
    path = ref.data_dir / "files" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_project_comes_back_with_its_rows_and_files(one, tmp_path, places):
    Book.objects.create(title="Ёжик \t\\N \n и «Oʻtkan kunlar»")
    keep_file(one, "ab/cd/договор.pdf", b"\x00pdf" * 5000)
    copy = write_backup(one, tmp_path)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [copy]

    report = restore(copy, "restored")
    assert (report.files, report.migrated) == (1, False)
    with project(report.project):
        assert Book.objects.count() == 31
        assert Book.objects.filter(title="Ёжик \t\\N \n и «Oʻtkan kunlar»").exists()
        assert Book.objects.filter(shelf__name="shelf-t1").count() == 30
        new = Book.objects.create(title="after", shelf=Shelf.objects.get())
        assert new.pk == 32
        files = report.project.data_dir / "files"
        assert (files / "ab/cd/договор.pdf").read_bytes() == b"\x00pdf" * 5000
    assert Book.objects.count() == 31


def test_a_restored_project_has_the_same_indexes_and_references(one, tmp_path, places):
    ref = restore(write_backup(one, tmp_path), "restored").project
    with project(one), connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        wanted = {table: connection.introspection.get_constraints(cursor, table) for table in tables}
    with project(ref), connection.cursor() as cursor:
        found = {table: connection.introspection.get_constraints(cursor, table) for table in tables}
    assert found == wanted


def test_the_copy_is_of_one_moment_while_people_write(one, tmp_path, places):
    """Every transaction adds a pair: a copy with an odd number of books was torn."""
    Book.objects.all().delete()
    stop, failed = threading.Event(), []

    def write():
        try:
            with project("t1"):
                while not stop.is_set():
                    with transaction.atomic():
                        Book.objects.create(title="left")
                        Book.objects.create(title="right")
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    copies = [write_backup(one, tmp_path) for _n in range(3)]
    stop.set()
    writer.join()
    assert not failed
    numbers = [verify_backup(copy).counts["tenancy_tests_book"] for copy in copies]
    assert all(number % 2 == 0 for number in numbers)
    assert numbers == sorted(numbers)
    assert numbers[-1] > 0
    with project(restore(copies[-1], "restored").project):
        assert Book.objects.filter(title="left").count() == Book.objects.filter(title="right").count()


def test_a_standing_project_is_not_replaced_unless_told(one, tmp_path, places):
    copy = write_backup(one, tmp_path)
    ref = restore(copy, "restored").project
    with project(ref):
        Book.objects.all().delete()
    with pytest.raises(TargetTaken):
        restore(copy, "restored")
    with project(ref):
        assert Book.objects.count() == 0

    report = restore(copy, "restored", replace=True)
    assert report.project.slug == "restored"
    assert report.project.id == ref.id
    with project(find_project(slug="restored")):
        assert Book.objects.count() == 30
    assert verify_backup(report.replaced).counts["tenancy_tests_book"] == 0
    assert not ref.data_dir.exists()


@pytest.mark.parametrize("damage", ["flip", "cut", "lose", "extra", "text"])
def test_a_damaged_backup_changes_nothing(one, tmp_path, places, damage):
    keep_file(one, "a.bin", b"0123456789" * 10)
    copy = spoil(write_backup(one, tmp_path), damage)
    with pytest.raises(BadBackup):
        verify_backup(copy)
    with pytest.raises(BadBackup):
        restore(copy, "restored")
    assert find_project(slug="restored") is None


def spoil(path: Path, damage: str) -> Path:
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-500])
        return path
    if damage == "text":
        path.write_text("not a backup")
        return path
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    if damage == "flip":
        members["files/a.bin"] = b"1" + members["files/a.bin"][1:]
    elif damage == "lose":
        del members["files/a.bin"]
    else:
        members["files/../../../escape.txt"] = b"out"
    return rewrite(path, members)


def rewrite(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def with_manifest(path: Path, **changes: object) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = {**json.loads(members["manifest.json"]), **changes}
    return rewrite(path, {**members, "manifest.json": json.dumps(manifest).encode()})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"migrations": [["people", "9999_from_the_future"]]}, "newer schema"),
        ({"format": 99}, "newer Opora"),
        ({"vendor": "oracle"}, "oracle"),
    ],
)
def test_what_this_version_cannot_hold_is_refused_in_words(one, tmp_path, places, changes, words):
    copy = with_manifest(write_backup(one, tmp_path), **changes)
    with pytest.raises(BadBackup, match=words):
        restore(copy, "restored")
    assert find_project(slug="restored") is None


def test_counts_that_do_not_agree_are_refused(one, tmp_path, places):
    copy = write_backup(one, tmp_path)
    counts = verify_backup(copy).counts
    with_manifest(copy, counts={**counts, "tenancy_tests_book": 29})
    with pytest.raises(BadBackup):
        restore(copy, "restored")
    assert find_project(slug="restored") is None


def test_hooks_end_what_must_not_come_back(one, tmp_path, places, monkeypatch):
    seen = []
    monkeypatch.setattr(
        hooks.after_restore, "_hooks", [lambda ref: seen.append((ref.slug, Book.objects.count()))]
    )
    restore(write_backup(one, tmp_path), "restored")
    assert seen == [("restored", 30)]


def test_a_failing_step_leaves_nothing_half_made(one, tmp_path, places, monkeypatch):
    copy = write_backup(one, tmp_path)

    def fail(ref):
        raise RuntimeError("no")

    monkeypatch.setattr(hooks.after_restore, "_hooks", [fail])
    before = sorted((Path(one.data_dir).parent).iterdir())
    with pytest.raises(RuntimeError):
        restore(copy, "restored")
    assert find_project(slug="restored") is None
    assert sorted((Path(one.data_dir).parent).iterdir()) == before
    monkeypatch.undo()
    restore(copy, "restored")
    monkeypatch.setattr(hooks.after_restore, "_hooks", [fail])
    with pytest.raises(RuntimeError):
        restore(copy, "restored", replace=True)
    with project(find_project(slug="restored")):
        assert Book.objects.count() == 30


@pytest.mark.req("R13.09")
def test_what_a_killed_backup_left_is_swept_away(one, tmp_path):
    old = [tmp_path / ".t1-1.opora.99.draft", one.data_dir / "backup-old"]
    old[0].write_bytes(b"half")
    old[1].mkdir()
    fresh = tmp_path / ".t1-2.opora.98.draft"
    fresh.write_bytes(b"half")
    for path in old:
        os.utime(path, (0, 0))
    copy = write_backup(one, tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([fresh, copy])
    assert not old[1].exists()
