"""The streams that are open in this process, and what each still has to be told."""

import asyncio
import threading
from collections.abc import Collection, Mapping, Sequence
from typing import Any

UNTRACED = (None,)
"""Stands for a change that left no traces, so that it is not lost among those of the same record that did."""


class Stream:
    """What one browser has still to be told; filled from any thread, read in the event loop."""

    def __init__(self, project: str, user_id: int, loop: asyncio.AbstractEventLoop) -> None:
        self.project = project
        self.user_id = user_id
        self.news = asyncio.Event()
        self._loop = loop
        self._pending: dict[str, dict[int, list[Any]]] = {}

    def tell(self, kind: str, changed: Mapping[int, Sequence[Any]]) -> None:
        """Add changed records, each with the traces it left; from any thread."""
        self._loop.call_soon_threadsafe(self._add, kind, changed)

    def _add(self, kind: str, changed: Mapping[int, Sequence[Any]]) -> None:
        waiting = self._pending.setdefault(kind, {})
        for number, traces in changed.items():
            waiting.setdefault(number, []).extend(traces or UNTRACED)
        self.news.set()

    def take(self) -> dict[str, dict[int, list[Any]]]:
        """All that came since the last time, by kind."""
        pending, self._pending = self._pending, {}
        self.news.clear()
        return pending


class Hub:
    """Streams by project. Joining and leaving happen in the event loop, publishing anywhere."""

    def __init__(self) -> None:
        self._streams: dict[str, set[Stream]] = {}
        self._lock = threading.Lock()

    def join(self, stream: Stream) -> None:
        """From now on this stream is told of its project's changes."""
        with self._lock:
            self._streams.setdefault(stream.project, set()).add(stream)

    def leave(self, stream: Stream) -> None:
        """Forget a stream."""
        with self._lock:
            streams = self._streams.get(stream.project, set())
            streams.discard(stream)
            if not streams:
                self._streams.pop(stream.project, None)

    def publish(
        self, project: str, kind: str, changed: Collection[int] | Mapping[int, Sequence[Any]]
    ) -> None:
        """Tell the streams of a project that records of a kind changed; a mapping brings their traces."""
        found = changed if isinstance(changed, Mapping) else dict.fromkeys(changed, ())
        with self._lock:
            streams = list(self._streams.get(project, ()))
        for stream in streams:
            stream.tell(kind, found)

    def opened_by(self, project: str, user_id: int) -> int:
        """How many streams a user has open here."""
        with self._lock:
            return sum(stream.user_id == user_id for stream in self._streams.get(project, ()))

    def projects(self) -> list[str]:
        """The projects that have streams here."""
        with self._lock:
            return list(self._streams)


hub = Hub()
"""The hub of this process."""
