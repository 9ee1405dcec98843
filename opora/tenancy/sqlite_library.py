"""Which SQLite is used: the one `pysqlite3` carries, else Python's own, with its version judged (R12.05)."""

import importlib
import importlib.util
import sqlite3
import sys

SAFE_VERSION = (3, 51, 3)
"""Older libraries have a rare corruption race when several connections write and checkpoint in WAL mode."""


def use_newest_sqlite() -> None:
    """Make `import sqlite3` give `pysqlite3` where its wheel is installed.

    Django's backend imports `sqlite3` by name, so the module is swapped before the backend is imported.
    """
    if importlib.util.find_spec("pysqlite3") is None:
        return
    sys.modules["sqlite3"] = importlib.import_module("pysqlite3")
    sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")


def sqlite_version() -> tuple[int, int, int]:
    """The version of the SQLite library in use."""
    major, minor, patch = (sys.modules.get("sqlite3") or sqlite3).sqlite_version_info
    return major, minor, patch


def one_writing_process_only() -> bool:
    """True when the library is too old for several writing processes on one file (R12.05)."""
    return sqlite_version() < SAFE_VERSION


def version_warning() -> str:
    """What to tell whoever starts the server; empty when the library is new enough."""
    if not one_writing_process_only():
        return ""
    found, safe = (".".join(map(str, version)) for version in (sqlite_version(), SAFE_VERSION))
    return (
        f"SQLite {found} is older than {safe}, which fixed a rare corruption of files written by several "
        "processes. Only one process may write: no separate worker is started. "
        "Install the package pysqlite3 to lift this."
    )
