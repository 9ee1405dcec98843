"""The stream of a browser: server-sent events at `/projects/<slug>/live/` (R6.10).

Between events a stream holds nothing but its socket: no thread, no connection to a database.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

from django.db import DatabaseError, close_old_connections

from opora.jobs import live
from opora.jobs.hub import Hub, Stream
from opora.jobs.listening import Listening
from opora.tenancy.context import ProjectRef, find_project, project
from opora.tenancy.directory import ACTIVE
from opora.tenancy.middleware import split_path
from opora.tenancy.slugs import is_slug

log = logging.getLogger("opora.jobs")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PATH = "/live/"
STREAMS_A_USER = 5
LIFETIME = 3600.0
HEARTBEAT = 20.0
RECHECK = 5.0
GATHER = 0.12
"""Seconds in which changes are gathered into one event."""
MANY = 200
"""More ids than this are not listed: the page is only told that there were many."""
CHECKED_AT_ONCE = 500


def is_stream(path: str) -> bool:
    """Whether an address is that of a project's stream."""
    return split_path(path)[1] == PATH


class Streams:
    """The open streams of this process."""

    def __init__(self, hub: Hub, threads: int = 4) -> None:
        self._hub = hub
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="opora-live")
        self._closing: asyncio.Event | None = None
        self._listening: Listening | None = None
        self._ear: asyncio.Task[None] | None = None

    async def serve(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request for a stream; returns when the stream is over."""
        if scope["method"] != "GET":
            return await _refuse(send, 405)
        viewer = await self._run(_open, scope)
        if isinstance(viewer, int):
            return await _refuse(send, viewer)
        if self._hub.opened_by(viewer.project.key, viewer.user_id) >= STREAMS_A_USER:
            return await _refuse(send, 429)
        await self._stream(viewer, receive, send)

    async def _stream(self, viewer: "Viewer", receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        closing, listening = self._start(loop)
        stream = Stream(viewer.project.key, viewer.user_id, loop)
        self._hub.join(stream)
        gone = loop.create_task(_disconnected(receive))
        try:
            await listening.attentive()
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await _write(send, "retry: 2000\n\n")
            await self._follow(viewer, stream, send, _Ends(gone, closing, loop.time() + LIFETIME))
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except OSError:
            log.debug("a browser left its stream")
        finally:
            self._hub.leave(stream)
            gone.cancel()

    def _start(self, loop: asyncio.AbstractEventLoop) -> tuple[asyncio.Event, Listening]:
        if self._closing is None:
            self._closing = asyncio.Event()
        if self._listening is None or self._ear is None or self._ear.done():
            self._listening = Listening(self._hub, self._pool)
            self._ear = loop.create_task(self._listening.run())
        return self._closing, self._listening

    async def _follow(self, viewer: "Viewer", stream: Stream, send: Send, ends: "_Ends") -> None:
        loop = asyncio.get_running_loop()
        checked = beaten = loop.time()
        while not ends.reached(loop.time()):
            await ends.wait(stream.news, min(checked + RECHECK, beaten + HEARTBEAT) - loop.time())
            if ends.reached(loop.time()):
                return
            if stream.news.is_set():
                await asyncio.sleep(GATHER)
            news, now = stream.take(), loop.time()
            if news or now >= checked + RECHECK:
                told = await self._run(viewer.look, news)
                if told is None:
                    return
                checked = now
                for event in told:
                    await _write(send, f"data: {json.dumps(event)}\n\n")
                beaten = now if told else beaten
            if now >= beaten + HEARTBEAT:
                await _write(send, ": \n\n")
                beaten = now

    def end(self) -> None:
        """End every stream: the server stops. Browsers come back by themselves."""
        if self._closing is not None:
            self._closing.set()

    async def close(self) -> None:
        """End every stream and what listens for them."""
        self.end()
        if self._ear is not None:
            self._ear.cancel()
            with suppress(asyncio.CancelledError):
                await self._ear
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, function: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(function, *args))


class _Ends:
    """What ends a stream: the browser left, the server stops, its hour is over."""

    def __init__(self, gone: "asyncio.Task[None]", closing: asyncio.Event, end: float) -> None:
        self._gone = gone
        self._closing = closing
        self._end = end

    def reached(self, now: float) -> bool:
        """Whether the stream is over."""
        return self._gone.done() or self._closing.is_set() or now >= self._end

    async def wait(self, news: asyncio.Event, seconds: float) -> None:
        """Wait for news or for the end, so many seconds at most."""
        waits = [asyncio.ensure_future(news.wait()), asyncio.ensure_future(self._closing.wait())]
        try:
            await asyncio.wait(
                [*waits, self._gone], timeout=max(seconds, 0), return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for each in waits:
                each.cancel()


class Viewer:
    """Who opened a stream, and by what he is recognised each time."""

    def __init__(self, where: ProjectRef, user_id: int, headers: dict[str, str], address: str) -> None:
        self.project = where
        self.user_id = user_id
        self._headers = headers
        self._address = address

    def look(self, news: dict[str, dict[int, list[Any]]]) -> list[dict[str, Any]] | None:
        """What of the news this person may see, as events; None when he may no longer have a stream.

        Runs in a thread, inside the project; the connection is given back at the end.
        """
        try:
            found = find_project(key=self.project.key)
            if found is None or found.status != ACTIVE:
                return None
            with project(found):
                if live.recognise(found, self._headers, self._address) != self.user_id:
                    return None
                return [
                    event
                    for kind, changed in news.items()
                    if (event := _event(self.user_id, kind, changed)) is not None
                ]
        except DatabaseError:
            log.warning("a stream is closed: its rights can't be read", exc_info=True)
            return None
        finally:
            close_old_connections()


def _event(user_id: int, kind: str, changed: dict[int, list[Any]]) -> dict[str, Any] | None:
    if len(changed) <= MANY:
        seen = live.visible(user_id, kind, changed)
        return {"kind": kind, "ids": [str(each) for each in seen]} if seen else None
    found = list(changed.items())
    for start in range(0, len(found), CHECKED_AT_ONCE):
        if live.visible(user_id, kind, dict(found[start : start + CHECKED_AT_ONCE])):
            return {"kind": kind, "ids": [], "many": True}
    return None


def _open(scope: Message) -> Viewer | int:
    """Who asks for a stream, or the status of the refusal. Runs in a thread."""
    try:
        slug = split_path(scope["path"])[0]
        where = find_project(slug=slug) if is_slug(slug) else None
        if where is None:
            return 404
        if where.status != ACTIVE:
            return 503
        headers = _headers(scope)
        address = str((scope.get("client") or ("",))[0])
        with project(where):
            user_id = live.recognise(where, headers, address)
        return 401 if user_id is None else Viewer(where, user_id, headers, address)
    except DatabaseError:
        log.warning("a stream is refused: the database can't be read", exc_info=True)
        return 503
    finally:
        close_old_connections()


def _headers(scope: Message) -> dict[str, str]:
    """Headers by lower-case name. Names with underscores and all but cookies given twice are dropped (R6.11)."""
    found: dict[str, str] = {}
    twice = set()
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin1").lower(), raw_value.decode("latin1")
        if name == "cookie" and name in found:
            found[name] += "; " + value
        elif name in found:
            twice.add(name)
        elif "_" not in name:
            found[name] = value
    return {name: value for name, value in found.items() if name not in twice}


_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
