"""A run: all tests once, with the lines each of them walks; then a fork for every mutant, with the tests of its lines.

The forks share the installation that the first run made, so a mutant costs its tests and nothing else.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from django.db import connections

from tools.house.tree import ROOT
from tools.mutation.living import made_once, put_in
from tools.mutation.mutants import Mutant, mutants

PATIENCE = 120
"""Seconds after which a mutant that still runs counts as noticed: it hangs."""


@dataclass
class Run:
    """A pytest plugin that runs the chosen tests against every mutant of the modules; `alive` are the unnoticed.

    `at_most` tests are tried on a mutant: a first look that is quick.
    """

    modules: list[str]
    only: str = ""
    alive: list[Mutant] = field(default_factory=list)
    tried: int = 0
    at_most: int = 10_000
    walked: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)
    made: list[Any] = field(default_factory=list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of pytest's own loop."""
        if session.testsfailed or session.config.option.collectonly:
            return False
        files = {_file(name): name for name in self.modules}
        self.made = made_once()
        for item in session.items:
            if not self._walk(item, files):
                pytest.exit(f"{item.nodeid} fails without any mutant", returncode=1)
        self.made = made_once()
        for mutant in self._mutants():
            self.tried += 1
            if not _is_noticed(mutant, self._tests_of(mutant, session.items), self.made):
                self.alive.append(mutant)
                _say(f"alive: {mutant.name}")
        return True

    def _mutants(self) -> Iterator[Mutant]:
        for name in self.modules:
            for mutant in mutants(name, Path(_file(name)).read_text("utf-8")):
                if self.only in mutant.name:
                    yield mutant

    def _walk(self, item: pytest.Item, files: dict[str, str]) -> bool:
        lines: set[tuple[str, int]] = set()
        begun = perf_counter()
        with _tracing(files, lines):
            passed = _passes(item, self.made)
        self.walked[item.nodeid], self.took[item.nodeid] = lines, perf_counter() - begun
        return passed

    def _tests_of(self, mutant: Mutant, items: list[pytest.Item]) -> list[pytest.Item]:
        """The tests that walk the changed lines, quick ones first; what is made at import concerns all."""
        lines = {(mutant.module, line) for line in mutant.lines} if mutant.in_body else set()
        chosen = [item for item in items if not lines or lines & self.walked[item.nodeid]]
        return sorted(chosen, key=lambda item: self.took[item.nodeid])[: self.at_most]


def _passes(item: pytest.Item, made: list[Any]) -> bool:
    """Run one test as pytest does, with empty caches: what the unchanged code made would hide a mutant.

    What is made for the session stays.
    """
    for one in made:
        one.cache_clear()
    item.session._setupstate.teardown_exact(item)
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=item))


def _is_noticed(mutant: Mutant, items: list[pytest.Item], made: list[Any]) -> bool:
    """Whether a test fails, the mutant can't be loaded, or it hangs."""
    connections.close_all()
    child = os.fork()
    if not child:
        _try(mutant, items, made)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def _try(mutant: Mutant, items: list[pytest.Item], made: list[Any]) -> None:
    """In the fork: end with 0 when all tests pass, and never come back."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(PATIENCE)
    try:
        put_in(mutant)
        os._exit(0 if all(_passes(item, made) for item in items) else 1)
    except BaseException:
        os._exit(2)


@contextmanager
def _tracing(files: dict[str, str], lines: set[tuple[str, int]]) -> Iterator[None]:
    def enter(frame: FrameType, event: str, _arg: Any) -> Any:
        name = files.get(frame.f_code.co_filename)
        if name is None:
            return None

        def step(frame: FrameType, event: str, _arg: Any) -> Any:
            lines.add((name, frame.f_lineno))
            return step

        return step

    sys.settrace(enter)
    try:
        yield
    finally:
        sys.settrace(None)


def _file(module: str) -> str:
    return str(ROOT / f"{module.replace('.', '/')}.py")


def _say(text: str) -> None:
    sys.__stderr__.write(f"{text}\n")  # type: ignore[union-attr]  # pytest keeps the real one open
    sys.__stderr__.flush()  # type: ignore[union-attr]
