"""Small pictures of large ones, drawn by a child process under limits of its own (R7.08)."""

import os
import subprocess
import sys
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid

PREVIEW, PHOTO = "preview", "photo"
TIME = 15
"""Seconds after which the child is ended from outside."""
_PROGRAM = Path(__file__).with_name("drawing.py")
_DRAWN = ".drawn"
UNREADABLE = _("The picture can't be read, is animated or has more than 40 million pixels.")


def beside(source: Path) -> Path:
    """Where the small picture of an arrival stands."""
    return source.with_name(source.name + _DRAWN)


def drawn(source: Path, what: str) -> bool:
    """Draw the small picture of an arrival, without anything but its pixels; False for one that can't be drawn."""
    target = beside(source)
    try:
        child = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM), what, str(source), str(target)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TIME,
            check=False,
        )
    except subprocess.TimeoutExpired:
        child = None
    if child is None or child.returncode:
        target.unlink(missing_ok=True)
        return False
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    target.chmod(0o600)
    return True


def must_draw(source: Path, what: str) -> None:
    """Draw, or raise `Invalid` (`bad_picture`)."""
    if not drawn(source, what):
        raise Invalid({"file": UNREADABLE}, code="bad_picture")
