"""The server's application: live streams in the event loop, everything else by Django in threads."""

import asyncio
import os
import signal
from typing import Any

from django.conf import settings

from config.wsgi import application as pages

# isort: split
# Django is set up by the import above; what follows needs it.

from config.front.bodies import Message, Receive
from config.front.bridge import Bridge, Send
from config.front.processes import active_projects, end_with_parent
from opora.jobs import wire
from opora.jobs.hub import hub
from opora.jobs.streams import Streams, is_stream
from opora.jobs.worker import Workers


def limit_of(path: str) -> int:
    """How many bytes a body to this address may have: by the end of the address, else the general limit."""
    return next(
        (limit for ending, limit in settings.BODY_LIMITS.items() if path.endswith(ending)),
        settings.BODY_LIMIT,
    )


streams = Streams(hub)
bridge = Bridge(
    pages, threads=settings.PAGE_THREADS, limit_of=limit_of, an_address=settings.REQUESTS_AN_ADDRESS
)


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Answer a request, or the server's start and stop."""
    if scope["type"] == "http":
        answer = streams.serve if is_stream(scope["path"]) else bridge
        await answer(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _live(receive, send)
    else:
        await send({"type": "websocket.close", "code": 1000})


async def _live(receive: Receive, send: Send) -> None:
    await receive()
    _close_streams_on_signals(asyncio.get_running_loop())
    end_with_parent()
    workers = _workers_inside()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await streams.close()
    if workers:
        await asyncio.to_thread(workers.stop)
    wire.flush()
    await send({"type": "lifespan.shutdown.complete"})


def _workers_inside() -> Workers | None:
    """The job workers of an installation where only one process may write (R12.05)."""
    threads = int(os.environ.get("OPORA_WORKER_INSIDE", "0"))
    if not threads:
        return None
    workers = Workers(threads, active_projects)
    workers.start()
    return workers


def _close_streams_on_signals(loop: asyncio.AbstractEventLoop) -> None:
    """The server waits for open connections before it says that it stops, and a stream would last an hour.

    asyncio hears signals through its wake-up descriptor, so a handler set here is called besides the server's.
    """

    def close(*_signal: Any) -> None:
        loop.call_soon_threadsafe(streams.end)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, close)
