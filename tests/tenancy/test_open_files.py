"""SQLite files stay open, but not without limit."""

import threading

from django.db import connections

from opora.tenancy.backends.sqlite.open_files import OpenFiles, open_files
from opora.tenancy.context import project
from tests.tenancy.shelves import Book


class Wrapper:
    """Stands for a connection."""

    in_atomic_block = False

    def __init__(self, alias, files):
        self.alias, self.files, self.is_open = alias, files, True
        files.opened(self)

    def close(self):
        self.is_open = False
        self.files.closed(self)


def test_the_least_used_file_is_closed_first():
    files = OpenFiles(limit=3)
    a, b, c = (Wrapper(alias, files) for alias in "abc")
    files.used(a)
    Wrapper("d", files)
    assert (a.is_open, b.is_open, c.is_open) == (True, False, True)


def test_a_file_in_a_transaction_is_not_closed():
    files = OpenFiles(limit=2)
    a = Wrapper("a", files)
    a.in_atomic_block = True
    Wrapper("b", files)
    Wrapper("c", files)
    assert a.is_open


def test_threads_share_one_limit():
    files = OpenFiles(limit=10)
    held = [Wrapper(str(n), files) for n in range(10)]
    done = threading.Event()

    def other():
        Wrapper("x", files)
        assert files.share() == 5
        done.wait(5)

    thread = threading.Thread(target=other)
    thread.start()
    while files.share() != 5:
        pass
    held.append(Wrapper("new", files))
    assert sum(wrapper.is_open for wrapper in held) == 5
    done.set()
    thread.join()


def test_a_projects_file_stays_open_after_its_block(on_sqlite, many, monkeypatch):
    connections.close_all()
    monkeypatch.setattr(open_files, "limit", 4)
    for ref in many:
        with project(ref):
            Book.objects.count()
    still = [ref for ref in many if connections[f"p:{ref.key}"].connection is not None]
    assert still
    assert still == many[-len(still) :]
    assert len(still) <= 4
