"""How many SQLite files stay open: parsing a schema costs 4 ms, so files are kept, the least used closed.

A connection may be closed only by its own thread, so each thread keeps its own list and its share of one limit
for the process.
"""

import threading
from collections import OrderedDict
from typing import Any
from weakref import WeakSet

LIMIT = 200
"""Open project files in the process; at 2 MB of cache each this bounds memory too."""


class _Kept:
    """The files one thread keeps open, least recently used first. Dies with its thread."""

    def __init__(self) -> None:
        self.wrappers: OrderedDict[str, Any] = OrderedDict()


class OpenFiles:
    """The open files of a process."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._local = threading.local()
        self._threads: WeakSet[_Kept] = WeakSet()
        self._lock = threading.Lock()

    def _kept(self) -> _Kept:
        kept: _Kept | None = getattr(self._local, "kept", None)
        if kept is None:
            kept = self._local.kept = _Kept()
            with self._lock:
                self._threads.add(kept)
        return kept

    def share(self) -> int:
        """How many files one thread may keep now."""
        with self._lock:
            return max(2, self.limit // max(1, len(self._threads)))

    def opened(self, wrapper: Any) -> None:
        """Count a file that was opened and close this thread's least used ones over the share."""
        wrappers = self._kept().wrappers
        wrappers[wrapper.alias] = wrapper
        wrappers.move_to_end(wrapper.alias)
        share = self.share()
        for alias in list(wrappers)[: max(0, len(wrappers) - share)]:
            if not wrappers[alias].in_atomic_block:
                wrappers[alias].close()

    def used(self, wrapper: Any) -> None:
        """Note that a file was just used."""
        wrappers = self._kept().wrappers
        if wrapper.alias in wrappers:
            wrappers.move_to_end(wrapper.alias)

    def closed(self, wrapper: Any) -> None:
        """Forget a file that is being closed."""
        self._kept().wrappers.pop(wrapper.alias, None)

    def count(self) -> int:
        """Files open in the whole process."""
        with self._lock:
            return sum(len(kept.wrappers) for kept in self._threads)


open_files = OpenFiles()
